"""Reads over the wire: seen, absent or failed, and never one in place of another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos import sim
from atomicpos.exchanges.bybit.queries import WINDOW_US
from atomicpos.exchanges.bybit.windows import windows
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, Leg, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import PlaceOrder, ReadFailed, Reads
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
STOP = PlaceOrder(AVL, Leg.STOP, "ap-stop", OrderSide.SELL, Decimal(10), True, Decimal("1.33"), TriggerBy.MARK)

wire = pytest.mark.wire


@wire
async def test_f07_each_id_is_found_by_the_lookups_that_work(exchange: CcxtExchange) -> None:
    """A final entry, a live stop and an id nobody knows are told apart in one reading."""
    assert isinstance(exchange.reads, Reads)
    await exchange.write(ENTRY)
    await exchange.write(STOP)
    reading = await exchange.reads.orders(AVL, ["ap-entry", "ap-stop", "ap-none"])
    entry, stop = reading.orders
    assert (entry.client_order_id, entry.status, entry.filled) == ("ap-entry", OrderStatus.FILLED, Decimal(10))
    assert (stop.status, stop.reduce_only, stop.trigger_price) == (OrderStatus.UNTRIGGERED, True, Decimal("1.33"))
    assert stop.trigger_by is TriggerBy.MARK
    assert (reading.absent_ids, reading.failures) == (("ap-none",), ())


@wire
async def test_f03_an_entry_that_never_filled_reads_as_dead_and_empty(venue: Server, exchange: CcxtExchange) -> None:
    """Cancelled with nothing filled is dead with a filled quantity of zero and no average."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "never_fill"))
    await exchange.write(ENTRY)
    (entry,) = (await exchange.reads.orders(AVL, ["ap-entry"])).orders
    assert (entry.status, entry.filled, entry.average) == (OrderStatus.DEAD, Decimal(0), None)


@wire
async def test_i1_a_failed_lookup_is_neither_seen_nor_absent(venue: Server, exchange: CcxtExchange) -> None:
    """An error of the endpoint puts the id in neither list, and says why."""
    venue.venue.faults.add(sim.Fault("orders", AVL, "error"))
    reading = await exchange.reads.orders(AVL, ["ap-entry"])
    assert (reading.orders, reading.absent_ids) == ((), ())
    assert "ap-entry" in reading.failures[0]


@wire
@pytest.mark.parametrize("call", ["fills", "position", "mark"])
async def test_i1_an_error_is_never_an_empty_answer(venue: Server, exchange: CcxtExchange, call: str) -> None:
    """Each read fails with ReadFailed when its endpoint does."""
    venue.venue.faults.add(sim.Fault(call, AVL, "error"))
    reads = exchange.reads
    with pytest.raises(ReadFailed):
        await {"fills": lambda: reads.fills(AVL, 0), "position": lambda: reads.position(AVL),
               "mark": lambda: reads.mark_price(AVL)}[call]()  # fmt: skip


@wire
async def test_a_position_is_shown_with_the_exchanges_own_time(exchange: CcxtExchange) -> None:
    """Open and flat both come from a row that carries the time of its last change."""
    assert (await exchange.reads.position(AVL)).position.quantity == 0
    await exchange.write(ENTRY)
    opened = (await exchange.reads.position(AVL)).position
    assert (opened.quantity, opened.side) == (Decimal(10), PositionSide.LONG)
    assert opened.updated_at_us
    await exchange.write(PlaceOrder(AVL, Leg.CLOSE, "ap-close", OrderSide.SELL, Decimal(10), True))
    flat = (await exchange.reads.position(AVL)).position
    assert (flat.quantity, flat.side) == (Decimal(0), None)
    assert flat.updated_at_us
    assert flat.updated_at_us >= opened.updated_at_us


@wire
async def test_a_liquidation_is_a_fill_only_when_all_kinds_are_asked_for(
    venue: Server, exchange: CcxtExchange
) -> None:
    """Trades alone miss it; by name it is there, dated, without a client id of ours."""
    since = sim.SystemClock().now_us()
    await exchange.write(ENTRY)
    venue.venue.liquidate(AVL)
    trades = (await exchange.reads.fills(AVL, since)).fills
    everything = (await exchange.reads.fills(AVL, since, all_kinds=True)).fills
    assert {fill.kind for fill in trades} == {FillKind.TRADE}
    gone = [fill for fill in everything if fill.kind is FillKind.LIQUIDATION]
    assert sum(fill.quantity for fill in gone) == 10
    assert {(fill.order_side, fill.client_order_id) for fill in gone} == {(OrderSide.SELL, None)}


@wire
async def test_fills_before_the_time_asked_for_are_left_out(exchange: CcxtExchange) -> None:
    """Fills carry our id and lie at or after the moment asked for."""
    await exchange.write(ENTRY)
    later = sim.SystemClock().now_us() + 5_000_000
    assert (await exchange.reads.fills(AVL, later)).fills == ()
    mine = (await exchange.reads.fills(AVL, later - 60_000_000)).fills
    assert {fill.client_order_id for fill in mine} == {"ap-entry"}
    assert sum(fill.quantity for fill in mine) == 10


@wire
async def test_the_mark_price_is_the_perpetuals_and_not_its_spot_twins(venue: Server, exchange: CcxtExchange) -> None:
    """The same raw id on the spot market has another price."""
    assert await exchange.reads.mark_price(AVL) == venue.venue.mark(AVL)


@wire
async def test_reading_an_unknown_symbol_fails_the_read(exchange: CcxtExchange) -> None:
    """A symbol without a market is no empty market."""
    with pytest.raises(ReadFailed, match="NOPE"):
        await exchange.reads.position("NOPE")


def test_windows_cover_all_the_time_since_without_a_gap() -> None:
    """Seven days at most each, adjoining to the millisecond, the last one open."""
    now = 10 * WINDOW_US
    spans = windows(now - 2 * WINDOW_US - 5, now)
    assert [start for start, _ in spans] == [now - 2 * WINDOW_US - 5, now - WINDOW_US - 5, now - 5]
    assert spans[-1][1] is None
    assert all(end is not None and end + 1000 == spans[i + 1][0] for i, (_, end) in enumerate(spans[:-1]))
    assert windows(now + 1, now) == [(now + 1, None)]
    with pytest.raises(ReadFailed, match="windows"):
        windows(0, 100 * WINDOW_US)
