"""One history of two processes on one account: the first is stopped, or cut off, and the second takes its row over.

Both run the shipped engine over the same rows, each with a clock of its own. The first is never known to be gone. When
it is woken, all that was due happens at once. The history ends when every row rests; then time passes once more.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from ...app import AtomicPositions
from ...events import Event
from ...models import MICROSECONDS
from ...ports import Change, Exchange, Journal, Write
from ...record import Record
from ...sim import Fault, SkewedClock, VirtualClock
from ...waiting import AT_REST
from ..journals import MemoryJournal
from .aftermath import forgotten, found, untold
from .far import FarExchange
from .fates import AfterRest, AfterTakeover, Fate, Length, Point, TakingJournal, Trouble, TroubledJournal
from .histories import ASKS_EVERY_S, REST_WITHIN_S, Told, lag_faults
from .invariants import Watch
from .kinds import Kind
from .mortal import MortalExchange
from .pausing import Process, later_outside, run_pausable
from .quiet import quiet
from .scenes import Bot, Scene, Then, go_on
from .situations.seen import Witness
from .stage import SYMBOL, WHOLE, Filling, StagedVenue
from .windows import Windows

FRESH_AFTER_S = 1.0
"""How long after the trouble began a second process is started that did not run from the beginning."""
AFTERWARDS_S = 20.0
"""How long both go on once everything rests: several turns of their watchdogs, however late the reads are."""

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
    timers_first: bool = False
    """Woken, it takes up what it waited for too long before the answers that have come meanwhile."""
    trouble: Trouble = Trouble.STOPPED
    fault: Fault | None = None
    """What goes wrong on the way besides."""
    then: Then = Then.NOTHING
    """What the second process's bot does; its process is started then."""
    windows: Windows = Windows.SHIPPED
    """How late, how long and how far apart things may be at most."""


def play_paused(history: Paused) -> Told:
    """Play one history from its beginning. The same history is told the same way every time."""
    with quiet():
        return run_pausable(lambda: _play(history))


async def _play(history: Paused) -> Told:
    return await TwoProcesses(history).play()


class Named:
    """An owner that knows nobody to be gone but the dead."""

    def __init__(self, me: str, dead: set[str]) -> None:
        self.me = me
        self._dead = dead

    def gone(self, owner: str) -> bool:
        """One that is merely silent may be stopped."""
        return owner in self._dead

    def leave(self) -> None:
        """There is nobody to tell."""


class TwoProcesses:
    """One history being played."""

    def __init__(self, history: Paused) -> None:
        self.history = history
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.venue = StagedVenue(self.clock, history.kind, history.filling)
        self.witness = Witness(self.venue, SYMBOL)
        self.venue.faults.add(*lag_faults(history.lag, history.lag, history.lag))
        if history.fault is not None:
            self.venue.faults.add(history.fault)
        self.rows: dict[str, Record] = {}
        self.watch = Watch(self.venue, SYMBOL, lambda: self.rows, unrecorded_exits=history.trouble is Trouble.CUT_OFF)
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
        self._instants = 0
        self._heard: list[Event] = []
        self.listeners: dict[str, tuple[Callable[[Event], object], ...]] = {}
        """Who hears what each process says, by its name; nothing in the history depends on it."""
        self._dead: set[str] = set()
        self._end_is_set = self._ended = False
        self._over = asyncio.Event()

    @property
    def fate(self) -> Fate:
        """What befalls the first process."""
        return self._fate

    async def play(self) -> Told:
        """From the open to the last check."""
        first = self.first.start(self._first())
        lives = [] if self.history.fresh else [self.second.start(self._second())]
        await self._until(self._struck_or_spared)
        self._fate.spare()
        if self.history.fresh:
            await self.clock.sleep(FRESH_AFTER_S)
            lives.append(self.second.start(self._second()))
        await self._until(self._at_rest)
        await self.clock.sleep(AFTERWARDS_S)
        self._over.set()
        await asyncio.gather(*lives, *(() if self._dead else (first,)))
        self.watch.at_rest()
        self._witnessed()
        forgot = await forgotten(self._rows, self._journal.refused)
        self._hold(not forgot, f"I8: the first process knew, and nobody was told: {forgot}")
        told = self._told(await self.witness.seen(self._rows))
        self.first.wake()  # the dead must run to be buried; what they do then is nobody's business
        return told

    def _witnessed(self) -> None:
        """What befell the first process, and what was found of it."""
        trouble = self.history.trouble.value
        self.witness.note(trouble, *([self._fate.struck] if self._fate.struck is not None else []))
        self.witness.note("answer", self._answer or "none")
        self.witness.note("takeover", *self.taken)
        if self._journal.refused:
            self.witness.note("happened", "a commit of an owner that was succeeded is refused")

    def _told(self, situations: frozenset[str]) -> Told:
        row = next(iter(self.rows.values()), None)
        return Told(
            tuple(self.watch.broken), tuple(self.watch.states), row.state if row else None, self._fate.struck,
            self._answer or "none", self._instants, tuple(self.taken), situations, was=self._as_it_went(),
        )

    def _as_it_went(self) -> object:
        """The history; where nothing befell the first process, all lengths and points are one."""
        told = self.history
        fault = told.fault if told.fault in self.witness.struck else None
        return replace(told, fault=fault) if self._fate.struck else replace(told, fault=fault, at="never", seconds=0)

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
        heard = self.listeners.get(FIRST, ())
        async with self._positions(exchange, self._journal, clock, FIRST, 1, listeners=heard) as positions:
            self._answer = await Bot(self.history.scene, positions, clock, self._fate.cue).act()
            self._answered_us, self._instants = self.venue.now_us(), len(self._fate.passed)
            await self._over.wait()

    async def _second(self) -> None:
        clock = SkewedClock(self.clock, round(self.history.clocks[1] * MICROSECONDS))
        journal = TakingJournal(self._rows.reopened(), self._stored_by_second, self._takes)
        heard = (self._heard.append, *self.listeners.get(SECOND, ()))
        async with self._positions(self._far(clock, None), journal, clock, SECOND, 2, listeners=heard) as positions:
            await go_on(self.history.then, positions)
            await self._over.wait()
            left = untold(self.watch.unrecorded, self._heard)
            self._hold(not left, f"I8: nobody was told of {left}, alive and in no row")

    def _far(self, clock: SkewedClock, pause: Pause | None) -> FarExchange:
        return FarExchange(
            self.venue, self.clock, self.history.kind, clock=clock, pause=pause, arrives=self.watch.request,
            windows=self.history.windows,
        )

    def _positions(
        self, exchange: Exchange, journal: Journal, clock: SkewedClock, name: str, seed: int, **knobs: Any
    ) -> AtomicPositions:
        knobs |= self.history.windows.knobs
        return AtomicPositions.over(exchange, journal, clock, random.Random(seed), Named(name, self._dead), **knobs)

    # --- the trouble ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        match self.history.trouble:
            case Trouble.CUT_OFF:
                self._journal.cut = True
            case Trouble.STOPPED:
                self.first.stop()
            case Trouble.GONE:
                self.first.stop()
                self._dead.add(FIRST)
                self._ended, self._answer = True, "died"
                return
        length = self.history.seconds
        later_outside(length if isinstance(length, float) else self.history.windows.longest_pause_s, self._end)

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
        self.taken.append(found(row))
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
        self.witness.change(change)
        self.watch.change(change)
        cued = self.history.scene.is_cued_by
        if cued is not None and cued(change.record):
            self._fate.cue()
            if self.history.scene is Scene.SUSPECTED:
                later_outside(self.history.windows.blind_s, self.venue.faults.clear)

    def _hold(self, holds: bool, message: str) -> None:
        if not holds:
            self.watch.broken.append(message)


def _unseen(request: Write) -> None:
    """What leaves is judged where it arrives."""
