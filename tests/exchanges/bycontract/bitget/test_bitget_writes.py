"""What ccxt sends to Bitget's classic futures for each write of ours, word by word, and what its replies come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_bitget import ACCOUNT, GUARD, data, page

from atomicpos.errors import NotReady
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, OutcomeKind, PlaceOrder, SetLeverage, SetMarginMode

pytestmark = pytest.mark.wire

Bitget = tuple[Desk, CcxtExchange]
AVL, PEPE = "AVL/USDT:USDT", "PEPE/USDT:USDT"
BASE = "/api/v2/mix"
ORDERS, STOPS = f"POST {BASE}/order/place-order", f"POST {BASE}/order/place-tpsl-order"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "apabcdentry", OrderSide.BUY, Decimal("10.0"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "apabcdclose", OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(
    AVL, Leg.STOP, "apabcdstop", OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK
)
MARKET = {"symbol": "AVLUSDT", "productType": "USDT-FUTURES", "marginCoin": "USDT"}
PLAIN: dict[str, Any] = {
    **MARKET, "marginMode": "isolated", "size": "10", "side": "sell", "orderType": "market",
    "clientOid": "apabcdclose", "reduceOnly": "YES",
}  # fmt: skip


def taken(desk: Desk) -> None:
    for line in (ORDERS, STOPS):
        desk.says(line, data({"orderId": "1111465253393825792", "clientOid": "x"}))


async def test_an_entry_is_at_the_market_in_the_symbol_s_margin_mode(bitget: Bitget) -> None:
    """Which is read, and never left to a default, which would be cross."""
    desk, exchange = bitget
    taken(desk)
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "1111465253393825792")
    (sent,) = desk.writes
    assert (sent.line, sent.query) == (ORDERS, {})
    assert sent.body == {**PLAIN, "side": "buy", "clientOid": "apabcdentry", "reduceOnly": "NO"}


async def test_a_close_only_reduces(bitget: Bitget) -> None:
    """Bitget is told so; with a worst price the rest is cancelled at once."""
    desk, exchange = bitget
    taken(desk)
    await exchange.write(CLOSE)
    await exchange.write(replace(CLOSE, limit_price=Decimal("1.3400")))
    assert [each.body for each in desk.writes] == [
        PLAIN, {**PLAIN, "orderType": "limit", "price": "1.34", "force": "ioc"},
    ]  # fmt: skip


@pytest.mark.parametrize(("side", "hold"), [(OrderSide.SELL, "buy"), (OrderSide.BUY, "sell")])
async def test_a_stop_closes_what_is_held(bitget: Bitget, side: OrderSide, hold: str) -> None:
    """A plan of the kind that can only close, over our quantity, at the market, bound to the side that is held."""
    desk, exchange = bitget
    taken(desk)
    assert (await exchange.write(replace(STOP, order_side=side))).kind is OutcomeKind.ACKNOWLEDGED
    (sent,) = desk.writes
    assert sent.line == STOPS
    assert sent.body == {
        **MARKET, "planType": "loss_plan", "triggerPrice": "1.33", "triggerType": "mark_price", "holdSide": hold,
        "size": "10", "clientOid": "apabcdstop",
    }  # fmt: skip


async def test_the_trigger_type_is_said(bitget: Bitget) -> None:
    """The last price has a word; the index price has none, and such a stop is not sent."""
    desk, exchange = bitget
    taken(desk)
    await exchange.write(replace(STOP, trigger_by=TriggerBy.LAST))
    assert desk.writes[0].body["triggerType"] == "fill_price"
    assert (await exchange.write(replace(STOP, trigger_by=TriggerBy.INDEX))).kind is OutcomeKind.NOT_SENT
    assert len(desk.writes) == 1


async def test_f27_a_tiny_price_arrives_as_it_was_asked(bitget: Bitget) -> None:
    """No exponent and no lost digit; what is no multiple of the step is not sent (F57)."""
    desk, exchange = bitget
    taken(desk)
    await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal("1.230E+6"), trigger_price=Decimal("0.00002480")))
    assert (desk.writes[0].body["triggerPrice"], desk.writes[0].body["size"]) == ("0.0000248", "1230000")
    assert (await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal(1500)))).kind is OutcomeKind.NOT_SENT
    assert len(desk.writes) == 1


async def test_a_stop_never_becomes_an_order_at_the_market(bitget: Bitget) -> None:
    """One that could open is not sent."""
    desk, exchange = bitget
    assert (await exchange.write(replace(STOP, reduce_only=False))).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []


@pytest.mark.parametrize(("side", "price"), [(OrderSide.BUY, "1.3300"), (OrderSide.SELL, "1.3900")])
async def test_the_guard_goes_with_the_entry(bitget: Bitget, side: OrderSide, price: str) -> None:
    """One request under our id: side, quantity, and the preset stop's trigger, which closes at the market."""
    desk, exchange = bitget
    taken(desk)
    guard = AttachedStop(Decimal(price), TriggerBy.MARK)
    outcome = await exchange.write(replace(ENTRY, order_side=side, attached_stop=guard))
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    (sent,) = desk.writes
    assert (sent.line, sent.body) == (ORDERS, {
        **PLAIN, "side": side.value, "clientOid": "apabcdentry", "reduceOnly": "NO",
        "presetStopLossPrice": price.rstrip("0"),
    })  # fmt: skip


