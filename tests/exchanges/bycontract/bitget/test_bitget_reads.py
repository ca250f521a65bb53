"""What ccxt asks Bitget's classic futures for each read of ours, and what documented replies are to us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_bitget import ACCOUNT, FILL, GUARD, ORDER, POSITION, STOP, data, page

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

pytestmark = pytest.mark.wire

Bitget = tuple[Desk, CcxtExchange]
AVL = "AVL/USDT:USDT"
BASE = "/api/v2/mix"
DETAIL, PENDING = f"GET {BASE}/order/detail", f"GET {BASE}/order/orders-plan-pending"
HISTORY, FILLS = f"GET {BASE}/order/orders-plan-history", f"GET {BASE}/order/fill-history"
SINGLE = f"GET {BASE}/position/single-position"
NOT_THERE = {"code": "40109", "msg": "The data of the order cannot be found", "requestTime": 1, "data": None}


def nothing_else(desk: Desk) -> None:
    """No order of that id, and lists of none."""
    desk.says(DETAIL, NOT_THERE)
    desk.says(PENDING, page("entrustedList"))
    desk.says(HISTORY, page("entrustedList"))


async def test_an_order_is_looked_up_by_our_id(bitget: Bitget) -> None:
    """One request, named by symbol, product and our id."""
    desk, exchange = bitget
    desk.says(DETAIL, data(ORDER))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert [(each.line, each.query) for each in desk.sent] == [
        (DETAIL, {"symbol": "AVLUSDT", "productType": "USDT-FUTURES", "clientOid": "apabcdentry"}),
    ]  # fmt: skip
    assert (view.exchange_order_id, view.status, view.order_side) == (
        "1111465253393825792", OrderStatus.FILLED, OrderSide.BUY,
    )  # fmt: skip
    assert (view.quantity, view.filled, view.average, view.reduce_only) == (10, 10, Decimal("1.358"), False)
    assert view.updated_at_us == 1796079600456000


@pytest.mark.parametrize(("change", "status", "filled"), [
    ({"state": "canceled", "baseVolume": "6"}, OrderStatus.DEAD, 6),
    ({"state": "live", "baseVolume": "0"}, OrderStatus.OPEN, 0),
    ({"state": "partially_filled", "baseVolume": "6"}, OrderStatus.PARTIAL, 6),
    ({"state": "filled", "baseVolume": "6"}, OrderStatus.UNKNOWN, 6),
    ({"state": "weird"}, OrderStatus.UNKNOWN, 10),
])  # fmt: skip
async def test_f02_only_quantities_say_what_filled(
    bitget: Bitget, change: dict[str, Any], status: OrderStatus, filled: int
) -> None:
    """A cancelled order may have filled in part, and filled means all of it."""
    desk, exchange = bitget
    desk.says(DETAIL, data({**ORDER, **change}))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert (view.status, view.filled) == (status, filled)


async def test_a_waiting_stop_is_listed_under_its_plan(bitget: Bitget) -> None:
    """planType profit_loss: under ccxt's default no stop is shown, and it would look missing."""
    desk, exchange = bitget
    nothing_else(desk)
    desk.says(PENDING, page("entrustedList", STOP))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert desk.sent[-1].query == {
        "productType": "USDT-FUTURES", "planType": "profit_loss", "symbol": "AVLUSDT", "limit": "100",
    }  # fmt: skip
    assert (view.status, view.reduce_only, view.quantity) == (OrderStatus.UNTRIGGERED, True, 10)
    assert (view.trigger_price, view.trigger_by, view.order_side) == (Decimal("1.33"), TriggerBy.MARK, OrderSide.SELL)


