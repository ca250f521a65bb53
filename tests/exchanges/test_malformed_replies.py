"""Replies that are none: with status 200 ccxt raises nothing for them, and so nothing may be read from them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from exchange_strategies import json_values
from hypothesis import given
from scripted import Script

from atomicpos.exchanges import replies
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

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
POSITION_STOP = SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK)
OK = {"retCode": 0, "retMsg": "OK"}
MALFORMED = {
    "html": "<html>{maintenance}</html>",
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
