"""A guard stop that travels with the entry under an id of ours, and comes once the entry has filled whole."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal

from atomicpos.errors import AtomicPositionError
from atomicpos.models import WITH_ENTRY, OrderStatus, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import living_stops
from world import World, assert_safe, in_world, stops_of

MODE = Protection.ATTACHED_ORDER


@in_world(protection=MODE)
async def test_a_calm_open_has_no_moment_without_a_stop_and_ends_with_one(world: World) -> None:
    """The guard stop stands from the fill on, until the one at the exact trigger was read back in its place."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        await world.clock.sleep(5)
        row = await positions.get(row.id)
    guard, exact = stops_of(row)
    assert (guard.attempt, guard.status, exact.status) == (WITH_ENTRY, OrderStatus.DEAD, OrderStatus.UNTRIGGERED)
    assert world.truth().exposure_s == 0
    assert [order.client_order_id for order in world.truth().stops] == [exact.client_order_id]


@in_world(protection=MODE)
async def test_at_a_price_that_was_asked_nothing_else_is_sent(world: World) -> None:
    """The guard stop is at the exact trigger already: it is read back, and that is all."""
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss_percent=None, stop_loss_price="1.3000")
        assert error is None
        assert row is not None
        assert_safe(world, row)
    assert [stop.attempt for stop in stops_of(row)] == [WITH_ENTRY]
    assert world.sent(Call.PLACE_STOP) == []
    assert world.truth().exposure_s == 0


@in_world(Fault("place_entry", None, "partial_fill", 1), protection=MODE)
async def test_a_partial_fill_brings_no_stop_so_one_goes_by_itself(world: World) -> None:
    """The share that filled is protected by a stop of its own; nobody waits for the one that cannot come."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert 0 < row.filled_quantity < Decimal(10)
        assert_safe(world, row)
        await world.clock.sleep(60)
        row = await positions.get(row.id)
    assert row.state is State.PROTECTED
    assert len(world.sent(Call.PLACE_STOP)) == 1
    assert world.truth().exposure_s < 0.5
    (guard,) = (stop for stop in stops_of(row) if stop.attempt == WITH_ENTRY)
    assert guard.proven_absent


@in_world(Fault("place_entry", None, "drop_attached", 1), protection=MODE)
async def test_one_that_is_dropped_without_a_word_is_replaced_and_held_to_be_over_in_time(world: World) -> None:
    """The entry filled whole and no stop came: another stands within half a second, and the row can still end."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        began_s = world.elapsed_s
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert world.elapsed_s - began_s < 5
    assert world.truth().exposure_s < 0.5


@in_world(Fault("orders", None, "omit", None), protection=MODE)
async def test_one_that_no_listing_shows_is_cancelled_before_the_row_may_end(world: World) -> None:
    """Orders are left out of every answer, for ever: that alone does not end a row whose guard stop is alive."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        asyncio.get_running_loop().call_later(35, world.venue.faults.clear)
        with suppress(AtomicPositionError):
            await positions.close_position(row.id)
        while not (row := await positions.get(row.id)).state.settled:
            await world.clock.sleep(0.1)
        assert living_stops(world) == []


@in_world(Fault("place_stop", None, "refuse", None, None, "quantity"), protection=MODE)
async def test_a_stop_refused_as_too_large_for_a_minute_stands_whole_afterwards(world: World) -> None:
    """All pieces it is tried in have room beside the guard stop, so that in the end the exact trigger covers all."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(30)
        world.venue.faults.clear()
        await world.clock.sleep(60)
        row = await positions.get(row.id)
    assert row.state is State.PROTECTED
    assert_safe(world, row)
