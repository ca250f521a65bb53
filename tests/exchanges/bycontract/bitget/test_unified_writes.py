"""What ccxt sends to Bitget's unified account for each write of ours, word by word, and what its replies come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_bitget import data
from rows_of_unified import SETTINGS

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, OutcomeKind, PlaceOrder, SetLeverage, SetMarginMode

pytestmark = pytest.mark.wire

Unified = tuple[Desk, CcxtExchange]
AVL, PEPE = "AVL/USDT:USDT", "PEPE/USDT:USDT"
ORDERS, STOPS = "POST /api/v3/trade/place-order", "POST /api/v3/trade/place-strategy-order"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "apabcdentry", OrderSide.BUY, Decimal("10.0"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "apabcdclose", OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(
    AVL, Leg.STOP, "apabcdstop", OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK
)
MARKET = {"category": "USDT-FUTURES", "symbol": "AVLUSDT"}
PLAIN: dict[str, Any] = {
    **MARKET, "qty": "10", "side": "sell", "orderType": "market", "clientOid": "apabcdclose", "reduceOnly": "yes",
}  # fmt: skip


def taken(desk: Desk) -> None:
    for line in (ORDERS, STOPS):
        desk.says(line, data({"orderId": "121211212122", "clientOid": "x"}))


async def test_entry_close_and_limit(unified: Unified) -> None:
    """At the market under our id; a close only reduces; with a worst price the rest is cancelled at once."""
    desk, exchange = unified
    taken(desk)
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "121211212122")
    await exchange.write(CLOSE)
    await exchange.write(replace(CLOSE, limit_price=Decimal("1.3400")))
    assert [(each.line, each.body) for each in desk.writes] == [
        (ORDERS, {**PLAIN, "side": "buy", "clientOid": "apabcdentry", "reduceOnly": "no"}),
        (ORDERS, PLAIN),
        (ORDERS, {**PLAIN, "orderType": "limit", "price": "1.34", "timeInForce": "ioc"}),
    ]


@pytest.mark.parametrize(("side", "held"), [(OrderSide.SELL, "long"), (OrderSide.BUY, "short")])
@pytest.mark.parametrize(("by", "word"), [(TriggerBy.MARK, "mark"), (TriggerBy.LAST, "market")])
async def test_a_stop_closes_a_part_of_what_is_held(
    unified: Unified, side: OrderSide, held: str, by: TriggerBy, word: str
) -> None:
    """At an endpoint that knows no order at the market; the mode is said, since the default is the whole position."""
    desk, exchange = unified
    taken(desk)
    assert (await exchange.write(replace(STOP, order_side=side, trigger_by=by))).kind is OutcomeKind.ACKNOWLEDGED
    (sent,) = desk.writes
    assert sent.line == STOPS
    assert sent.body == {
        **MARKET, "type": "tpsl", "tpslMode": "partial", "qty": "10", "side": side.value, "posSide": held,
        "reduceOnly": "yes", "stopLoss": "1.33", "slTriggerBy": word, "slOrderType": "market",
        "clientOid": "apabcdstop",
    }  # fmt: skip


async def test_f27_a_tiny_price_arrives_as_it_was_asked(unified: Unified) -> None:
    """No exponent and no lost digit; what is no multiple of the step is not sent (F57)."""
    desk, exchange = unified
    taken(desk)
    await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal("1.230E+6"), trigger_price=Decimal("0.00002480")))
    assert (desk.writes[0].body["stopLoss"], desk.writes[0].body["qty"]) == ("0.0000248", "1230000")
    assert (await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal(1500)))).kind is OutcomeKind.NOT_SENT
    assert len(desk.writes) == 1


async def test_a_stop_never_becomes_an_order_at_the_market(unified: Unified) -> None:
    """One that could open, and one with a trigger that there is none for, with an entry or without, are not sent."""
    desk, exchange = unified
    attached = replace(ENTRY, attached_stop=AttachedStop(Decimal("1.33"), TriggerBy.INDEX))
    for request in (attached, replace(STOP, reduce_only=False), replace(STOP, trigger_by=TriggerBy.INDEX)):
        assert (await exchange.write(request)).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []


@pytest.mark.parametrize("side", list(OrderSide))
@pytest.mark.parametrize(("by", "word"), [(TriggerBy.MARK, "mark"), (TriggerBy.LAST, "market")])
async def test_the_guard_goes_with_the_entry(unified: Unified, side: OrderSide, by: TriggerBy, word: str) -> None:
    """One request under our id: side, quantity, the guard's trigger, what it is compared with, and at the market."""
    desk, exchange = unified
    taken(desk)
    outcome = await exchange.write(replace(ENTRY, order_side=side, attached_stop=AttachedStop(Decimal("1.3300"), by)))
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    (sent,) = desk.writes
    assert (sent.line, sent.body) == (ORDERS, {
        **PLAIN, "side": side.value, "clientOid": "apabcdentry", "reduceOnly": "no", "stopLoss": "1.33",
        "slTriggerBy": word, "slOrderType": "market",
    })  # fmt: skip


