"""F31: the watchdog goes by the stored state, so a position that is being opened alarms nobody."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.events import EventKind
from atomicpos.models import State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from modes import MODES, in_every_mode
from world import World, play

SLOW = {
    "calm": (),
    "the position shows late": (Fault("position", None, "lag", None, 6.0),),
    "orders show late": (Fault("orders", None, "lag", None, 4.0),),
    "the reply is lost": (Fault("place_entry", None, "lose_reply", 1, 3.0),),
}


async def watched_at_every_step(world: World, positions: AtomicPositions) -> None:
    """A turn of the watchdog twenty times a second."""
    while True:
        await positions.recover()
        await world.clock.sleep(0.05)


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("slow", SLOW)
def test_f31_a_watchdog_at_every_step_of_an_open_alarms_nobody(slow: str, mode: Protection) -> None:
    """However slowly it opens: no alert, and the row ends protected."""

    async def scene(world: World) -> None:
        async with world.library(watch_s=0.05) as positions:
            watching = asyncio.ensure_future(watched_at_every_step(world, positions))
            row, error = await world.tried(positions)
            await world.clock.sleep(20)
            watching.cancel()
            assert (error, row is not None and row.state is State.PROTECTED) == (None, True)
            assert world.heard(EventKind.ALERT) == []

    play(scene, *SLOW[slow], protection=mode)


@in_every_mode()
async def test_f31_no_two_drives_of_one_row_come_of_a_turn_in_its_middle(world: World) -> None:
    """A turn takes up only what nobody drives: one entry, one stop, nothing sent beside the open."""
    async with world.library(watch_s=0.05) as positions:
        watching = asyncio.ensure_future(watched_at_every_step(world, positions))
        await world.tried(positions)
        calm = world.sent()
        watching.cancel()
    assert calm.count("place_entry") == 1
    assert world.truth().entries == 1
    assert len(world.truth().stops) == 1