async def test_a_triggered_stop_shows_what_it_became(bitget: Bitget) -> None:
    """By the id of the order that it made; where that is not shown, nothing is known."""
    desk, exchange = bitget
    nothing_else(desk)
    desk.says(HISTORY, page("entrustedList", {**STOP, "planStatus": "executed", "executeOrderId": "77"}))
    made = {**ORDER, "orderId": "77", "clientOid": "other", "side": "sell", "reduceOnly": "YES"}
    desk.says(DETAIL, NOT_THERE, data(made))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert (view.exchange_order_id, view.status, view.filled, view.trigger_price) == (
        "77", OrderStatus.FILLED, 10, Decimal("1.33"),
    )  # fmt: skip
    desk.says(DETAIL, NOT_THERE)
    reading = await exchange.reads.orders(AVL, ["apabcdstop"])
    assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_absent_means_that_every_list_answered(bitget: Bitget) -> None:
    """One lookup that failed leaves the order unknown (I1); another's order is no answer (F07)."""
    desk, exchange = bitget
    nothing_else(desk)
    assert (await exchange.reads.orders(AVL, ["apabcdentry"])).absent_ids == ("apabcdentry",)
    theirs = data({**ORDER, "clientOid": "theirs"})
    for line, said in ((DETAIL, theirs), (PENDING, "<html></html>"), (HISTORY, data({})), (DETAIL, {"code": "1"})):
        nothing_else(desk)
        desk.says(line, said)
        reading = await exchange.reads.orders(AVL, ["apabcdentry"])
        assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_fills_carry_their_kind_and_their_order(bitget: Bitget) -> None:
    """Forced ones have words of their own; a full page is followed by what is below its end."""
    desk, exchange = bitget
    kinds = ["buy_single", "burst_sell_single", "reduce_sell_single", "dte_sys_adl_sell_in_single_side_mode",
             "delivery_sell_single"]  # fmt: skip
    full = [{**FILL, "tradeId": str(n + 1000)} for n in range(100)]
    rest = [{**FILL, "tradeId": str(n + 1), "tradeSide": kind} for n, kind in enumerate(kinds)]
    desk.says(FILLS, page("fillList", *full), page("fillList", *rest))
    fills = (await exchange.reads.fills(AVL, 1796079600_000000, all_kinds=True)).fills
    assert len(fills) == 105
    assert [each.query.get("idLessThan") for each in desk.sent] == [None, "1"]
    assert (desk.sent[0].query["symbol"], desk.sent[0].query["startTime"]) == ("AVLUSDT", "1796079600000")
    known = {fill.fill_id: fill for fill in fills}
    assert [known[str(n)].kind for n in range(1, 6)] == [
        FillKind.TRADE, FillKind.LIQUIDATION, FillKind.LIQUIDATION, FillKind.ADL, FillKind.SETTLEMENT,
    ]  # fmt: skip
    assert (known["1"].quantity, known["1"].exchange_order_id) == (6, "1111465253393825792")


async def test_the_position_names_its_side(bitget: Bitget) -> None:
    """No row is the weakest of answers; a liquidation price below zero is none."""
    desk, exchange = bitget
    desk.says(SINGLE, data([{**POSITION, "liquidationPrice": "-3"}]))
    view = (await exchange.reads.position(AVL)).position
    assert desk.sent[0].query == {"symbol": "AVLUSDT", "productType": "USDT-FUTURES", "marginCoin": "USDT"}
    assert (view.quantity, view.side, view.entry_price) == (10, PositionSide.SHORT, Decimal("1.36"))
    assert (view.margin_mode, view.leverage, view.liquidation_price) == (MarginMode.ISOLATED, 5, None)
    assert view.updated_at_us == 1796079600500000
    desk.says(SINGLE, data([]))
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.side, view.updated_at_us) == (0, None, None)


@pytest.mark.parametrize("said", [
    "<html></html>", "", "{", data(None), data({}), {"code": "40010", "msg": "?"}, {"data": []},
    data([{**POSITION, "total": None}]), data([{**POSITION, "holdSide": "?"}]), data([{**POSITION, "posMode": "?"}]),
    data([{**POSITION, "symbol": "BTCUSDT"}]),
])  # fmt: skip
async def test_a_position_that_cannot_be_understood_is_not_flat(bitget: Bitget, said: object) -> None:
    """I1: an error is never an empty answer."""
    desk, exchange = bitget
    desk.says(SINGLE, said)
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_hedge_mode_is_named(bitget: Bitget) -> None:
    """By the account, and by a position's row."""
    desk, exchange = bitget
    assert await exchange.reads.position_mode(AVL) is PositionMode.ONE_WAY  # type: ignore[attr-defined]
    desk.says(f"GET {BASE}/account/account", data({**ACCOUNT, "posMode": "hedge_mode"}))
    assert await exchange.reads.position_mode(AVL) is PositionMode.HEDGE  # type: ignore[attr-defined]
    desk.says(SINGLE, data([{**POSITION, "posMode": "hedge_mode"}]))
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)


async def test_the_account_lists_positions_orders_and_fills(bitget: Bitget) -> None:
    """Orders in the book, stops and other plans, of every symbol."""
    desk, exchange = bitget
    desk.says(f"GET {BASE}/position/all-position", data([POSITION]))
    waiting = {**ORDER, "state": None, "status": "live", "baseVolume": "0"}
    desk.says(f"GET {BASE}/order/orders-pending", page("entrustedList", waiting))
    desk.says(PENDING, page("entrustedList", STOP))
    desk.says(FILLS, page("fillList", FILL))
    (position,) = await exchange.account.positions()
    assert (position.symbol, position.view.quantity) == (AVL, 10)
    orders = await exchange.account.open_orders()
    assert [each.view.client_order_id for each in orders] == ["apabcdentry", "apabcdstop"]
    kinds = [each.query.get("planType") for each in desk.sent if each.line == PENDING]
    assert sorted(kinds) == ["normal_plan", "profit_loss"]
    (fill,) = await exchange.account.fills(1796079600_000000)
    assert (fill.symbol, fill.fill.quantity) == (AVL, 6)


