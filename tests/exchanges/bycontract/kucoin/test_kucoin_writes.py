"""What ccxt sends to KuCoin futures for each write of ours, word by word, and what its replies come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_kucoin import data

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, OutcomeKind, PlaceOrder, SetLeverage, SetMarginMode

pytestmark = pytest.mark.wire

Kucoin = tuple[Desk, CcxtExchange]
AVL, PEPE = "AVL/USDT:USDT", "PEPE/USDT:USDT"
ORDERS = "POST /api/v1/orders"
MARGIN = "GET /api/v2/position/getMarginMode"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "apabcdentry", OrderSide.BUY, Decimal("10.0"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "apabcdclose", OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(
    AVL, Leg.STOP, "apabcdstop", OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK
)
PLAIN: dict[str, Any] = {
    "clientOid": "apabcdclose", "side": "sell", "symbol": "AVLUSDTM", "type": "market", "size": 100,
    "reduceOnly": True, "marginMode": "ISOLATED",
}  # fmt: skip


def taken(desk: Desk) -> None:
    desk.says(ORDERS, data({"orderId": "619717484f1d010001510cde"}))


async def test_the_leverage_that_was_set_goes_with_the_entry(kucoin: Kucoin) -> None:
    """In isolated margin it is no state of the account: nothing is sent for it, and the entry says it."""
    desk, exchange = kucoin
    taken(desk)
    assert (await exchange.write(SetLeverage(AVL, Decimal("5.0")))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes == []
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "619717484f1d010001510cde")
    (sent,) = desk.writes
    assert (sent.line, sent.query) == (ORDERS, {})
    assert sent.body == {
        **PLAIN, "clientOid": "apabcdentry", "side": "buy", "reduceOnly": False, "leverage": "5",
    }  # fmt: skip


async def test_no_order_ever_says_a_leverage_that_nobody_asked_for(kucoin: Kucoin) -> None:
    """An entry in isolated margin without a leverage stays here; what only reduces says none."""
    desk, exchange = kucoin
    taken(desk)
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, "leverage" in outcome.why, desk.writes) == (OutcomeKind.NOT_SENT, True, [])
    await exchange.write(CLOSE)
    assert desk.writes[0].body == PLAIN


async def test_in_cross_margin_the_symbol_s_own_leverage_is_said(kucoin: Kucoin) -> None:
    """It is set at an endpoint of its own, and read back."""
    desk, exchange = kucoin
    taken(desk)
    desk.says(MARGIN, data({"symbol": "AVLUSDTM", "marginMode": "CROSS"}))
    desk.says("POST /api/v2/changeCrossUserLeverage", data(True))
    assert (await exchange.write(SetLeverage(AVL, Decimal(3)))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].body == {"symbol": "AVLUSDTM", "leverage": "3"}
    assert (await exchange.write(SetLeverage(AVL, Decimal(4)))).kind is OutcomeKind.REFUSED
    await exchange.write(ENTRY)
    assert (desk.writes[-1].body["marginMode"], desk.writes[-1].body["leverage"]) == ("CROSS", "3")


@pytest.mark.parametrize(("side", "word"), [(OrderSide.SELL, "down"), (OrderSide.BUY, "up")])
async def test_a_stop_waits_for_its_trigger_and_only_reduces(kucoin: Kucoin, side: OrderSide, word: str) -> None:
    """A long's stop waits for the price to fall, a short's for it to rise."""
    desk, exchange = kucoin
    taken(desk)
    assert (await exchange.write(replace(STOP, order_side=side))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].body == {
        **PLAIN, "clientOid": "apabcdstop", "side": side.value, "stop": word, "stopPrice": "1.33",
        "stopPriceType": "MP",
    }  # fmt: skip


@pytest.mark.parametrize(("by", "word"), [(TriggerBy.MARK, "MP"), (TriggerBy.LAST, "TP"), (TriggerBy.INDEX, "IP")])
async def test_the_trigger_type_is_said(kucoin: Kucoin, by: TriggerBy, word: str) -> None:
    """Which price the trigger is compared with is never left to a default."""
    desk, exchange = kucoin
    taken(desk)
    await exchange.write(replace(STOP, trigger_by=by))
    assert desk.writes[0].body["stopPriceType"] == word


async def test_f27_a_tiny_price_arrives_as_it_was_asked(kucoin: Kucoin) -> None:
    """No exponent and no lost digit, in contracts of ten thousand; a part of a contract is not sent (F57)."""
    desk, exchange = kucoin
    taken(desk)
    await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal(1230000), trigger_price=Decimal("0.00002480")))
    assert (desk.writes[0].body["stopPrice"], desk.writes[0].body["size"]) == ("0.0000248", 123)
    assert (await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal(5000)))).kind is OutcomeKind.NOT_SENT
    assert len(desk.writes) == 1


async def test_a_limit_is_immediate_or_cancel(kucoin: Kucoin) -> None:
    """The worst price goes along as exact text."""
    desk, exchange = kucoin
    taken(desk)
    await exchange.write(replace(CLOSE, limit_price=Decimal("1.3400")))
    assert desk.writes[0].body == {**PLAIN, "type": "limit", "price": "1.34", "timeInForce": "IOC"}


@pytest.mark.parametrize(("by", "word"), [(TriggerBy.MARK, "MP"), (TriggerBy.LAST, "TP"), (TriggerBy.INDEX, "IP")])
async def test_the_guard_goes_with_a_long_entry(kucoin: Kucoin, by: TriggerBy, word: str) -> None:
    """One request under our id, at the endpoint that takes both: the guard's trigger, and what it is compared with."""
    desk, exchange = kucoin
    desk.says("POST /api/v1/st-orders", data({"orderId": "619717484f1d010001510cde", "clientOid": "apabcdentry"}))
    await exchange.write(SetLeverage(AVL, Decimal(5)))
    outcome = await exchange.write(replace(ENTRY, attached_stop=AttachedStop(Decimal("1.3300"), by)))
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "619717484f1d010001510cde")
    (sent,) = desk.writes
    assert (sent.line, sent.body) == ("POST /api/v1/st-orders", {
        **PLAIN, "clientOid": "apabcdentry", "side": "buy", "reduceOnly": False, "leverage": "5",
        "triggerStopDownPrice": "1.33", "stopPriceType": word,
    })  # fmt: skip


