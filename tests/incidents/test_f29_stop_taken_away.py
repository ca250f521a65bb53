"""F29: protected is a monitored claim: a stop that somebody takes away is seen, restored and written down."""

from __future__ import annotations

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.events import EventKind
from atomicpos.models import Position, State
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.hands import clear_stop
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, living_stops, moves_of, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe, stops_of

WATCH_S = 5
SEEN_WITHIN_S = WATCH_S + 3


async def robbed(world: World, positions: AtomicPositions, side: str = "buy") -> Position:
    """A protected position whose stop is taken away at t=60."""
    row, error = await world.tried(positions, side=side)
    assert error is None
    assert row is not None
    await world.clock.sleep(60 - world.elapsed_s)
    clear_stop(world.venue, AVL)
    assert living_stops(world) == []
    return row


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f29_a_stop_that_somebody_takes_away_is_restored_within_a_watch(world: World, side: str) -> None:
    """At t=60 it is gone: a few seconds after the next look a stop stands where it was, and nothing is closed."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await robbed(world, positions, side)
        await world.clock.sleep(SEEN_WITHIN_S)
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert after.stop_price == row.stop_price
        assert len(living_stops(world)) == 1
    assert world.sent(Call.PLACE_CLOSE) == []
    assert len(stops_of(after)) == len(stops_of(row)) + 1


@in_every_mode()
async def test_f29_the_gap_is_in_the_journal_and_in_the_exposure(world: World) -> None:
    """The row went through verifying, the journal says so, and the seconds without a stop are counted as they were."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await robbed(world, positions)
        await world.clock.sleep(SEEN_WITHIN_S)
        after = await positions.get(row.id)
    assert moves_of(after)[-2:] == ["verifying", "protected"]
    gap_s = world.truth().exposure_s
    assert 0 < gap_s < SEEN_WITHIN_S + 0.5
    assert after.exposure_s >= gap_s - 0.5
    assert after.exposure_s - row.exposure_s <= SEEN_WITHIN_S + WATCH_S
    assert world.heard(EventKind.TRANSITION) != []


@in_every_mode()
async def test_f29_what_cannot_be_restored_is_alerted_and_closed(world: World) -> None:
    """Taken away and every new one refused: somebody is told at the exposure deadline, and the position is closed."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await robbed(world, positions)
        world.venue.faults.add(*stop_faults("refuse"))
        await world.clock.sleep(60)
        after = await positions.get(row.id)
    assert (after.state, after.reason) == (State.CLOSED, "exposure_deadline")
    assert len(world.heard(EventKind.ALERT, "exposure_past_deadline")) == 1
    assert len(world.heard(EventKind.RESOLVED, "exposure_past_deadline")) == 1
    assert_safe(world, after)


@in_every_mode()
async def test_f29_where_the_policy_is_to_hold_it_goes_on_trying(world: World) -> None:
    """With ``on_unprotectable="hold"`` nothing is closed: alerted, tried for a minute, and protected once it can be."""
    async with world.library(watch_s=WATCH_S, on_unprotectable="hold") as positions:
        row = await robbed(world, positions)
        world.venue.faults.add(*stop_faults("refuse"))
        await world.clock.sleep(60)
        assert len(world.heard(EventKind.ALERT, "exposure_past_deadline")) == 1
        world.venue.faults.clear()
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert_safe(world, after)
    assert after.state is State.PROTECTED
    assert world.sent(Call.PLACE_CLOSE) == []
    assert after.exposure_s > 60


@in_every_mode()
async def test_f29_a_stop_taken_away_again_and_again_is_restored_each_time(world: World) -> None:
    """Two owners of one stop: five removals, five restorations, one stop at the end of each."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await robbed(world, positions)
        for _ in range(4):
            await world.clock.sleep(30)
            assert_safe(world, await positions.get(row.id))
            clear_stop(world.venue, AVL)
        await world.clock.sleep(30)
        after = await positions.get(row.id)
        assert_safe(world, after)
    assert moves_of(after).count("protected") == 6


@pytest.mark.wire
async def test_f29_on_the_wire_a_stop_set_to_zero_is_seen_and_set_again(bybit: Server) -> None:
    """Somebody sends trading-stop with stopLoss 0: the next watch of a tenth of a second restores our trigger."""
    async with library(bybit_client(bybit), watch_s=0.1) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        clear_stop(bybit.venue, AVL)
        async for event in positions.events():
            if event.kind is EventKind.TRANSITION and event.state is State.PROTECTED:
                break
        assert [stop.trigger_price for stop in bybit.venue.truth(AVL).stops] == [row.stop_price]
