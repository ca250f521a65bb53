"""Replies that are none: with status 200 ccxt raises nothing for them, and so nothing may be read from them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from exchange_strategies import json_values
from hypothesis import given
from scripted import Script

from atomicpos.errors import NotReady
from atomicpos.exchanges import readiness
from atomicpos.exchanges.bybit import parse, replies
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.transport import Exchanged
from atomicpos.models import Leg, MarginMode, OrderSide, TriggerBy
from atomicpos.ports import (
    CancelOrder,
    OutcomeKind,
    PlaceOrder,
    ReadFailed,
    Reads,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    WrongPositionMode,
)
from atomicpos.sim import SystemClock
from atomicpos.testing import strategies as drawn
from atomicpos.testing.hostile import Reply

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
POSITION_STOP = SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK)
OK = {"retCode": 0, "retMsg": "OK"}
MALFORMED = {
    "html": "<html>{maintenance}</html>",
    "html around a reply": '<html><pre>{"retCode":0,"retMsg":"OK","result":{"list":[]}}</pre></html>',
    "something behind it": '{"retCode":0,"retMsg":"OK","result":{"list":[]}}{}',
    "no text": '{"retCode":0,"retMsg":"O\ufffd","result":{"orderId":"u-1","list":[]}}',
    "no number": '{"retCode":0,"retMsg":"OK","result":{"list":[],"a":NaN}}',
    "nothing": "",
    "cut": '{"retCode":0,"result":{"list":[{"symb',
    "empty object": "{}",
    "a list": "[]",
    "no result": json.dumps(OK),
    "result is text": json.dumps({**OK, "result": "OK"}),
    "list is null": json.dumps({**OK, "result": {"list": None}}),
    "list of numbers": json.dumps({**OK, "result": {"list": [1, 2]}}),
    "another symbol": json.dumps({**OK, "result": {"list": [{"symbol": "XUSDT", "orderLinkId": "x", "size": "0"}]}}),
    "code is missing": json.dumps({"result": {"list": []}}),
    "code is null": json.dumps({"retCode": None, "result": {"list": []}}),
}


READS: dict[str, Callable[[Reads], Awaitable[Any]]] = {
    "fills": lambda reads: reads.fills(AVL, SystemClock().now_us(), all_kinds=True),
    "position": lambda reads: reads.position(AVL),
    "mark price": lambda reads: reads.mark_price(AVL),
    "position stop": lambda reads: reads.position_stop(AVL),
}


@pytest.mark.wire
@pytest.mark.parametrize("name", MALFORMED)
async def test_i1_a_malformed_reply_fails_every_read(script: tuple[Script, CcxtExchange], name: str) -> None:
    """HTML, cut JSON and wrong shapes under status 200 are failures with the raw reply, never "empty"."""
    script[0].body = MALFORMED[name]
    for read in READS.values():
        with pytest.raises(ReadFailed) as failed:
            await read(script[1].reads)
        assert failed.value.raw.startswith(MALFORMED[name][:20])
    looked = await script[1].reads.orders(AVL, ["ap-entry"])
    assert (looked.orders, looked.absent_ids, len(looked.failures)) == ((), (), 1)


@pytest.mark.wire
@pytest.mark.parametrize("name", MALFORMED)
async def test_f06_a_malformed_reply_to_a_write_is_unknown(script: tuple[Script, CcxtExchange], name: str) -> None:
    """An order without an id, whatever the status code said, may exist."""
    script[0].body = MALFORMED[name]
    for request in (ENTRY, CancelOrder(AVL, "ap-entry", None, False)):
        outcome = await script[1].write(request)
        assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.UNKNOWN, None)
    if "result" not in name and "list" not in name and name != "another symbol":
        for setting in (SetLeverage(AVL, Decimal(3)), POSITION_STOP, SetMarginMode(AVL, MarginMode.ISOLATED)):
            assert (await script[1].write(setting)).kind is OutcomeKind.UNKNOWN


@pytest.mark.wire
@pytest.mark.parametrize("code", [0, "0"])
async def test_f09_the_success_code_may_be_a_number_or_its_text(
    script: tuple[Script, CcxtExchange], code: object
) -> None:
    """0 and "0" are the same success."""
    script[0].body = json.dumps({"retCode": code, "result": {"orderId": "u-1", "orderLinkId": "ap-entry"}})
    assert (await script[1].write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    script[0].body = json.dumps({"retCode": code, "result": {"list": [{"symbol": "AVLUSDT", "size": "0"}]}})
    assert (await script[1].reads.position(AVL)).position.quantity == 0


@pytest.mark.wire
async def test_f01_an_acknowledgement_without_status_is_an_acknowledgement(
    script: tuple[Script, CcxtExchange],
) -> None:
    """The reply carries ids and nothing else: accepted, and no word about fills."""
    script[0].body = json.dumps({**OK, "result": {"orderId": "u-1", "orderLinkId": "ap-entry"}})
    outcome = await script[1].write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id, outcome.code) == (OutcomeKind.ACKNOWLEDGED, "u-1", "0")
    script[0].body = json.dumps({**OK, "result": {"orderId": "u-1", "orderLinkId": "somebody-elses"}})
    assert (await script[1].write(ENTRY)).kind is OutcomeKind.UNKNOWN


@pytest.mark.wire
async def test_f07_a_lookup_that_shows_another_order_is_no_answer(script: tuple[Script, CcxtExchange]) -> None:
    """An endpoint that ignores the id and lists what is open has not said that ours is there, nor absent."""
    script[0].body = json.dumps({**OK, "result": {"list": [{"symbol": "AVLUSDT", "orderLinkId": "other"}]}})
    looked = await script[1].reads.orders(AVL, ["ap-entry"])
    assert (looked.orders, looked.absent_ids) == ((), ())
    assert "shows another" in looked.failures[0]


@pytest.mark.wire
async def test_f14_two_position_rows_are_hedge_mode(script: tuple[Script, CcxtExchange]) -> None:
    """One row a side means that both sides can be open: refused by name."""
    row = {"symbol": "AVLUSDT", "size": "0", "positionIdx": 0}
    script[0].body = json.dumps({**OK, "result": {"list": [row, row]}})
    with pytest.raises(WrongPositionMode, match="hedge mode"):
        await script[1].reads.position(AVL)


@pytest.mark.wire
async def test_secrets_do_not_stay_in_what_is_kept(script: tuple[Script, CcxtExchange]) -> None:
    """A reply that echoes key and secret is kept without them."""
    script[0].body = json.dumps({"retCode": 10001, "retMsg": "key-1 and secret-1 are wrong", "result": {}})
    outcome = await script[1].write(ENTRY)
    for kept in (outcome.raw, outcome.why):
        assert "key-1" not in kept
        assert "secret-1" not in kept
    with pytest.raises(ReadFailed) as failed:
        await script[1].reads.mark_price(AVL)
    assert "key-1" not in f"{failed.value}{failed.value.raw}"


@pytest.mark.parametrize("digits", ["\u0661\u0662", "1_2", " 12", "12 ", "\uff11\uff12", "0x12", "1e1e1"])
def test_what_is_not_written_in_plain_digits_is_no_number(digits: str) -> None:
    """Python reads other scripts' digits, underscores and spaces as a number; an exchange writes none of them."""
    with pytest.raises(ReadFailed):
        parse.position_view({"symbol": "AVLUSDT", "side": "Buy", "size": digits})
    with pytest.raises(ReadFailed):
        parse.position_view({"symbol": "AVLUSDT", "side": "", "size": "0", "updatedTime": digits})


