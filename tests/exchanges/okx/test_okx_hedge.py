"""OKX in long/short mode: a long and a short of one symbol beside each other, each with its own stop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.exchanges import connect
from atomicpos.exchanges.okx.exchange import OkxExchange
from atomicpos.models import Leg, OrderSide, OrderStatus, PositionMode, PositionSide, State, TriggerBy
from atomicpos.ports import AttachedStop, OutcomeKind, PlaceOrder, ReadFailed, SetLeverage, WrongPositionMode
from atomicpos.sim import SystemClock
from atomicpos.sim.wire.server import Server
from wired import library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
ORDER, ALGO = "/api/v5/trade/order", "/api/v5/trade/order-algo"
SHORT_BOUNDS = {"visibility_s_max": 0.4, "recv_window_s": 0.5, "clock_skew_s_max": 0.1}


@pytest.fixture
async def hedging(okx: Server, okx_bot: Any) -> AsyncIterator[OkxExchange]:
    """The account in long/short mode before it is opened."""
    okx.venue.set_position_mode("hedge")
    adapter = connect(okx_bot, SystemClock())
    assert isinstance(adapter, OkxExchange)
    await adapter.open()
    yield adapter
    await adapter.close()


def entry(side: PositionSide, stop: str) -> PlaceOrder:
    return PlaceOrder(AVL, Leg.ENTRY, f"entry{side}", side.opening, Decimal(10), False,
                      attached_stop=AttachedStop(Decimal(stop), TriggerBy.MARK, f"guard{side}"))  # fmt: skip


def close(side: PositionSide, quantity: int = 10) -> PlaceOrder:
    return PlaceOrder(AVL, Leg.CLOSE, f"close{side}{quantity}", side.closing, Decimal(quantity), True)


async def both(exchange: OkxExchange) -> tuple[OkxExchange, OkxExchange]:
    """A long of ten and a short of ten, each through its side."""
    long, short = exchange.hedged(LONG), exchange.hedged(SHORT)
    for one, request in ((long, entry(LONG, "1.33")), (short, entry(SHORT, "1.39"))):
        outcome = await one.write(request)
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED, outcome.why
    return long, short


async def test_each_side_shows_its_own_position_fills_and_stop(okx: Server, hedging: OkxExchange) -> None:
    """And nothing of the other's; the attached stops are orders of their sides."""
    long, short = await both(hedging)
    for one, side in ((long, LONG), (short, SHORT)):
        view = (await one.reads.position(AVL)).position
        assert (view.side, view.quantity) == (side, 10)
        fills = (await one.reads.fills(AVL, SystemClock().now_us() - 60_000_000)).fills
        assert {fill.order_side for fill in fills} == {side.opening}
        (stop,) = (await one.reads.orders(AVL, [f"guard{side}"])).orders
        assert (stop.status, stop.order_side, stop.reduce_only) == (OrderStatus.UNTRIGGERED, side.closing, True)
        assert await one.reads.position_mode(AVL) is PositionMode.HEDGE


async def test_a_close_of_one_side_leaves_the_other(okx: Server, hedging: OkxExchange) -> None:
    """More than there is closes what there is, and opens nothing: the closing side cannot."""
    long, short = await both(hedging)
    assert (await long.write(close(LONG, 20))).kind is OutcomeKind.ACKNOWLEDGED
    assert (okx.venue.truth(AVL, LONG).quantity, okx.venue.truth(AVL, SHORT).quantity) == (0, -10)
    view = (await long.reads.position(AVL)).position
    assert (view.quantity, view.side) == (0, None)
    assert (await short.reads.position(AVL)).position.quantity == 10
    nothing = await long.write(close(LONG))
    assert nothing.kind is OutcomeKind.REFUSED


async def test_a_stop_that_fires_closes_its_side_only(okx: Server, hedging: OkxExchange) -> None:
    """The mark falls to the long's stop: the short is as it was, and so is its stop."""
    long, _ = await both(hedging)
    okx.venue.set_mark(AVL, Decimal("1.33"))
    (stop,) = (await long.reads.orders(AVL, ["guardlong"])).orders
    assert (stop.status, stop.filled) == (OrderStatus.FILLED, 10)
    assert okx.venue.truth(AVL, SHORT).quantity == -10
    assert [stop.client_order_id for stop in okx.venue.truth(AVL, SHORT).stops] == ["guardshort"]


