"""What ccxt sends to Gate for each write of ours, word by word, and what its replies come to."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from captured import Desk

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import (
    AttachedStop,
    CancelOrder,
    OutcomeKind,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
)

pytestmark = pytest.mark.wire

Gate = tuple[Desk, CcxtExchange]
AVL, PEPE = "AVL/USDT:USDT", "PEPE/USDT:USDT"
ORDERS, STOPS = "POST /api/v4/futures/usdt/orders", "POST /api/v4/futures/usdt/price_orders"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "apabcdentry", OrderSide.BUY, Decimal("10.0"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "apabcdclose", OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(
    AVL, Leg.STOP, "apabcdstop", OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK
)
TAKEN = {"id": 123028481731, "contract": "AVL_USDT", "size": 100, "left": 0, "status": "finished",
         "finish_as": "filled", "text": "t-apabcdentry"}  # fmt: skip


async def test_an_entry_is_whole_contracts_at_the_market_under_our_id(gate: Gate) -> None:
    """Ten of the base asset are a hundred contracts; nothing but what Gate documents is in the body."""
    desk, exchange = gate
    desk.says(ORDERS, TAKEN)
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "123028481731")
    (sent,) = desk.writes
    assert (sent.line, sent.query) == (ORDERS, {})
    assert sent.body == {
        "contract": "AVL_USDT", "size": 100, "price": "0", "tif": "ioc", "reduce_only": False,
        "text": "t-apabcdentry",
    }  # fmt: skip


async def test_a_write_says_until_when_it_may_be_taken(gate: Gate) -> None:
    """The receive window is a header of its own, five seconds after the signed time; reads carry none."""
    desk, exchange = gate
    desk.says(ORDERS, TAKEN)
    await exchange.write(ENTRY)
    (sent,) = desk.writes
    assert abs(int(sent.headers["X-Gate-Exptime"]) - (time.time() * 1000 + 5000)) < 2000
    assert all("X-Gate-Exptime" not in each.headers for each in desk.sent if each.method == "GET")


async def test_a_close_only_reduces(gate: Gate) -> None:
    """It sells, and Gate is told that it may not enlarge or open."""
    desk, exchange = gate
    desk.says(ORDERS, {**TAKEN, "size": -100})
    assert (await exchange.write(CLOSE)).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].body == {
        "contract": "AVL_USDT", "size": -100, "price": "0", "tif": "ioc", "reduce_only": True,
        "text": "t-apabcdclose",
    }  # fmt: skip


async def test_a_limit_is_immediate_or_cancel(gate: Gate) -> None:
    """The worst price goes along as exact text."""
    desk, exchange = gate
    desk.says(ORDERS, TAKEN)
    await exchange.write(replace(ENTRY, limit_price=Decimal("1.3700")))
    assert (desk.writes[0].body["price"], desk.writes[0].body["tif"]) == ("1.37", "ioc")


@pytest.mark.parametrize(("side", "size", "rule"), [(OrderSide.SELL, -100, 2), (OrderSide.BUY, 100, 1)])
async def test_a_stop_waits_for_its_trigger_and_only_reduces(
    gate: Gate, side: OrderSide, size: int, rule: int
) -> None:
    """A long's stop waits for the mark price to fall, a short's for it to rise; the order it makes can only reduce."""
    desk, exchange = gate
    desk.says(STOPS, {"id": 12604556})
    outcome = await exchange.write(replace(STOP, order_side=side))
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "12604556")
    (sent,) = desk.writes
    assert sent.line == STOPS
    assert sent.body == {
        "initial": {"contract": "AVL_USDT", "size": size, "price": "0", "tif": "ioc", "reduce_only": True,
                    "text": "t-apabcdstop"},
        "trigger": {"strategy_type": 0, "price_type": 1, "price": "1.33", "rule": rule},
    }  # fmt: skip


@pytest.mark.parametrize(("by", "word"), [(TriggerBy.MARK, 1), (TriggerBy.LAST, 0), (TriggerBy.INDEX, 2)])
async def test_the_trigger_type_is_said(gate: Gate, by: TriggerBy, word: int) -> None:
    """Which price the trigger is compared with is never left to a default, which would be the last price."""
    desk, exchange = gate
    desk.says(STOPS, {"id": 12604556})
    await exchange.write(replace(STOP, trigger_by=by))
    assert desk.writes[0].body["trigger"]["price_type"] == word


@pytest.mark.parametrize("trigger", ["0.00002480", "0.0000248", "2.480E-5"])
async def test_f27_a_tiny_price_arrives_as_it_was_asked(gate: Gate, trigger: str) -> None:
    """No exponent, no lost digit, nothing rounded to a looser stop; the size is in contracts of ten thousand."""
    desk, exchange = gate
    desk.says(STOPS, {"id": 1})
    await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal("1230000"), trigger_price=Decimal(trigger)))
    (sent,) = desk.writes
    assert (sent.body["trigger"]["price"], sent.body["initial"]["size"]) == ("0.0000248", -123)


async def test_f57_what_is_no_number_of_contracts_is_not_sent(gate: Gate) -> None:
    """Nothing is rounded on the way to the wire: neither up, which opens more, nor down, which covers less."""
    desk, exchange = gate
    for quantity in ("12345.5", "10000.1", "9999", "0"):
        outcome = await exchange.write(replace(ENTRY, symbol=PEPE, quantity=Decimal(quantity)))
        assert outcome.kind is OutcomeKind.NOT_SENT
    assert desk.writes == []


async def test_a_stop_for_the_entry_is_never_a_key_that_is_ignored(gate: Gate) -> None:
    """An entry that asks for an attached stop stays here: Gate would open it without one."""
    desk, exchange = gate
    outcome = await exchange.write(replace(ENTRY, attached_stop=AttachedStop(Decimal("1.33"), TriggerBy.MARK)))
    assert (outcome.kind, desk.writes) == (OutcomeKind.NOT_SENT, [])
    stop = SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK)
    assert ((await exchange.write(stop)).kind, desk.writes) == (OutcomeKind.NOT_SENT, [])


async def test_a_cancel_names_the_exchange_s_id_and_nothing_else_is_ever_cancelled(gate: Gate) -> None:
    """Without an id the path would be that of every order of the contract: it is not sent."""
    desk, exchange = gate
    desk.says("DELETE /api/v4/futures/usdt/price_orders/12604556", {"id": 12604556, "status": "finished"})
    desk.says("DELETE /api/v4/futures/usdt/orders/77", {"id": 77, "status": "finished", "finish_as": "cancelled"})
    stop = CancelOrder(AVL, "apabcdstop", "12604556", True)
    assert (await exchange.write(stop)).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(CancelOrder(AVL, "apabcdentry", "77", False))).kind is OutcomeKind.ACKNOWLEDGED
    sent = len(desk.sent)
    for nothing in (None, "", "t-apabcdstop", "../orders", "0x1"):
        for conditional in (True, False):
            outcome = await exchange.write(CancelOrder(AVL, "apabcdstop", nothing, conditional))
            assert outcome.kind is OutcomeKind.NOT_SENT
    assert len(desk.sent) == sent
    assert desk.lines[-2:] == [
        "DELETE /api/v4/futures/usdt/price_orders/12604556", "DELETE /api/v4/futures/usdt/orders/77",
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "request_", "label", "refusal"), [
    (ORDERS, ENTRY, "INSUFFICIENT_AVAILABLE", Refusal.FUNDS),
    (ORDERS, ENTRY, "CONTRACT_IN_DELISTING", Refusal.OTHER),
    (ORDERS, ENTRY, "TOO_MANY_REQUESTS", Refusal.RATE_LIMITED),
    (ORDERS, CLOSE, "POSITION_EMPTY", Refusal.NO_POSITION),
    (ORDERS, CLOSE, "REDUCE_EXCEEDED", Refusal.NO_POSITION),
    (ORDERS, CLOSE, "SIZE_TOO_LARGE", Refusal.QUANTITY),
    (STOPS, STOP, "AUTO_TRIGGER_PRICE_GREATE_LAST", Refusal.WOULD_TRIGGER),
])  # fmt: skip
async def test_a_label_says_why_it_was_refused(
    gate: Gate, line: str, request_: PlaceOrder, label: str, refusal: Refusal
) -> None:
    """Gate's labels are words; each is graded for what it was about."""
    desk, exchange = gate
    desk.says(line, {"label": label, "message": "said"}, status=400)
    outcome = await exchange.write(request_)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, refusal, label)