@pytest.mark.parametrize("kind", ["pos_loss", "loss_plan"])
async def test_a_guard_is_cancelled_by_the_exchange_s_id_under_its_own_kind(bitget: Bitget, kind: str) -> None:
    """Its ``planType`` must be the plan's, which is looked at first; unlisted it is called all the same."""
    desk, exchange = bitget
    line, cancel = f"GET {BASE}/order/orders-plan-pending", f"POST {BASE}/order/cancel-plan-order"
    other = {**GUARD, "orderId": "8", "planType": "pos_profit"}
    desk.says(line, page("entrustedList", other, {**GUARD, "planType": kind}))
    desk.says(cancel, data({"successList": [{"orderId": "9", "clientOid": "1"}], "failureList": []}))
    request = CancelOrder(AVL, "", "9", True)
    assert (await exchange.write(request)).kind is OutcomeKind.ACKNOWLEDGED
    assert desk.writes[0].body == {**MARKET, "planType": kind, "orderIdList": [{"orderId": "9"}]}
    desk.says(line, page("entrustedList"))
    desk.says(cancel, {"code": "43025", "msg": "Plan order does not exist", "data": None}, status=400)
    outcome = await exchange.write(request)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER)
    assert desk.writes[1].body["planType"] == "pos_loss"
    desk.says(line, "<html></html>")
    for unlooked in (request, CancelOrder(AVL, "", None, True)):
        assert (await exchange.write(unlooked)).kind is OutcomeKind.NOT_SENT
    assert len(desk.writes) == 2


