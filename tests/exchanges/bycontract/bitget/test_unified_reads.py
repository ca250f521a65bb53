"""What ccxt asks Bitget's unified account for each read of ours, and what documented replies are to us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_bitget import data
from rows_of_unified import FILL, ORDER, POSITION, SETTINGS, STOP

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

pytestmark = pytest.mark.wire

Unified = tuple[Desk, CcxtExchange]
AVL = "AVL/USDT:USDT"
TRADE = "GET /api/v3/trade"
INFO, WAITING, PAST = f"{TRADE}/order-info", f"{TRADE}/unfilled-strategy-orders", f"{TRADE}/history-strategy-orders"
POSITIONS = "GET /api/v3/position/current-position"
NOT_THERE = {"code": "25204", "msg": "Order does not exist", "requestTime": 1, "data": None}


def page(*rows: object) -> dict[str, object]:
    return data({"list": list(rows), "cursor": "77"})


def nothing_else(desk: Desk) -> None:
    """No order of that id, and empty lists."""
    desk.says(INFO, NOT_THERE)
    desk.says(WAITING, data([]))
    desk.says(PAST, page())


@pytest.mark.parametrize(("change", "status", "filled"), [
    ({}, OrderStatus.FILLED, 10),
    ({"orderStatus": "cancelled", "cumExecQty": "6"}, OrderStatus.DEAD, 6),
    ({"orderStatus": "live", "cumExecQty": "0"}, OrderStatus.OPEN, 0),
    ({"orderStatus": "partially_filled", "cumExecQty": "6"}, OrderStatus.PARTIAL, 6),
    ({"orderStatus": "filled", "cumExecQty": "6"}, OrderStatus.UNKNOWN, 6),
    ({"orderStatus": "weird"}, OrderStatus.UNKNOWN, 10),
])  # fmt: skip
async def test_f02_an_order_is_looked_up_by_our_id(
    unified: Unified, change: dict[str, Any], status: OrderStatus, filled: int
) -> None:
    """One request; only quantities say what filled."""
    desk, exchange = unified
    desk.says(INFO, data({**ORDER, **change}))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert [(each.line, each.query) for each in desk.sent] == [(INFO, {"clientOid": "apabcdentry"})]
    assert (view.status, view.filled, view.exchange_order_id) == (status, filled, "1320244799629316096")
    assert (view.order_side, view.average, view.reduce_only) == (OrderSide.BUY, Decimal("1.358"), False)


@pytest.mark.parametrize(("word", "status"), [
    ("pending", OrderStatus.UNTRIGGERED), ("submitting", OrderStatus.TRIGGERED), ("weird", OrderStatus.UNKNOWN),
])  # fmt: skip
async def test_a_waiting_stop_is_read_back_with_its_trigger(unified: Unified, word: str, status: OrderStatus) -> None:
    """Among the strategy orders: bound to the side that it closes, and unable to open."""
    desk, exchange = unified
    nothing_else(desk)
    desk.says(WAITING, data([{**STOP, "clientOid": "x", "symbol": "BTCUSDT"}, {**STOP, "status": word}]))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert desk.sent[-1].query == {"category": "USDT-FUTURES", "type": "tpsl"}
    assert (view.status, view.reduce_only, view.quantity) == (status, True, 10)
    assert (view.trigger_price, view.trigger_by, view.order_side) == (Decimal("1.33"), TriggerBy.MARK, OrderSide.SELL)


@pytest.mark.parametrize("word", ["success", "failed", "cancelled"])
async def test_a_past_stop_is_dead_and_has_filled_nothing_itself(unified: Unified, word: str) -> None:
    """What the order filled that it made is shown by the fills alone, for that is named nowhere; and an order that is
    dead without a word of its fills is not believed to be dead (F03)."""
    desk, exchange = unified
    nothing_else(desk)
    desk.says(PAST, page({**STOP, "status": word}))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert (view.status, view.filled) == (OrderStatus.DEAD, 0)


async def test_absent_means_that_every_list_answered(unified: Unified) -> None:
    """One lookup that failed leaves the order unknown (I1); another's order is no answer (F07)."""
    desk, exchange = unified
    nothing_else(desk)
    assert (await exchange.reads.orders(AVL, ["apabcdentry"])).absent_ids == ("apabcdentry",)
    theirs, odd = data({**ORDER, "clientOid": "theirs"}), {"code": "25204", "msg": "?"}
    spoiled = ((INFO, theirs), (INFO, odd), (WAITING, "<html></html>"), (PAST, data({})), (WAITING, data(None)))
    for line, said in spoiled:
        nothing_else(desk)
        desk.says(line, said)
        reading = await exchange.reads.orders(AVL, ["apabcdentry"])
        assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_fills_of_the_symbol_are_kept(unified: Unified) -> None:
    """Of the same name in another category is another market (F12); a full page is followed by the next."""
    desk, exchange = unified
    full = [{**FILL, "execId": str(n + 1000)} for n in range(99)]
    other = {**FILL, "execId": "5", "category": "SPOT"}
    desk.says(f"{TRADE}/fills", page(*full, other), page(FILL, {**FILL, "symbol": "BTCUSDT", "execId": "6"}))
    fills = (await exchange.reads.fills(AVL, 1796079600_000000)).fills
    assert len(fills) == 100
    assert [each.query.get("cursor") for each in desk.sent] == [None, "77"]
    assert (fills[-1].quantity, fills[-1].price, fills[-1].order_side) == (6, Decimal("1.358"), OrderSide.BUY)


