"""F44: whatever way an open fails, the symbol is free at once, and the next open of it succeeds."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.models import SETTLED, State
from atomicpos.ports import Change
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.testing.journals import MemoryJournal
from modes import MODES, in_every_mode
from world import World, play

FAILURES: dict[str, tuple[Fault, ...]] = {
    "refused": (Fault("place_entry", None, "refuse", 1),),
    "never filled": (Fault("place_entry", None, "never_fill", 1),),
    "lost on the way": (Fault("place_entry", None, "lose_request", 1),),
    "leverage refused": (Fault("set_leverage", None, "refuse", 1),),
    "no stop to be had": (Fault("place_entry", None, "drop_attached", 1), Fault("set_stop", None, "refuse"),
                          Fault("place_stop", None, "refuse")),
    "liquidated at once": (Fault("place_entry", None, "liquidate", 1, 0),),
    "stopped out at once": (Fault("place_entry", None, "stop_out", 1, 0.01),),
}  # fmt: skip


@pytest.mark.parametrize("protection", MODES)
@pytest.mark.parametrize("faults", FAILURES.values(), ids=FAILURES.keys())
def test_f44_a_failed_open_and_at_once_a_second_that_succeeds(
    faults: tuple[Fault, ...], protection: Protection
) -> None:
    """No placeholder is left behind: the failed row has ended, holds no slot, and the next one is protected."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            first, error = await world.tried(positions, leverage=5)
            assert error is not None
            assert first is not None
            first = await positions.wait(first.id)
            assert first.state in SETTLED
            world.venue.faults.clear()
            world.venue.set_mark("AVL/USDT:USDT", world.venue.market("AVL/USDT:USDT").price)
            second, error = await world.tried(positions)
            assert error is None
            assert second is not None
            assert [row.state for row in await positions.list()] == [State.PROTECTED, first.state]
            assert (await positions.health()).positions == {"protected": 1}

    play(scene, *faults, protection=protection)


class FailsOnce(MemoryJournal):
    """A database that cannot take the first row."""

    tries = 0

    async def admit(self, change: Change, lease_us: int) -> None:
        self.tries += 1
        if self.tries == 1:
            raise StoreUnavailable("database is locked")
        await super().admit(change, lease_us)


@in_every_mode()
async def test_f44_a_row_that_could_not_be_stored_leaves_nothing_in_memory(world: World) -> None:
    """The first is StoreUnavailable; nothing counts as being driven, and the second opens."""
    world.journal = FailsOnce()
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert (row, type(error)) == (None, StoreUnavailable)
        assert (await positions.health()).driven == 0
        _, error = await world.tried(positions)
        assert error is None


@in_every_mode()
async def test_f44_a_caller_that_went_away_before_the_row_was_stored_leaves_nothing(world: World) -> None:
    """Cancelled while the preflight reads: no row, no reservation, and the next one opens."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.1)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        assert (world.stored(), (await positions.health()).driven) == ((), 0)
        _, error = await world.tried(positions)
        assert error is None