async def test_a_cancel_names_one_order(bitget: Bitget) -> None:
    """A list of ids that is empty would cancel every plan of the symbol: it is never sent."""
    desk, exchange = bitget
    plan, plain = f"POST {BASE}/order/cancel-plan-order", f"POST {BASE}/order/cancel-order"
    desk.says(plan, data({"successList": [{"orderId": "1", "clientOid": "apabcdstop"}], "failureList": []}))
    desk.says(plain, data({"orderId": "1", "clientOid": "apabcdentry"}))
    assert (await exchange.write(CancelOrder(AVL, "apabcdstop", None, True))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(CancelOrder(AVL, "apabcdentry", "1", False))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(CancelOrder(AVL, "", None, True))).kind is OutcomeKind.NOT_SENT
    assert [each.body for each in desk.writes] == [
        {**MARKET, "planType": "loss_plan", "orderIdList": [{"clientOid": "apabcdstop"}]},
        {**MARKET, "clientOid": "apabcdentry"},
    ]  # fmt: skip
    failed = {"successList": [], "failureList": [{"orderId": "", "clientOid": "apabcdstop", "errorMsg": "?"}]}
    for reply in (failed, {"successList": [], "failureList": []}, {}):
        desk.says(plan, data(reply))
        assert (await exchange.write(CancelOrder(AVL, "apabcdstop", None, True))).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(("line", "asked", "code", "refusal"), [
    (ORDERS, ENTRY, "40762", Refusal.FUNDS), (ORDERS, ENTRY, "45110", Refusal.OTHER),
    (ORDERS, CLOSE, "22002", Refusal.NO_POSITION), (STOPS, STOP, "43023", Refusal.NO_POSITION),
    (STOPS, STOP, "40917", Refusal.WOULD_TRIGGER), (ORDERS, CLOSE, "40808", Refusal.PRECISION),
])  # fmt: skip
async def test_a_code_says_why_it_was_refused(
    bitget: Bitget, line: str, asked: PlaceOrder, code: str, refusal: Refusal
) -> None:
    """F09: codes are text; each is graded for what it was about."""
    desk, exchange = bitget
    desk.says(line, {"code": code, "msg": "said", "requestTime": 1, "data": None}, status=400)
    outcome = await exchange.write(asked)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, refusal, code)


@pytest.mark.parametrize("said", [
    {"code": "40010", "msg": "Request timed out"}, {"code": "40725", "msg": "system release error"},
    {"code": "45001", "msg": "Unknown error"}, {"code": "40015", "msg": ""}, {"code": "99999", "msg": "?"},
    {"code": "40786", "msg": "Duplicate clientOid"}, "<html></html>", "", "{", data(None), data({}),
])  # fmt: skip
async def test_what_is_not_certain_is_unknown(bitget: Bitget, said: object) -> None:
    """F59: ccxt calls their timeout an authentication error; the order may have been taken."""
    desk, exchange = bitget
    desk.says(ORDERS, said)
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    assert [each.line for each in desk.writes] == [ORDERS]


async def test_leverage_and_margin_mode_are_set_and_read_back(bitget: Bitget) -> None:
    """Each of the symbol; a reading that differs is a refusal."""
    desk, exchange = bitget
    lever, margin = f"POST {BASE}/account/set-leverage", f"POST {BASE}/account/set-margin-mode"
    desk.says(lever, data({"symbol": "AVLUSDT"}))
    desk.says(margin, data({"symbol": "AVLUSDT"}))
    assert (await exchange.write(SetLeverage(AVL, Decimal("5.0")))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(SetLeverage(AVL, Decimal(7)))).kind is OutcomeKind.REFUSED
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))).kind is OutcomeKind.REFUSED
    assert [(each.line, each.body) for each in desk.writes] == [
        (lever, {**MARKET, "leverage": "5"}), (lever, {**MARKET, "leverage": "7"}),
        (margin, {**MARKET, "marginMode": "crossed"}),
    ]  # fmt: skip


async def test_in_hedge_mode_nothing_is_sent(bitget: Bitget) -> None:
    """There the side of an order is turned round."""
    desk, exchange = bitget
    desk.says(f"GET {BASE}/account/account", data({**ACCOUNT, "posMode": "hedge_mode"}))
    for request in (ENTRY, STOP, CLOSE):
        assert (await exchange.write(request)).kind is OutcomeKind.NOT_SENT
    assert desk.writes == []


async def test_a_unified_account_is_named_before_an_order_is(bitget: Bitget) -> None:
    """By what the classic endpoint answers: nothing else was asked, and the sentence says what to change."""
    desk, exchange = bitget
    refused = {"code": "40085", "msg": "You are in Unified Account mode, and the Classic Account API is not supported"}
    desk.says(f"GET {BASE}/account/accounts", refused, status=400)
    with pytest.raises(NotReady, match="Unified Account mode"):
        await exchange.open()
    assert desk.writes == []
