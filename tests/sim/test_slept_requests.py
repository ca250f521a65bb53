"""A process that sleeps between the permit and the send, with the whole library over it."""

from __future__ import annotations

from atomicpos.errors import EntryRefused, RolledBack
from atomicpos.models import State
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode
from world import World, assert_safe

PAST_THE_WINDOW_S = 6.0


def sleeps(world: World, nth: int) -> None:
    """The sender of the nth write sleeps behind its permit, past the receive window; all else goes on."""
    count = 0

    async def pause() -> None:
        nonlocal count
        count += 1
        if count == nth:
            await world.clock.sleep(PAST_THE_WINDOW_S)

    world.exchange.pause = pause


@in_every_mode()
async def test_an_entry_that_slept_past_its_window_is_refused_and_never_sent_again(world: World) -> None:
    """It left once, too late; the exchange's refusal is definite, and the row ends with nothing opened (I5)."""
    sleeps(world, 1)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert isinstance(error, EntryRefused | RolledBack)
        assert row is not None
        await world.clock.sleep(120)
        assert (await positions.get(row.id)).state is State.ROLLED_BACK
    assert world.sent(Call.PLACE_ENTRY) == [Call.PLACE_ENTRY]
    assert (world.truth().entries, world.truth().quantity) == (0, 0)


@in_every_mode()
async def test_a_stop_that_slept_past_its_window_is_put_up_again(world: World) -> None:
    """Too old, or given up before it left, it is no protection: another request puts the stop up in time."""
    sleeps(world, 2)
    async with world.library() as positions:
        await world.tried(positions)
        row = await world.settle(positions, quiet_s=60)
    assert_safe(world, row)
    assert row is not None
    assert row.state is State.PROTECTED
    assert world.truth().stop_quantity == world.truth().quantity == 10