async def test_the_plain_exchange_meets_hedge_mode_with_an_error(okx: Server, hedging: OkxExchange) -> None:
    """It is one-way: neither a row of a side nor an empty list is flat to it, and its orders are refused."""
    with pytest.raises(WrongPositionMode):
        await hedging.reads.position(AVL)
    await both(hedging)
    with pytest.raises(WrongPositionMode):
        await hedging.reads.position(AVL)
    with pytest.raises(ReadFailed):
        await hedging.reads.fills(AVL, (await hedging.hedged(LONG).reads.position(AVL)).position.updated_at_us or 0)
    refused = await hedging.write(PlaceOrder(AVL, Leg.ENTRY, "plain", OrderSide.BUY, Decimal(10), False))
    assert refused.kind is OutcomeKind.REFUSED
    assert (okx.venue.truth(AVL, LONG).quantity, okx.venue.truth(AVL, SHORT).quantity) == (10, -10)


async def test_a_side_meets_one_way_mode_with_an_error(okx: Server, exchange: OkxExchange) -> None:
    """The other way round as well."""
    await exchange.write(PlaceOrder(AVL, Leg.ENTRY, "plain", OrderSide.BUY, Decimal(10), False))
    with pytest.raises(WrongPositionMode):
        await exchange.hedged(LONG).reads.position(AVL)
    refused = await exchange.hedged(LONG).write(entry(LONG, "1.33"))
    assert refused.kind is OutcomeKind.REFUSED


async def test_listings_name_the_side_of_each_row(hedging: OkxExchange) -> None:
    """One symbol comes twice, once a side; so do its stops."""
    await both(hedging)
    rows = await hedging.account.positions()
    assert {(row.symbol, row.position_side, row.view.side, row.view.quantity) for row in rows} == {
        (AVL, LONG, LONG, 10), (AVL, SHORT, SHORT, 10),
    }  # fmt: skip
    orders = await hedging.account.open_orders()
    assert {(row.view.client_order_id, row.position_side, row.view.reduce_only) for row in orders} == {
        ("guardlong", LONG, True), ("guardshort", SHORT, True),
    }  # fmt: skip


async def test_isolated_leverage_is_a_sides_own(okx: Server, hedging: OkxExchange) -> None:
    """Set for the long, the short keeps its own."""
    long, short = await both(hedging)
    assert (await long.write(SetLeverage(AVL, Decimal(7)))).kind is OutcomeKind.ACKNOWLEDGED
    shown = [(await one.reads.position(AVL)).position.leverage for one in (long, short)]
    assert shown == [7, 10]


async def test_two_positions_of_one_symbol_live_beside_each_other(okx: Server, okx_bot: Any) -> None:
    """The library opens both, each protected on its side, and closing one leaves the other protected."""
    okx.venue.set_position_mode("hedge")
    async with library(okx_bot, **SHORT_BOUNDS) as positions:
        long = await positions.open_position_atomic("AVL-USDT-SWAP", "buy", "100", stop_loss_percent="2")
        short = await positions.open_position_atomic("AVL-USDT-SWAP", "sell", "50", stop_loss_percent="2")
        assert (long.state, short.state) == (State.PROTECTED, State.PROTECTED)
        assert okx.venue.truth(AVL, LONG).stop_quantity >= 100
        assert okx.venue.truth(AVL, SHORT).stop_quantity >= 50
        closed = await positions.close_position(long.id)
    assert closed.state is State.CLOSED
    assert (okx.venue.truth(AVL, LONG).quantity, okx.venue.truth(AVL, SHORT).quantity) == (0, -50)
    assert okx.venue.truth(AVL, SHORT).stop_quantity >= 50
    sent = [json.loads(a.body) for a in okx.arrivals.entries if a.path in (ORDER, ALGO) and a.method == "POST"]
    assert {body["posSide"] for body in sent} == {"long", "short"}
    assert not any("reduceOnly" in body for body in sent)