@pytest.mark.parametrize("said", [
    {"label": "SERVER_ERROR", "message": "?"}, {"label": "INTERNAL"}, {"label": "TOO_BUSY"}, {"label": "NEVER_HEARD"},
    {"label": "REPEATED_CREATION", "message": "?"}, "<html></html>", "", "{", {}, [], {"id": 0}, {"status": "open"},
])  # fmt: skip
async def test_what_is_not_certain_is_unknown(gate: Gate, said: object) -> None:
    """Errors of the server, unknown labels, HTML and replies that name no order: it may have been taken."""
    desk, exchange = gate
    desk.says(ORDERS, said, status=400 if isinstance(said, dict) and "label" in said else 200)
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    assert [each.line for each in desk.writes] == [ORDERS]


async def test_leverage_is_set_and_read_back(gate: Gate) -> None:
    """In isolated margin as it is; a reading that shows another is a refusal."""
    desk, exchange = gate
    line = "POST /api/v4/futures/usdt/positions/AVL_USDT/leverage"
    desk.says(line, {"leverage": "5", "contract": "AVL_USDT"})
    assert (await exchange.write(SetLeverage(AVL, Decimal("5.0")))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].query == {"leverage": "5"}
    assert (await exchange.write(SetLeverage(AVL, Decimal(7)))).kind is OutcomeKind.REFUSED


async def test_margin_mode_is_set_with_the_leverage_it_has(gate: Gate) -> None:
    """Leverage 0 means cross margin on Gate, whose limit is another field."""
    desk, exchange = gate
    cross = {"user": 1, "contract": "AVL_USDT", "size": 0, "leverage": "0", "mode": "single",
             "cross_leverage_limit": "5", "update_time": 1796079600}  # fmt: skip
    plain = {**cross, "leverage": "5", "cross_leverage_limit": "0"}
    desk.says("GET /api/v4/futures/usdt/positions/AVL_USDT", plain, cross)
    desk.says("POST /api/v4/futures/usdt/positions/AVL_USDT/leverage", cross)
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].query == {"leverage": "0", "cross_leverage_limit": "5"}


async def test_in_dual_mode_nothing_is_sent(gate: Gate) -> None:
    """There the side of an order does not say what it closes."""
    desk, exchange = gate
    desk.says("GET /api/v4/futures/usdt/accounts", {"user": 1, "in_dual_mode": True})
    for request in (ENTRY, STOP, CLOSE):
        assert (await exchange.write(request)).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []
