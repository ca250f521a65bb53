"""One history of two processes on one account: the first is stopped, or cut off, and the second takes its row over.

Both run the shipped engine over the same rows, each with a clock of its own. The first is never known to be gone. When
it is woken, all that was due happens at once. The history ends when every row rests; then time passes once more.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ..app import AtomicPositions
from ..drivers import AT_REST
from ..events import Event
from ..evidence import Evidence
from ..models import MICROSECONDS, Goal
from ..ports import Change, Exchange, Journal, Write
from ..record import Record
from ..sim import SkewedClock, VirtualClock
from .far import FarExchange
from .fates import AfterRest, AfterTakeover, Fate, Length, Point, TakingJournal, TroubledJournal
from .histories import ASKS_EVERY_S, REST_WITHIN_S, Told, lag_faults, quiet
from .invariants import Watch
from .kinds import Kind
from .memory_journal import MemoryJournal
from .mortal import MortalExchange
from .pausing import Process, later_outside, run_pausable
from .scenes import BLIND_S, Bot, Scene
from .stage import SYMBOL, WHOLE, Filling, StagedVenue

FRESH_AFTER_S = 1.0
"""How long after the trouble began a second process is started that did not run from the beginning."""


AFTERWARDS_S = 20.0
"""How long both go on once everything rests: several turns of their watchdogs, however late the reads are."""
LONGEST_S = 70.0
"""How long a pause lasts that was to end with a takeover which does not come."""

FIRST, SECOND = "first", "second"
"""The names of the owners."""

Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Paused:
    """What is varied: the scene, the point and the length of the pause, both clocks, the exchange, what comes first."""

    scene: Scene = Scene.OPEN
    at: Point = 0
    seconds: Length = 0.0
    clocks: tuple[float, float] = (0, 0)
    """How far the first and the second process's clocks are ahead of the exchange's and the database's, in seconds."""
    kind: Kind = Kind.ATTACHED
    filling: Filling = WHOLE
    lag: float = 0
    """Of every read, in seconds."""
    fresh: bool = False
    """The second process is started after the first was stopped; else it runs idle from the beginning."""
    cut: bool = False
    """The first process is not stopped: it loses its database for that long."""
    timers_first: bool = False
    """Woken, it takes up what it waited for too long before the answers that have come meanwhile."""


def play_paused(history: Paused) -> Told:
    """Play one history from its beginning. The same history is told the same way every time."""
    with quiet():
        return run_pausable(lambda: _play(history))


async def _play(history: Paused) -> Told:
    return await TwoProcesses(history).play()


class Named:
    """An owner that knows nobody to be gone."""

    def __init__(self, me: str) -> None:
        self.me = me

    def gone(self, owner: str) -> bool:
        """Nobody is: a process that is silent may be stopped."""
        return False

    def leave(self) -> None:
        """There is nobody to tell."""


class TwoProcesses:
    """One history being played."""

    def __init__(self, history: Paused) -> None:
        self.history = history
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.venue = StagedVenue(self.clock, history.kind, history.filling)
        self.venue.faults.add(*lag_faults(history.lag, history.lag, history.lag))
        self.rows: dict[str, Record] = {}
        self.watch = Watch(self.venue, SYMBOL, lambda: self.rows, unrecorded_exits=history.cut)
        self.taken: list[str] = []
        self.first, self.second = Process(timers_first=history.timers_first), Process()
        self._rows = MemoryJournal(now_us=self.venue.now_us)
        self._fate = Fate(history.at, self._begin)
        self._journal = TroubledJournal(
            self._rows.reopened(), self._fate, self._stored_by_first,
            one_step_earlier=history.scene is Scene.FILLED,
        )
        self._answer: str | None = None
        self._answered_us: int | None = None
        self._heard: list[Event] = []
        self._end_is_set = self._ended = False
        self._over = asyncio.Event()

    async def play(self) -> Told:
        """From the open to the last check."""
        lives = [] if self.history.fresh else [self.second.start(self._second())]
        lives.append(self.first.start(self._first()))
        await self._until(self._struck_or_spared)
        self._fate.spare()
        if self.history.fresh:
            await self.clock.sleep(FRESH_AFTER_S)
            lives.append(self.second.start(self._second()))
        await self._until(self._at_rest)
        await self.clock.sleep(AFTERWARDS_S)
        self._over.set()
        await asyncio.gather(*lives)
        self.watch.at_rest()
        await self._check_last_words()
        row = next(iter(self.rows.values()), None)
        return Told(
            tuple(self.watch.broken), tuple(self.watch.states), row.state if row else None, self._fate.struck,
            self._answer or "none", len(self._fate.passed), tuple(self.taken),
        )

    async def _until(self, holds: Callable[[], bool]) -> None:
        for _ in range(round(REST_WITHIN_S / ASKS_EVERY_S)):
            if holds():
                return
            await self.clock.sleep(ASKS_EVERY_S)
        found = ", ".join(row.state.value for row in self.rows.values())
        self._hold(False, f"I8: {found}, {self._answer or 'no answer'}, and no rest within {REST_WITHIN_S:g} s")

    def _struck_or_spared(self) -> bool:
        """The trouble began, or the bot was answered long ago."""
        answered_us = self._answered_us or self.venue.now_us()
        long_ago = self.venue.now_us() >= answered_us + round(AFTERWARDS_S * MICROSECONDS)
        return long_ago or self._fate.struck is not None

    def _at_rest(self) -> bool:
        over = self._ended or self._fate.struck is None
        return over and self._answer is not None and all(map(self.watch.lawful, self.rows.values()))

    # --- the two ----------------------------------------------------------------------------------------------

    async def _first(self) -> None:
        clock = SkewedClock(self.clock, round(self.history.clocks[0] * MICROSECONDS))
        far = self._far(clock, self._fate.permitted)
        exchange = MortalExchange(far, self._fate, _unseen)
        async with self._positions(exchange, self._journal, clock, FIRST, 1) as positions:
            self._answer = await Bot(self.history.scene, positions, clock, self._fate.cue).act()
            self._answered_us = self.venue.now_us()
            await self._over.wait()

    async def _second(self) -> None:
        clock = SkewedClock(self.clock, round(self.history.clocks[1] * MICROSECONDS))
        journal = TakingJournal(self._rows.reopened(), self._stored_by_second, self._takes)
        heard = self._heard.append
        async with self._positions(self._far(clock, None), journal, clock, SECOND, 2, listeners=(heard,)):
            await self._over.wait()
            self._check_reported()

    def _far(self, clock: SkewedClock, pause: Pause | None) -> FarExchange:
        return FarExchange(
            self.venue, self.clock, self.history.kind, clock=clock, pause=pause, arrives=self.watch.request
        )

    def _positions(
        self, exchange: Exchange, journal: Journal, clock: SkewedClock, name: str, seed: int, **knobs: Any
    ) -> AtomicPositions:
        return AtomicPositions.over(exchange, journal, clock, random.Random(seed), Named(name), **knobs)

    # --- the trouble ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.history.cut:
            self._journal.cut = True
        else:
            self.first.stop()
        length = self.history.seconds
        later_outside(length if isinstance(length, float) else LONGEST_S, self._end)

    def _end(self) -> None:
        self._journal.cut = False
        if self.first.stopped:
            self.first.wake()
        self._ended = True

    # --- what is seen -----------------------------------------------------------------------------------------

    def _takes(self, row: Record, before: str) -> None:
        """The second process took this row over."""
        if before != FIRST:
            return
        self.taken.append(_found(row))
        self._end_after(AfterTakeover)

    def _stored_by_second(self, change: Change) -> None:
        self._stored(change)
        if change.record.state in AT_REST:
            self._end_after(AfterRest)

    def _end_after(self, what: type[AfterTakeover | AfterRest]) -> None:
        """Something happened that the length of the trouble may be counted from."""
        length = self.history.seconds
        if isinstance(length, what) and not self._end_is_set:
            self._end_is_set = True
            later_outside(length.seconds, self._end)

    def _stored_by_first(self, change: Change) -> None:
        self._hold(change.record.owner == FIRST, f"I8: the first process stored {change.record.state.value} on "
                   f"the row of {change.record.owner}")
        self._stored(change)

    def _stored(self, change: Change) -> None:
        if not self.rows:
            self.venue.faults.add(*self.history.scene.faults)
        self.rows[change.record.id] = change.record
        self.watch.change(change)
        cued = self.history.scene.is_cued_by
        if cued is not None and cued(change.record):
            self._fate.cue()
            if self.history.scene is Scene.SUSPECTED:
                later_outside(BLIND_S, self.venue.faults.clear)

    def _check_reported(self) -> None:
        """What left without the database is no row's, and is left alone: then the sweep has told of it."""
        for own_id in self.watch.unrecorded:
            told = any(own_id in event.text for event in self._heard)
            self._hold(told, f"I8: nobody was told of {own_id}, which is alive and in no row")

    async def _check_last_words(self) -> None:
        """Whatever it was refused as fenced out is among the lines and findings of the row."""
        for change in self._journal.refused:
            history = await self._rows.history(change.record.id)
            lost = [entry.text for entry in change.entries if entry not in history.entries]
            said = [_said(found) for found in history.evidence]
            lost += [f"{found.source} {found.kind.value}" for found in change.evidence if _said(found) not in said]
            self._hold(not lost, f"I8: the first process knew, and nobody was told: {lost}")

    def _hold(self, holds: bool, message: str) -> None:
        if not holds:
            self.watch.broken.append(message)


def _unseen(request: Write) -> None:
    """What leaves is judged where it arrives."""


def _said(found: Evidence) -> tuple[object, ...]:
    return found.source, found.kind, found.quantity, found.orders, found.absent_ids, found.fills, found.position


def _found(row: Record) -> str:
    """How a row was found: its state, and what was being done to it."""
    doing = {
        "being closed": row.goal is Goal.FLAT, "its stop being moved": row.moving is not None,
        "a part being closed": row.part_left > 0,
    }
    return ", ".join((row.state.value, *(what for what, done in doing.items() if done)))
