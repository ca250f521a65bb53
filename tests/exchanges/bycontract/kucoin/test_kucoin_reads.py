"""What ccxt asks KuCoin futures for each read of ours, and what replies in the documented form are to us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_kucoin import FILL, ORDER, POSITION, STOP, data, page

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

pytestmark = pytest.mark.wire

Kucoin = tuple[Desk, CcxtExchange]
AVL = "AVL/USDT:USDT"
BY_OID, STOPS = "GET /api/v1/orders/byClientOid", "GET /api/v1/stopOrders"
NOT_THERE = {"code": "100001", "msg": "error.getOrder.orderNotExist"}


async def test_an_order_is_looked_up_by_our_id(kucoin: Kucoin) -> None:
    """One request; contracts become the base asset, and the average comes from what was paid."""
    desk, exchange = kucoin
    desk.says(BY_OID, data(ORDER))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert [(each.line, each.query) for each in desk.sent] == [(BY_OID, {"clientOid": "apabcdentry"})]
    assert (view.exchange_order_id, view.status, view.order_side) == (
        "64507d02921f1c0001ff6892", OrderStatus.FILLED, OrderSide.BUY,
    )  # fmt: skip
    assert (view.quantity, view.filled, view.average) == (10, 10, Decimal("1.358"))
    assert (view.reduce_only, view.updated_at_us) == (False, 1796079600456000)


@pytest.mark.parametrize(("change", "status", "filled"), [
    ({"filledSize": 60, "cancelExist": True}, OrderStatus.DEAD, 6),
    ({"filledSize": 60, "cancelExist": False}, OrderStatus.UNKNOWN, 6),
    ({"filledSize": 0, "cancelExist": True}, OrderStatus.DEAD, 0),
    ({"filledSize": 60, "isActive": True, "status": "open"}, OrderStatus.PARTIAL, 6),
    ({"filledSize": 0, "isActive": True, "status": "open"}, OrderStatus.OPEN, 0),
    ({"isActive": None}, OrderStatus.UNKNOWN, 10),
])  # fmt: skip
async def test_f02_only_quantities_say_what_filled(
    kucoin: Kucoin, change: dict[str, Any], status: OrderStatus, filled: int
) -> None:
    """Done is not filled, and dead only where a cancel is said."""
    desk, exchange = kucoin
    desk.says(BY_OID, data({**ORDER, **change}))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert (view.status, view.filled) == (status, filled)


async def test_a_waiting_stop_is_read_back_with_its_trigger(kucoin: Kucoin) -> None:
    """By our id, or among the waiting stops where the lookup does not know it."""
    desk, exchange = kucoin
    desk.says(BY_OID, NOT_THERE)
    desk.says(STOPS, page(STOP, last=1))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert desk.sent[-1].query == {"symbol": "AVLUSDTM", "pageSize": "100", "currentPage": "1"}
    assert (view.status, view.reduce_only, view.quantity) == (OrderStatus.UNTRIGGERED, True, 10)
    assert (view.trigger_price, view.trigger_by, view.order_side) == (Decimal("1.33"), TriggerBy.MARK, OrderSide.SELL)


async def test_absent_means_that_every_lookup_answered(kucoin: Kucoin) -> None:
    """The sentence says that there is none; the same code with another says nothing (I1)."""
    desk, exchange = kucoin
    desk.says(BY_OID, NOT_THERE)
    desk.says(STOPS, page())
    assert (await exchange.reads.orders(AVL, ["apabcdentry"])).absent_ids == ("apabcdentry",)
    for line, said in ((BY_OID, {"code": "100001", "msg": "?"}), (BY_OID, "<html></html>"), (STOPS, data({}))):
        desk.says(BY_OID, NOT_THERE)
        desk.says(STOPS, page())
        desk.says(line, said)
        reading = await exchange.reads.orders(AVL, ["apabcdentry"])
        assert (reading.absent_ids, len(reading.failures)) == ((), 1)


async def test_f07_another_order_is_no_answer(kucoin: Kucoin) -> None:
    """A lookup that shows another id failed."""
    desk, exchange = kucoin
    desk.says(BY_OID, data({**ORDER, "clientOid": "theirs"}))
    desk.says(STOPS, page())
    reading = await exchange.reads.orders(AVL, ["apabcdentry"])
    assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_every_page_is_read(kucoin: Kucoin) -> None:
    """What a page says of its number leads to the next."""
    desk, exchange = kucoin
    later = {**FILL, "tradeId": "2"}
    desk.says("GET /api/v1/fills", page(FILL, last=2), page(later, current=2, last=2))
    fills = (await exchange.reads.fills(AVL, 1796079600_000000)).fills
    assert [fill.fill_id for fill in fills] == ["1828954878212", "2"]
    assert [each.query["currentPage"] for each in desk.sent] == ["1", "2"]
    assert (desk.sent[0].query["symbol"], desk.sent[0].query["startAt"]) == ("AVLUSDTM", "1796079600000")


async def test_fills_carry_their_kind_and_their_order(kucoin: Kucoin) -> None:
    """Liquidation, ADL and settlement are named; a kind nobody documented fails the read."""
    desk, exchange = kucoin
    kinds = ["trade", "liquid", "adl", "settlement", "cancel"]
    rows = [{**FILL, "tradeId": f"t{n}", "tradeType": kind, "side": "sell"} for n, kind in enumerate(kinds)]
    desk.says("GET /api/v1/fills", page(*rows))
    fills = (await exchange.reads.fills(AVL, 1796079600_000000, all_kinds=True)).fills
    assert [fill.kind for fill in fills] == [
        FillKind.TRADE, FillKind.LIQUIDATION, FillKind.ADL, FillKind.SETTLEMENT,
    ]  # fmt: skip
    assert (fills[0].quantity, fills[0].order_side, fills[0].exchange_order_id, fills[0].client_order_id) == (
        6, OrderSide.SELL, "64507d02921f1c0001ff6892", None,
    )  # fmt: skip
    assert fills[0].time_us == 1796079600300000
    desk.says("GET /api/v1/fills", page({**FILL, "tradeType": "gift"}))
    with pytest.raises(ReadFailed):
        await exchange.reads.fills(AVL, 1796079600_000000)


async def test_the_position_has_no_time_of_its_own(kucoin: Kucoin) -> None:
    """currentTimestamp is when it was asked: taken for a change it would make any replica look fresh."""
    desk, exchange = kucoin
    desk.says("GET /api/v1/position", data(POSITION))
    view = (await exchange.reads.position(AVL)).position
    assert desk.sent[0].query == {"symbol": "AVLUSDTM"}
    assert (view.quantity, view.side, view.entry_price) == (10, PositionSide.LONG, Decimal("1.358"))
    assert (view.margin_mode, view.leverage, view.updated_at_us) == (MarginMode.ISOLATED, 5, None)
    desk.says("GET /api/v1/position", data({**POSITION, "currentQty": 0, "isOpen": False}))
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.side) == (0, None)


@pytest.mark.parametrize("said", [
    "<html></html>", "", "{", data([]), data(None), {"code": "200000"}, {"code": "500000", "msg": "?"},
    data({**POSITION, "currentQty": None}), data({**POSITION, "symbol": "XBTUSDTM"}), {"data": POSITION},
])  # fmt: skip
async def test_a_position_that_cannot_be_understood_is_not_flat(kucoin: Kucoin, said: object) -> None:
    """I1: an error is never an empty answer."""
    desk, exchange = kucoin
    desk.says("GET /api/v1/position", said)
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_hedge_mode_is_named(kucoin: Kucoin) -> None:
    """By the account's position mode, and by rows that name a side."""
    desk, exchange = kucoin
    assert await exchange.reads.position_mode(AVL) is PositionMode.ONE_WAY  # type: ignore[attr-defined]
    desk.says("GET /api/v1/position", data({**POSITION, "positionSide": "LONG"}))
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)


