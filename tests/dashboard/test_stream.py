"""The stream: what has changed is told at once, that nothing has is told too, and nobody slow holds anybody up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scenes import filled, protected, stored

from atomicpos.clock import SystemClock
from atomicpos.dashboard.limits import LOOK_S, STREAMS_MOST
from atomicpos.dashboard.pulse import Pulse
from atomicpos.errors import StoreUnavailable
from atomicpos.events import Event, EventKind
from atomicpos.health import Health, unreadable
from atomicpos.ports import Change, Glance
from atomicpos.store import SqlPages, open_pages
from atomicpos.testing.samples import SCOPE, a_record, settled

SOON_S = LOOK_S + 5.0
TURNS = 20
"""So many turns of the loop are enough for a fact to be heard."""


@pytest.fixture
async def pages(database: Path) -> AsyncIterator[SqlPages]:
    """Over one position whose entry is under way."""
    await asyncio.to_thread(stored, database, [Change(a_record())])
    pages = await open_pages(f"sqlite:///{database}")
    yield pages
    await pages.close()


@pytest.fixture
async def pulse(pages: SqlPages) -> AsyncIterator[Pulse]:
    pulse = Pulse(pages, SystemClock(), lambda owner: False, None)
    pulse.start()
    yield pulse
    await pulse.close()


async def until(stream: AsyncIterator[str], kind: str, wanted: Callable[[Any], bool] = lambda told: True) -> Any:
    """The first message of that kind that is wanted."""
    async with asyncio.timeout(SOON_S):
        async for message in stream:
            head, _, data = message.partition("\n")
            if head == f"event: {kind}" and wanted(told := json.loads(data.removeprefix("data: "))):
                return told
    raise AssertionError(f"the stream ended without {kind}")


def level(*levels: str) -> Callable[[Any], bool]:
    return lambda told: told["verdict"]["level"] in levels


async def test_a_position_goes_from_unknown_to_naked_to_covered(pulse: Pulse, database: Path) -> None:
    """Each within a look of its commit; what nobody watches ends in "unwatched", never in "safe"."""
    stream = pulse.stream()
    assert (await until(stream, "screen"))["verdict"]["level"] == "unknown"
    naked = replace(filled(a_record()), version=2)
    await asyncio.to_thread(stored, database, [Change(naked)])
    assert (await until(stream, "screen", level("naked")))["urgent"][0]["cover"] == "naked"
    covered = replace(protected(a_record()), version=3, wake_at_us=10**18)
    await asyncio.to_thread(stored, database, [Change(covered)])
    await until(stream, "screen", level("unwatched"))
    await stream.aclose()


async def test_that_nothing_changed_is_told_as_well(pulse: Pulse, database: Path) -> None:
    """So that a page knows how old its answer is: the moment, in few bytes."""
    await asyncio.to_thread(stored, database, [Change(settled(a_record(), 1))])
    stream = pulse.stream()
    screen = await until(stream, "screen")
    alive = await until(stream, "alive")
    assert alive["at_us"] > screen["at_us"]
    assert set(alive) == {"at_us", "watchdogs"}
    await stream.aclose()


async def test_a_database_that_fails_is_told_and_so_is_its_return(pages: SqlPages) -> None:
    """In the store's own sentence; the last good answer is not told again meanwhile."""

    class Failing(SqlPages):
        fails = True

        async def glance(self, due_us: int) -> Glance:
            if self.fails:
                raise StoreUnavailable("the disk is gone")
            return await pages.glance(due_us)

    failing = Failing(pages._reader, pages.place, SystemClock())
    pulse = Pulse(failing, SystemClock(), lambda owner: False, None)
    pulse.start()
    stream = pulse.stream()
    assert (await until(stream, "trouble"))["why"] == "the disk is gone"
    failing.fails = False
    assert (await until(stream, "screen"))["verdict"]["level"] == "unknown"
    await pulse.close()


async def test_one_look_serves_all_pages_and_the_bound_holds(pulse: Pulse, pages: SqlPages) -> None:
    """However many pages are live, the database is looked at once; one more than the bound is not taken."""
    streams = [pulse.stream() for _ in range(STREAMS_MOST)]
    for stream in streams:
        await until(stream, "screen")
    assert pulse.full
    looked = [await pulse.look() for _ in range(5)]
    assert len({screen["at_us"] for screen in looked}) <= 2
    for stream in streams:
        await stream.aclose()
    assert not pulse.full


async def test_a_slow_page_hears_the_newest_only(pulse: Pulse, database: Path) -> None:
    """It missed what was in between, keeps nothing waiting, and memory does not grow with what it did not take."""
    slow, quick = pulse.stream(), pulse.stream()
    await until(slow, "screen")
    await asyncio.to_thread(stored, database, [Change(replace(filled(a_record()), version=2))])
    await until(quick, "screen", level("naked"))
    over = replace(settled(a_record(), 1), version=3)
    await asyncio.to_thread(stored, database, [Change(over)])
    await until(quick, "screen", level("safe"))
    assert (await until(slow, "screen"))["verdict"]["level"] == "safe"
    for stream in (slow, quick):
        await stream.aclose()


async def test_while_no_page_is_live_nothing_is_looked_at(pages: SqlPages) -> None:
    """However much the engine beside it tells; and whoever asks after a fact is not told what was so before it."""
    looked = 0

    class Counted(SqlPages):
        async def glance(self, due_us: int) -> Glance:
            nonlocal looked
            looked += 1
            return await pages.glance(due_us)

    told: asyncio.Queue[Event] = asyncio.Queue()
    pulse = Pulse(Counted(pages._reader, pages.place, SystemClock()), SystemClock(), lambda owner: False, Telling(told))
    pulse.start()
    for turn in range(3):
        told.put_nowait(Event(EventKind.TRANSITION, turn, "p1", "AVL/USDT:USDT", "moved"))
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert looked == 0
    await pulse.look()
    await pulse.look()
    assert looked == 1, "one look serves whoever asks at the same time"
    told.put_nowait(Event(EventKind.TRANSITION, 9, "p1", "AVL/USDT:USDT", "moved"))
    for _ in range(TURNS):
        await asyncio.sleep(0)
    await pulse.look()
    assert looked == 2
    await pulse.close()


class Telling:
    """An engine that tells what it is given, and does nothing."""

    scope = SCOPE

    def __init__(self, told: asyncio.Queue[Event]) -> None:
        self._told = told

    async def events(self) -> AsyncIterator[Event]:
        while True:
            yield await self._told.get()

    async def health(self) -> Health:
        return unreadable("nobody asked")

    async def _never(self, *_: object, **__: object) -> Any:
        raise AssertionError("no act was asked for")

    look = close_position = flatten_all = move_stop = resolve = _never


async def test_every_stream_ends_with_the_dashboard(pulse: Pulse) -> None:
    """Nobody waits for a message that never comes."""
    stream = pulse.stream()
    await until(stream, "screen")
    await pulse.close()
    async with asyncio.timeout(SOON_S):
        assert [message async for message in stream if not message.startswith("event: ")] == []