async def test_the_position_names_its_side(unified: Unified) -> None:
    """No row is the weakest of answers; a liquidation price of 0 is none."""
    desk, exchange = unified
    desk.says(POSITIONS, data({"list": [POSITION]}))
    view = (await exchange.reads.position(AVL)).position
    assert desk.sent[0].query == {"category": "USDT-FUTURES", "symbol": "AVLUSDT"}
    assert (view.quantity, view.side, view.entry_price) == (10, PositionSide.SHORT, Decimal("1.36"))
    assert (view.margin_mode, view.leverage, view.liquidation_price) == (MarginMode.CROSS, 5, None)
    desk.says(POSITIONS, data({"list": None}))
    assert (await exchange.reads.position(AVL)).position.quantity == 0


@pytest.mark.parametrize("said", [
    "<html></html>", "", data(None), data({}), {"code": "40010", "msg": "?"},
    data({"list": [{**POSITION, "total": ""}]}), data({"list": [{**POSITION, "posSide": "?"}]}),
    data({"list": [{**POSITION, "symbol": "BTCUSDT"}]}),
])  # fmt: skip
async def test_a_position_that_cannot_be_understood_is_not_flat(unified: Unified, said: object) -> None:
    """I1: an error is never an empty answer."""
    desk, exchange = unified
    desk.says(POSITIONS, said)
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_hedge_mode_is_named(unified: Unified) -> None:
    """By the account's settings, and by a position's row."""
    desk, exchange = unified
    assert await exchange.reads.position_mode(AVL) is PositionMode.ONE_WAY  # type: ignore[attr-defined]
    desk.says("GET /api/v3/account/settings", data({**SETTINGS, "holdMode": "hedge_mode"}))
    assert await exchange.reads.position_mode(AVL) is PositionMode.HEDGE  # type: ignore[attr-defined]
    desk.says(POSITIONS, data({"list": [{**POSITION, "holdMode": "hedge_mode"}]}))
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)


async def test_the_account_lists_positions_orders_and_fills(unified: Unified) -> None:
    """Orders in the book and strategy orders of both kinds; the account is known by its number."""
    desk, exchange = unified
    desk.says(POSITIONS, data({"list": [POSITION]}))
    desk.says(f"{TRADE}/unfilled-orders", page({**ORDER, "orderStatus": "live", "cumExecQty": "0"}))
    desk.says(WAITING, data([STOP]))
    desk.says(f"{TRADE}/fills", page(FILL))
    (position,) = await exchange.account.positions()
    assert (position.symbol, position.view.quantity) == (AVL, 10)
    orders = await exchange.account.open_orders()
    assert [each.view.client_order_id for each in orders] == ["apabcdentry", "apabcdstop"]
    (fill,) = await exchange.account.fills(1796079600_000000)
    assert (fill.symbol, fill.fill.quantity) == (AVL, 6)


async def test_steps_and_limits(unified: Unified) -> None:
    """From the unified account's own instruments; the mark price is the symbol's."""
    desk, exchange = unified
    instrument = await exchange.instrument("AVLUSDT")
    assert (instrument.tick, instrument.step, instrument.min_notional, instrument.max_quantity) == (
        Decimal("0.0005"), Decimal("0.1"), 5, 5000,
    )  # fmt: skip
    desk.says("GET /api/v3/market/tickers", data([{"symbol": "AVLUSDT", "markPrice": "1.3571"}]))
    assert await exchange.reads.mark_price(AVL) == Decimal("1.3571")


async def test_the_stops_that_wait_are_listed_and_a_past_one_is_looked_up(unified: Unified) -> None:
    """Of the symbol only; one under ids of Bitget's own among them, which is later found among the past ones."""
    desk, exchange = unified
    guard = {**STOP, "orderId": "9", "clientOid": "9"}
    desk.says(WAITING, data([{**guard, "symbol": "BTCUSDT"}, guard, STOP]))
    reading = await exchange.reads.waiting_stops(AVL, "9")
    assert [each.line for each in desk.sent] == [WAITING]
    assert [view.exchange_order_id for view in reading.stops] == ["9", "1330984742276198400"]
    view = reading.asked
    assert view is not None
    assert (view.status, view.order_side, view.reduce_only) == (OrderStatus.UNTRIGGERED, OrderSide.SELL, True)
    assert (view.trigger_price, view.trigger_by, view.quantity) == (Decimal("1.33"), TriggerBy.MARK, 10)
    desk.says(WAITING, data([]))
    desk.says(PAST, page({**guard, "status": "cancelled"}))
    past = (await exchange.reads.waiting_stops(AVL, "9")).asked
    assert past is not None
    assert past.status is OrderStatus.DEAD
    desk.says(PAST, page())
    assert (await exchange.reads.waiting_stops(AVL, "9")).asked is None
    desk.says(WAITING, data(None))
    with pytest.raises(ReadFailed):
        await exchange.reads.waiting_stops(AVL)
