"""A settled row that is not over after all, while another row has its slot by now: it is closed down beside it."""

from __future__ import annotations

from test_late_evidence import arrives_late, never_arrived

from atomicpos.events import EventKind
from atomicpos.models import Goal, State
from atomicpos.testing.interleavings.invariants import covers
from world import World, in_world


@in_world()
async def test_what_filled_late_is_closed_and_the_other_row_keeps_its_slot(world: World) -> None:
    """The late ten are closed by their own row, which ends; the ten opened since stay under a stop, and it is told."""
    async with world.library(watch_s=5) as positions:
        late = await never_arrived(world, positions)
        held, error = await world.tried(positions)
        assert error is None
        assert held is not None
        await world.clock.sleep(20)
        arrives_late(world, late)
        assert world.truth().quantity == 20
        await world.clock.sleep(120)
        reopened = await positions.get(late.id)
        assert (reopened.goal, reopened.reason) == (Goal.FLAT, "slot_taken")
        assert reopened.state is State.ROLLED_BACK
        assert world.truth().quantity == 10
        assert covers(world.truth().stops) >= 10
        assert (await positions.get(held.id)).state is not State.CLOSED
    told = world.heard(EventKind.ALERT, "slot_shared")
    assert [event.position_id for event in told] == [held.id]
    assert any(entry.cause == "slot_shared" for entry in (await world.journal.reopened().history(held.id)).entries)