async def test_a_short_s_guard_cannot_be_said(kucoin: Kucoin) -> None:
    """Which of the two prices is its stop is told in two ways, and the other of them could close it at once."""
    desk, exchange = kucoin
    await exchange.write(SetLeverage(AVL, Decimal(5)))
    guard = AttachedStop(Decimal("1.3900"), TriggerBy.MARK)
    outcome = await exchange.write(replace(ENTRY, order_side=OrderSide.SELL, attached_stop=guard))
    assert (outcome.kind, desk.writes) == (OutcomeKind.NOT_SENT, [])


async def test_a_cancel_names_one_order(kucoin: Kucoin) -> None:
    """By the exchange's id, else by ours with the symbol; a reply that names none cancelled nothing for certain."""
    desk, exchange = kucoin
    known = "DELETE /api/v1/orders/64507d02921f1c0001ff6893"
    ours = "DELETE /api/v1/orders/client-order/apabcdstop"
    desk.says(known, data({"cancelledOrderIds": ["64507d02921f1c0001ff6893"]}), data({"cancelledOrderIds": []}))
    desk.says(ours, data({"clientOid": "apabcdstop"}))
    request = CancelOrder(AVL, "apabcdstop", "64507d02921f1c0001ff6893", True)
    assert (await exchange.write(request)).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(request)).kind is OutcomeKind.UNKNOWN
    assert (await exchange.write(replace(request, exchange_order_id=None))).kind is OutcomeKind.ACKNOWLEDGED
    assert [(each.line, each.query) for each in desk.writes] == [
        (known, {}), (known, {}), (ours, {"symbol": "AVLUSDTM"}),
    ]  # fmt: skip
    desk.says(known, {"code": "100004", "msg": "Order is in not cancelable state"})
    assert (await exchange.write(request)).refusal is Refusal.UNKNOWN_ORDER


@pytest.mark.parametrize(("asked", "code", "message", "refusal"), [
    (CLOSE, "300009", "No open positions to close.", Refusal.NO_POSITION),
    (CLOSE, "300003", "Balance insufficient", Refusal.FUNDS),
    (CLOSE, "429000", "Too many requests", Refusal.RATE_LIMITED),
    (CLOSE, "330005", "The order's margin mode does not match the selected one.", Refusal.OTHER),
    (STOP, "100001", "Stop price increment is invalid", Refusal.PRECISION),
])  # fmt: skip
async def test_a_code_says_why_it_was_refused(
    kucoin: Kucoin, asked: PlaceOrder, code: str, message: str, refusal: Refusal
) -> None:
    """F09: codes are text; each is graded for what it was about."""
    desk, exchange = kucoin
    desk.says(ORDERS, {"code": code, "msg": message})
    outcome = await exchange.write(asked)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, refusal, code)


@pytest.mark.parametrize("said", [
    {"code": "408000", "msg": "Network timeout, please try again later"}, {"code": "500000", "msg": "Internal error"},
    {"code": "126044", "msg": "clientOid duplicate"}, {"code": "999999", "msg": "?"}, "<html></html>", "", "{",
    data({}), data(None), data({"orderId": None}),
])  # fmt: skip
async def test_what_is_not_certain_is_unknown(kucoin: Kucoin, said: object) -> None:
    """A timeout of theirs that ccxt calls a bad request, errors nobody documented, replies that name no order."""
    desk, exchange = kucoin
    desk.says(ORDERS, said)
    assert (await exchange.write(CLOSE)).kind is OutcomeKind.UNKNOWN
    assert [each.line for each in desk.writes] == [ORDERS]


async def test_margin_mode_is_set_and_read_back(kucoin: Kucoin) -> None:
    """The symbol's, at its own endpoint; as it is already, nothing is sent."""
    desk, exchange = kucoin
    line = "POST /api/v2/position/changeMarginMode"
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.ISOLATED))).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes == []
    desk.says(line, data({"symbol": "AVLUSDTM", "marginMode": "CROSS"}))
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))).kind is OutcomeKind.REFUSED
    assert (desk.writes[0].line, desk.writes[0].body) == (line, {"symbol": "AVLUSDTM", "marginMode": "CROSS"})


async def test_in_hedge_mode_nothing_is_sent(kucoin: Kucoin) -> None:
    """There an order names the side of the position."""
    desk, exchange = kucoin
    desk.says("GET /api/v2/position/getPositionMode", data({"positionMode": 1}))
    for request in (ENTRY, STOP, CLOSE):
        assert (await exchange.write(request)).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []
