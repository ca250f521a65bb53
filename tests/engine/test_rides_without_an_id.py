"""A guard stop that travels with the entry and becomes an order that has no id of ours: it is told by its value."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from atomicpos.errors import OrphanSuspected
from atomicpos.models import UNNAMED, OrderSide, OrderStatus, State, TriggerBy
from atomicpos.ports import StopsReading
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.orders import PlaceRequest
from modes import living_stops, shaded
from shades import as_it_is, fails
from world import AVL, World, assert_safe, in_world, stops_of

MODE = Protection.ATTACHED_UNNAMED
TEN = Decimal(10)


@in_world(protection=MODE)
async def test_a_calm_open_has_no_moment_without_a_stop_and_ends_with_one_of_our_id(world: World) -> None:
    """The guard stands from the fill on, is read back by its value, and goes once the exact one was read back."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        await world.clock.sleep(5)
        row = await positions.get(row.id)
    guard, exact = stops_of(row)
    assert (guard.attempt, guard.status, exact.status) == (UNNAMED, OrderStatus.DEAD, OrderStatus.UNTRIGGERED)
    assert guard.exchange_order_id is not None
    assert (row.exposure_s, world.truth().exposure_s) == (0, 0)
    assert [order.client_order_id for order in world.truth().stops] == [exact.client_order_id]


@in_world(protection=MODE)
async def test_at_a_price_that_was_asked_it_is_still_one_of_our_id_that_protects(world: World) -> None:
    """Whose a stop without an id is was told by its value alone: that is enough to be covered, and not to say so."""
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss_percent=None, stop_loss_price="1.3000")
        assert error is None
        assert row is not None
        assert_safe(world, row)
        await world.clock.sleep(5)
        row = await positions.get(row.id)
    guard, exact = stops_of(row)
    assert exact.client_order_id in row.proof.detail
    assert (guard.status, [stop.client_order_id for stop in world.truth().stops]) == (
        OrderStatus.DEAD, [exact.client_order_id],
    )  # fmt: skip


@in_world(Fault("place_entry", None, "partial_fill", 1), protection=MODE)
async def test_a_partial_fill_brings_it_too_and_it_is_taken_away_as_well(world: World) -> None:
    """It comes with the first fill, whatever the entry fills in the end."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert 0 < row.filled_quantity < Decimal(10)
        await world.clock.sleep(5)
        assert len(living_stops(world)) == 1
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert (world.truth().exposure_s, living_stops(world)) == (0, [])


@in_world(Fault("place_entry", None, "drop_attached", 1), protection=MODE)
async def test_one_that_is_left_out_without_a_word_is_replaced_and_held_to_be_over_past_the_horizon(
    world: World,
) -> None:
    """A stop of our id stands within half a second; with nothing to call the other by, only a look past the horizon
    says that it never came, and no row ends before."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        began_s = world.elapsed_s
        closed = await positions.close_position(row.id)
        if not closed.state.settled:
            closed = await positions.wait(row.id)
        assert 30 < world.elapsed_s - began_s < 60
    assert closed.state is State.CLOSED
    (guard,) = (stop for stop in stops_of(closed) if stop.attempt == UNNAMED)
    assert guard.proven_absent
    assert world.truth().exposure_s < 0.5
    assert all(symbol == AVL for _, call, symbol in world.exchange.requests if call == Call.CANCEL.value)


@in_world(protection=MODE)
async def test_a_stop_of_another_hand_stays_where_it_is(world: World) -> None:
    """At another trigger, on the same side, made after ours: it is nobody's guard, and is not taken away for one."""
    theirs = PlaceRequest(AVL, None, OrderSide.SELL, TEN, True, Decimal("1.2500"), TriggerBy.MARK)
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        world.venue.place(theirs, foreign=True)
        await world.clock.sleep(60)
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert [stop.trigger_price for stop in world.truth().stops] == [theirs.trigger_price]


@in_world(Fault("place_stop", None, "refuse", 1), Fault("place_stop", None, "refuse", 2), protection=MODE)
async def test_while_a_stop_of_our_id_is_refused_the_guard_covers_and_stays(world: World) -> None:
    """New before old: the position is never without one of both."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(10)
        row = await positions.get(row.id)
    assert row.state is State.PROTECTED
    assert (world.truth().exposure_s, len(living_stops(world))) == (0, 1)


@in_world(protection=MODE)
async def test_of_two_that_may_be_it_neither_is_touched(world: World) -> None:
    """Another is listed at the same trigger, made since: until it is told which is ours none is cancelled or over."""
    reads = shaded(world).reads

    def twice(reading: StopsReading) -> StopsReading:
        double = (replace(stop, exchange_order_id="another") for stop in reading.stops if stop.client_order_id is None)
        return replace(reading, stops=(*reading.stops, *double))

    reads.show_waiting_stops = twice
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        await world.clock.sleep(60)
        assert (world.sent(Call.CANCEL), len(living_stops(world))) == ([], 2)
        guard, _ = stops_of(await positions.get(row.id))
        assert (guard.status, guard.proven_absent) == (None, False)
        reads.show_waiting_stops = as_it_is
        await world.clock.sleep(60)
    assert len(living_stops(world)) == 1


@in_world(protection=MODE)
async def test_i1_a_list_that_fails_says_nothing_of_it(world: World) -> None:
    """However long it fails: the guard is not held to be absent, and the row does not end."""
    shaded(world).reads.show_waiting_stops = fails
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        with suppress(OrphanSuspected):
            await positions.close_position(row.id)
        await world.clock.sleep(300)
        row = await positions.get(row.id)
    assert not row.state.settled
    assert not any(stop.proven_absent for stop in stops_of(row))