async def test_a_cancel_names_one_order(unified: Unified) -> None:
    """By our id, one that has none by the exchange's; the endpoints that cancel a whole symbol are others."""
    desk, exchange = unified
    plan, plain = "POST /api/v3/trade/cancel-strategy-order", "POST /api/v3/trade/cancel-order"
    desk.says(plan, data(None))
    desk.says(plain, data({"orderId": "1", "clientOid": "apabcdentry"}))
    assert (await exchange.write(CancelOrder(AVL, "apabcdstop", None, True))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(CancelOrder(AVL, "apabcdentry", "1", False))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(CancelOrder(AVL, "", None, True))).kind is OutcomeKind.NOT_SENT
    assert (await exchange.write(CancelOrder(AVL, "", "9", True))).kind is OutcomeKind.ACKNOWLEDGED
    assert [(each.line, each.body) for each in desk.writes] == [
        (plan, {"clientOid": "apabcdstop"}), (plain, {"clientOid": "apabcdentry"}), (plan, {"orderId": "9"}),
    ]  # fmt: skip
    desk.says(plan, "<html></html>")
    assert (await exchange.write(CancelOrder(AVL, "apabcdstop", None, True))).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("said", [
    {"code": "40010", "msg": "Request timed out"}, {"code": "40725", "msg": "?"}, {"code": "45001", "msg": "?"},
    {"code": "99999", "msg": "?"}, {"code": "40786", "msg": "Duplicate clientOid"}, "<html></html>", "", data(None),
])  # fmt: skip
async def test_what_is_not_certain_is_unknown(unified: Unified, said: object) -> None:
    """Timeouts of theirs, duplicates, and replies that name no order."""
    desk, exchange = unified
    desk.says(ORDERS, said)
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    assert [each.line for each in desk.writes] == [ORDERS]


async def test_settings_and_refusals(unified: Unified) -> None:
    """Leverage is set and read back; a margin mode cannot be set; in hedge mode nothing is sent."""
    desk, exchange = unified
    lever = "POST /api/v3/account/set-leverage"
    desk.says(lever, data("success"))
    assert (await exchange.write(SetLeverage(AVL, Decimal("5.0")))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(SetLeverage(AVL, Decimal(7)))).kind is OutcomeKind.REFUSED
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.ISOLATED))).kind is OutcomeKind.NOT_SENT
    assert [(each.line, each.body) for each in desk.writes] == [
        (lever, {**MARKET, "leverage": "5"}), (lever, {**MARKET, "leverage": "7"}),
    ]  # fmt: skip
    desk.says(ORDERS, {"code": "40762", "msg": "The order amount exceeds the balance"}, status=400)
    assert (await exchange.write(ENTRY)).refusal is Refusal.FUNDS


async def test_in_hedge_mode_nothing_is_sent(unified: Unified) -> None:
    """There an order names the side of the position."""
    desk, exchange = unified
    desk.says("GET /api/v3/account/settings", data({**SETTINGS, "holdMode": "hedge_mode"}))
    for request in (ENTRY, STOP, CLOSE):
        assert (await exchange.write(request)).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []
