"""F39: no row ends while an order of ours is alive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import OrphanSuspected
from atomicpos.models import Position, State
from atomicpos.sim import Fault, Venue, hands
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, living_stops, naked, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe

WATCH_S = 5
NEXT_STOP = "1.3300"


def liquidated(venue: Venue, symbol: str) -> None:
    venue.liquidate(symbol)


def assert_nothing_left(world: World, row: Position) -> None:
    """Nothing of ours is alive, and the row knows it."""
    assert row.state.settled
    assert living_stops(world) == []
    assert all(order.settled for order in row.orders)
    assert_safe(world, row)


async def closed_in_the_end(world: World, positions: AtomicPositions) -> Position:
    """Open, close what was opened, and wait for the proof however long it takes."""
    row, error = await world.tried(positions)
    assert row is not None
    if error is None:
        with suppress(OrphanSuspected):
            await positions.close_position(row.id)
    ended = await world.settle(positions)
    assert ended is not None
    return ended


@pytest.mark.parametrize("kind", [
    pytest.param("refuse", id="stops refused"),
    pytest.param("rate_limit", id="stops rate-limited"),
    pytest.param("lose_request", id="stops lost on the way"),
])
@in_every_mode()
async def test_f39_a_rollback_leaves_no_order_of_ours(world: World, kind: str) -> None:
    """However many stops it tried: after the rollback none is on the exchange, and none may still arrive."""
    naked(world)
    world.venue.faults.add(*stop_faults(kind))
    async with world.library() as positions:
        row = await closed_in_the_end(world, positions)
    assert_nothing_left(world, row)


async def quiet(world: World, positions: AtomicPositions) -> Position:
    row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    await world.clock.sleep(30)
    return row


@pytest.mark.parametrize("end", [hands.stop_out, hands.close, liquidated])
@in_every_mode()
async def test_f39_whoever_ended_it_our_stops_go_with_it(
    world: World, end: Callable[[Venue, str], None]
) -> None:
    """Stopped out, sold by hand or liquidated: a separate stop of ours is cancelled and seen dead before the end."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await quiet(world, positions)
        end(world.venue, AVL)
        await world.clock.sleep(60)
        after = await positions.get(row.id)
    assert_nothing_left(world, after)


@pytest.mark.parametrize("kind", ["refuse", "lose_request", "lose_reply", "http_502_executed"])
@in_every_mode()
async def test_f39_a_cancel_that_fails_is_made_again_until_it_is_seen_dead(world: World, kind: str) -> None:
    """The first two cancels come to nothing, or their answers do: the row ends after the stop did, not before."""
    async with world.library() as positions:
        row = await quiet(world, positions)
        world.venue.faults.add(*(Fault("cancel", None, kind, nth) for nth in (1, 2)))
        closed = await positions.close_position(row.id)
    assert_nothing_left(world, closed)


@in_every_mode(*stop_faults("lose_reply"))
async def test_f39_a_stop_that_was_taken_without_an_answer_is_taken_down_too(world: World) -> None:
    """No stop's answer ever came: all that the exchange took are gone once the position is."""
    naked(world)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        closed = await positions.close_position(row.id)
    assert_nothing_left(world, closed)


@pytest.mark.parametrize("seconds", [1, 3, 4.9])
@in_every_mode()
async def test_f39_a_stop_that_may_still_arrive_holds_the_end_up(world: World, seconds: float) -> None:
    """A stop's request reaches the exchange seconds after it was given up: no stop is left when the row has ended."""
    naked(world)
    world.venue.faults.add(*(Fault(call, None, "late_request", nth, seconds)
                             for call in ("place_stop", "set_stop") for nth in (1, 2)))
    async with world.library() as positions:
        row = await closed_in_the_end(world, positions)
        await world.clock.sleep(60)
    assert_nothing_left(world, row)


@in_every_mode()
async def test_f39_the_next_position_on_the_symbol_meets_none_of_the_stops_before(world: World) -> None:
    """Opened, closed and opened again the other way round: the only stop is the second one's, on its own side."""
    async with world.library() as positions:
        first = await quiet(world, positions)
        await positions.close_position(first.id)
        second, error = await world.tried(positions, side="sell")
        assert error is None
        assert second is not None
        await world.clock.sleep(5)
        assert [stop.trigger_price for stop in living_stops(world)] == [second.stop_price]
        world.venue.set_mark(AVL, Decimal(NEXT_STOP))
        await world.clock.sleep(60)
        assert (await positions.get(second.id)).state is State.PROTECTED
        assert world.truth().quantity == -10


@pytest.mark.wire
async def test_f39_on_the_wire_a_separate_stop_is_cancelled_after_the_close(bybit: Server) -> None:
    """Protected by a separate stop, then closed: nothing of ours waits among the conditional orders."""
    bybit.venue.faults.add(
        Fault("place_entry", None, "drop_attached", 1), Fault("set_stop", None, "refuse", code="110066")
    )
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert len(bybit.venue.truth(AVL).stops) == 1
        closed = await positions.close_position(row.id)
    assert all(order.settled for order in closed.orders)
    assert bybit.venue.truth(AVL).stops == ()