async def test_the_account_lists_positions_orders_and_fills(kucoin: Kucoin) -> None:
    """One call a list, whatever the account holds."""
    desk, exchange = kucoin
    desk.says("GET /api/v1/positions", data([POSITION]))
    desk.says("GET /api/v1/orders", page({**ORDER, "isActive": True, "status": "open", "filledSize": 0}))
    desk.says(STOPS, page(STOP))
    desk.says("GET /api/v1/fills", page(FILL))
    (position,) = await exchange.account.positions()
    assert (position.symbol, position.view.quantity) == (AVL, 10)
    orders = await exchange.account.open_orders()
    assert [each.view.client_order_id for each in orders] == ["apabcdentry", "apabcdstop"]
    (fill,) = await exchange.account.fills(1796079600_000000)
    assert (fill.symbol, fill.fill.quantity) == (AVL, 6)


async def test_steps_and_limits_are_in_the_base_asset(kucoin: Kucoin) -> None:
    """F57: numbers come as JSON numbers here and are exact all the same; the mark price is the symbol's."""
    desk, exchange = kucoin
    instrument = await exchange.instrument("AVLUSDTM")
    assert (instrument.tick, instrument.step, instrument.max_quantity, instrument.max_leverage) == (
        Decimal("0.0001"), Decimal("0.1"), 50000, 50,
    )  # fmt: skip
    assert (await exchange.instrument("PEPEUSDTM")).tick == Decimal("0.00000001")
    desk.says("GET /api/v1/mark-price/AVLUSDTM/current", data({"symbol": "AVLUSDTM", "value": 1.3571}))
    assert await exchange.reads.mark_price(AVL) == Decimal("1.3571")


