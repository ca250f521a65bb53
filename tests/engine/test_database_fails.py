"""The database may fail without reducing protection, and is put right afterwards (I4, I9)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from atomicpos.errors import EntryNeverFilled, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.testing.journals import MemoryJournal
from modes import in_every_mode
from world import World, assert_safe


class Ailing(MemoryJournal):
    """A journal that fails, or takes its time, while it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.slow_s = 0.0

    async def _ail(self) -> None:
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        if self.down:
            raise StoreUnavailable("the disk is full")

    async def admit(self, change: Any, lease_us: int) -> None:
        await self._ail()
        await super().admit(change, lease_us)

    async def commit(self, change: Any) -> None:
        await self._ail()
        await super().commit(change)

    async def load(self, position_id: str) -> Any:
        await self._ail()
        return await super().load(position_id)

    async def holding(self, scope: Any) -> Any:
        await self._ail()
        return await super().holding(scope)


def ailing(world: World) -> Ailing:
    world.journal = journal = Ailing()
    return journal


@in_every_mode()
async def test_a_database_that_cannot_take_the_intent_means_nothing_is_sent(world: World) -> None:
    """The intent comes before the act: StoreUnavailable, no position, no write on the exchange."""
    journal = ailing(world)
    async with world.library() as positions:
        journal.down = True
        row, error = await world.tried(positions)
        await world.clock.sleep(30)
        journal.down = False
    assert isinstance(error, StoreUnavailable)
    assert row is None
    assert world.sent() == []
    assert world.stored() == ()


@pytest.mark.parametrize("down_s", [0.5, 5, 30, 300])
@pytest.mark.parametrize("from_s", [0.16, 0.31, 0.46])
@in_every_mode()
async def test_a_database_that_fails_after_the_intent_does_not_keep_the_stop_down(
    world: World, from_s: float, down_s: float
) -> None:
    """The stop stands within a second whatever the database does, and the row is right once it answers again."""
    journal = ailing(world)
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(from_s)
        journal.down = True
        await world.clock.sleep(1.0)
        assert world.truth().stop_quantity == 10
        await world.clock.sleep(max(down_s - 1.0, 0))
        journal.down = False
        row, error = await opening
        assert error is None
        assert_safe(world, row)
        assert row is not None
        assert world.stored()[0].state is row.state
    assert world.truth().exposure_s < 1
    assert len(world.heard(EventKind.ALERT, "database_unavailable")) <= 1
    told = world.heard(EventKind.ALERT, "database_unavailable")
    assert len(world.heard(EventKind.RESOLVED, "database_unavailable")) == len(told)


@in_every_mode()
async def test_a_slow_database_delays_the_answer_and_not_the_stop(world: World) -> None:
    """With commits of three seconds the stop leaves after ``journal_patience_s``; the row follows."""
    journal = ailing(world)
    async with world.library(journal_patience_s=0.1) as positions:
        journal.slow_s = 3.0
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
        assert row is not None
        assert row.exposure_s < 1
    assert world.truth().exposure_s < 1


@in_every_mode(Fault("place_entry", None, "never_fill"))
async def test_an_end_is_announced_only_once_it_is_stored(world: World) -> None:
    """The entry died unfilled while the database was down: the caller hears of it after the proof is stored."""
    journal = ailing(world)
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.31)
        journal.down = True
        await world.clock.sleep(20)
        assert not opening.done()
        journal.down = False
        row, error = await opening
    assert isinstance(error, EntryNeverFilled)
    assert_safe(world, row)
    assert world.stored()[0].state is State.ROLLED_BACK