@pytest.mark.parametrize("index", ["both", [], {}, True, 0.5])
def test_a_row_that_names_no_position_mode_is_none_of_one_way_mode(index: object) -> None:
    """Only a row without the field at all may be read as one-way."""
    with pytest.raises(ReadFailed):
        parse.position_view({"symbol": "AVLUSDT", "side": "", "size": "0", "positionIdx": index})


@pytest.mark.parametrize("field", ["symbol", "side", "size", "positionIdx", "updatedTime", "orderStatus"])
def test_a_value_of_any_depth_fails_the_read_and_nothing_else(field: str) -> None:
    """To show a list of ten thousand levels in a message is beyond Python's own limit."""
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    row: dict[str, object] = {"symbol": "AVLUSDT", "side": "Buy", "size": "1", "orderLinkId": "ap-1", field: deep}
    for read in (parse.position_view, parse.order_view, parse.market_id, parse.fill):
        with contextlib.suppress(ReadFailed):
            read(row)


def _exchanged(reply: object) -> Exchanged:
    return Exchanged(reply, None, True, 200, "raw", None, "", 0, 0)


@given(json_values)
def test_any_reply_is_read_or_fails_the_read(inner: object) -> None:
    """Over arbitrary JSON, at the top, as the result and as the list, nothing but ReadFailed comes out."""
    for result in (inner, {"list": inner}, {"list": [inner]}):
        for reply in (inner, {**OK, "result": result}):
            with contextlib.suppress(ReadFailed):
                replies.one_order(_exchanged(reply), "ap-1")
            with contextlib.suppress(ReadFailed):
                replies.executions(_exchanged(reply), "AVLUSDT")


REPLY = json.dumps({**OK, "result": {"list": [
    {"symbol": "AVLUSDT", "orderLinkId": "ap-1", "side": "Buy", "qty": "10", "cumExecQty": "10", "size": "10",
     "orderStatus": "Filled", "execId": "e-1", "execType": "Trade", "execQty": "10", "execPrice": "1.3",
     "execTime": "1760000000000", "updatedTime": "1760000000000", "positionIdx": 0},
], "nextPageCursor": ""}}).encode()  # fmt: skip


@given(drawn.replies(REPLY))
def test_a_struck_reply_is_read_or_fails_the_read(reply: Reply) -> None:
    """Whatever was done to it, each reader answers or raises ReadFailed."""
    exchanged = _exchanged(reply.tree)
    for read in (
        lambda: replies.one_order(exchanged, "ap-1"),
        lambda: replies.executions(exchanged, "AVLUSDT"),
        lambda: replies.position_stops(exchanged, "AVLUSDT"),
    ):
        with contextlib.suppress(ReadFailed):
            read()


async def test_markets_that_never_end_make_nothing_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client follows pages for as long as each names a next one; whoever opens is told so within the limit."""

    class Endless:
        async def load_markets(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(readiness, "LOAD_LIMIT_S", 0.01)
    with pytest.raises(NotReady, match="could not be loaded within"):
        await readiness.load_markets(Endless(), None)  # type: ignore[arg-type]