async def test_the_stops_that_wait_are_listed_and_a_past_one_is_looked_up(kucoin: Kucoin) -> None:
    """One that closes the whole position shows a size of none; when it waits no more it is read by its own id."""
    desk, exchange = kucoin
    guard = {**STOP, "id": "guard-9", "clientOid": "", "closeOrder": True, "reduceOnly": False, "size": 0}
    desk.says(STOPS, page(guard, STOP))
    reading = await exchange.reads.waiting_stops(AVL, "guard-9")
    assert [(each.line, each.query["symbol"]) for each in desk.sent] == [(STOPS, "AVLUSDTM")]
    assert [view.exchange_order_id for view in reading.stops] == ["guard-9", "64507d02921f1c0001ff6893"]
    view = reading.asked
    assert view is not None
    assert (view.status, view.order_side, view.reduce_only) == (OrderStatus.UNTRIGGERED, OrderSide.SELL, True)
    assert (view.trigger_price, view.trigger_by, view.quantity) == (Decimal("1.33"), TriggerBy.MARK, 0)
    desk.says(STOPS, page())
    own = "GET /api/v1/orders/guard-9"
    desk.says(own, data({**guard, "isActive": False, "cancelExist": True}))
    past = (await exchange.reads.waiting_stops(AVL, "guard-9")).asked
    assert (past is not None and past.status, desk.sent[-1].line) == (OrderStatus.DEAD, own)
    desk.says(own, NOT_THERE)
    assert (await exchange.reads.waiting_stops(AVL, "guard-9")).asked is None
    for said in (data({**guard, "id": "other"}), "<html></html>"):
        desk.says(own, said)
        with pytest.raises(ReadFailed):
            await exchange.reads.waiting_stops(AVL, "guard-9")


@pytest.mark.parametrize("filled", [0, 60])
async def test_a_stop_over_the_whole_position_is_over_once_it_is_done(kucoin: Kucoin, filled: int) -> None:
    """It has no size that its fills could come to, and what it filled is what it shows."""
    desk, exchange = kucoin
    done = {**STOP, "closeOrder": True, "size": 0, "isActive": False, "cancelExist": False, "filledSize": filled}
    desk.says(BY_OID, data(done))
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert (view.status, view.filled) == (OrderStatus.DEAD, Decimal(filled) / 10)