async def test_steps_and_limits(bitget: Bitget) -> None:
    """The tick is five in the fourth decimal here; the mark price is the symbol's."""
    desk, exchange = bitget
    instrument = await exchange.instrument("AVLUSDT")
    assert (instrument.tick, instrument.step, instrument.min_notional, instrument.max_quantity) == (
        Decimal("0.0005"), Decimal("0.1"), 5, 5000,
    )  # fmt: skip
    assert (await exchange.instrument("PEPEUSDT")).tick == Decimal("0.00000001")
    mark = [{"symbol": "AVLUSDT", "price": "1.36", "markPrice": "1.3571", "ts": "1"}]
    desk.says(f"GET {BASE}/market/symbol-price", data(mark))
    assert await exchange.reads.mark_price(AVL) == Decimal("1.3571")


@pytest.mark.parametrize("kind", ["pos_loss", "loss_plan"])
async def test_the_stops_that_wait_are_listed_whoever_put_them_up(bitget: Bitget, kind: str) -> None:
    """A preset one among them: closing, unable to open, with the trigger type that it has, whichever plan it became."""
    desk, exchange = bitget
    desk.says(PENDING, page("entrustedList", {**GUARD, "planType": kind}, STOP))
    reading = await exchange.reads.waiting_stops(AVL)
    assert [(each.line, each.query["planType"], each.query["symbol"]) for each in desk.sent] == [
        (PENDING, "profit_loss", "AVLUSDT"),
    ]  # fmt: skip
    guard, ours = reading.stops
    assert (guard.status, guard.order_side, guard.reduce_only) == (OrderStatus.UNTRIGGERED, OrderSide.SELL, True)
    assert (guard.trigger_price, guard.trigger_by, guard.quantity) == (Decimal("1.33"), TriggerBy.LAST, None)
    assert (guard.exchange_order_id, ours.client_order_id, reading.asked) == ("9", "apabcdstop", None)


async def test_one_that_waits_no_more_is_looked_up_by_the_exchange_s_id(bitget: Bitget) -> None:
    """While it waits it is in the list; then it is asked for among the past ones, with the order that it became."""
    desk, exchange = bitget
    desk.says(PENDING, page("entrustedList", GUARD))
    asked = (await exchange.reads.waiting_stops(AVL, "9")).asked
    assert (asked is not None and asked.status, len(desk.sent)) == (OrderStatus.UNTRIGGERED, 1)
    desk.says(PENDING, page("entrustedList"))
    other = {**GUARD, "orderId": "8"}
    for change, status, of in (
        ({"planStatus": "cancelled"}, OrderStatus.DEAD, "9"),
        ({"planStatus": "executed", "executeOrderId": "77"}, OrderStatus.FILLED, "77"),
    ):
        desk.says(HISTORY, page("entrustedList", other, {**GUARD, **change}))
        desk.says(DETAIL, data({**ORDER, "orderId": "77", "side": "sell"}))
        asked = (await exchange.reads.waiting_stops(AVL, "9")).asked
        assert asked is not None
        assert (asked.status, asked.exchange_order_id, asked.trigger_price) == (status, of, Decimal("1.33"))
    assert [each.query["orderId"] for each in desk.sent if each.line == HISTORY] == ["9", "9"]
    desk.says(HISTORY, page("entrustedList", other))
    assert (await exchange.reads.waiting_stops(AVL, "9")).asked is None


async def test_a_list_of_stops_that_cannot_be_read_is_no_list_without_them(bitget: Bitget) -> None:
    """I1: neither the waiting ones nor the past ones may be missing from the answer."""
    desk, exchange = bitget
    desk.says(HISTORY, page("entrustedList"))
    for said in ("<html></html>", data(None), {"code": "40010", "msg": "?"}):
        desk.says(PENDING, said)
        with pytest.raises(ReadFailed):
            await exchange.reads.waiting_stops(AVL)
    desk.says(PENDING, page("entrustedList"))
    desk.says(HISTORY, "<html></html>")
    with pytest.raises(ReadFailed):
        await exchange.reads.waiting_stops(AVL, "9")
