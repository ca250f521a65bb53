"""One history of an open: lags, faults, partial fills, other hands, clocks, at most two deaths, on virtual time.

The process opens a position on the in-process venue with the shipped engine. If it dies, or leaves a row unfinished
behind, a successor starts over the same journal a second later, and another one where that dies as well. The history
ends when every row rests; then time passes once more, so that whatever could arrive late has.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from ...app import AtomicPositions
from ...errors import AlreadyOpen, AtomicPositionError, NotReady
from ...events import Event
from ...models import MICROSECONDS, PositionMode
from ...ports import Clock
from ...record import Record
from ...sim import SimExchange, SkewedClock, VirtualClock
from ...sim.fault_words import FaultKind
from ...sim.hands import close
from ...sim.loop import run
from ..journals import MemoryJournal
from .distinct import as_it_went
from .invariants import Watch
from .mortal import Life, MortalExchange, MortalJournal
from .quiet import quiet
from .situations.seen import Witness
from .stage import SYMBOL, StagedVenue, exchange_over
from .ways import TARGET_PERCENT
from .worlds import HANDS, History, Told, lag_faults

__all__ = ["HANDS", "History", "Playing", "Told", "lag_faults", "play"]

T = TypeVar("T")

RESTART_AFTER_S = 1.0
REST_WITHIN_S = 240.0
"""How long after the last restart everything must be at rest."""
AFTERWARDS_S = 60.0
"""How long the venue is watched once everything rests: longer than any horizon."""
RIVAL_AFTER_S = 0.2
ASKS_EVERY_S = 0.5
"""How often it is looked whether everything rests."""

CAREFUL: dict[str, Any] = {"leverage": 5}
"""What a careful caller asks for besides."""


def play(history: History) -> Told:
    """Play one history from its beginning. The same history is told the same way every time."""
    with quiet():
        return run(lambda: _play(history))


async def _play(history: History) -> Told:
    return await Playing(history).play()


class Playing:
    """One history being played: the parts of its world, for whoever wants to look at them afterwards."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.venue = StagedVenue(self.clock, history.kind, history.filling, history.id_rule)
        if history.way.hedge:
            self.venue.set_position_mode(PositionMode.HEDGE)
        self.witness = Witness(self.venue, SYMBOL)
        self.venue.faults.add(*lag_faults(history.lag_orders, history.lag_fills, history.lag_position), *history.faults)
        self._first, self._second = Life(history.dies_at), Life(history.successor_dies_at)
        self.exchange = self._face(self._first)
        self._faces = [self.exchange]
        self.journal = MemoryJournal()
        self.rows: dict[str, Record] = {}
        self.watch = Watch(
            self.venue, SYMBOL, lambda: self.rows, strict=not history.other_hands, looks_back_s=history.looks_back_s,
            stop_taken=any(fault.kind == FaultKind.CLEAR_STOP for fault in history.faults),
            unwatched_s=RESTART_AFTER_S * history.deaths, slot=history.way.slot,
        )
        self.listeners: tuple[Callable[[Event], object], ...] = ()
        """Who hears what every process says; nothing in the history depends on it."""

    @property
    def lives(self) -> tuple[Life, Life]:
        """Those that may be cut short: the first process's, and its successor's."""
        return self._first, self._second

    async def play(self) -> Told:
        """From the open to the last check."""
        answer = await self._until_death(self._first, self._live(self._first)) or "died"
        if self._first.over.is_set() or not self._at_rest:
            await self.clock.sleep(RESTART_AFTER_S)
            await self._successor()
        await self.clock.sleep(AFTERWARDS_S)
        self.watch.at_rest()
        return await self._told(answer)

    async def _told(self, answer: str) -> Told:
        row = next(iter(self.rows.values()), None)
        died, again = self._first.died, self._second.died
        self.witness.note("death", *(name for name in (died, again) if name))
        self.witness.note("answer", answer)
        calls = frozenset(call for face in self._faces for _, call, _ in face.requests)
        return Told(
            tuple(self.watch.broken), tuple(self.watch.states), row.state if row else None, died, answer,
            len(self._first.instants), situations=await self.witness.seen(self.journal), died_again=again,
            instants_after=len(self._second.instants), called=calls, met=self.witness.met,
            was=as_it_went(self.history, self.witness.struck, self.witness.met, died, again),
        )

    async def _until_death(self, life: Life, living: Coroutine[Any, Any, T]) -> T | None:
        """Live that life to its end; None when it ended early."""
        task = asyncio.ensure_future(living)
        dying = asyncio.ensure_future(life.over.wait())
        await asyncio.wait({task, dying}, return_when=asyncio.FIRST_COMPLETED)
        if not dying.done():
            dying.cancel()
            return task.result()
        await self._kill()
        return None

    async def _kill(self) -> None:
        """Everything but this task and what is on the wire stops, at once and for good."""
        spared = {asyncio.current_task(), *(task for face in self._faces for task in face.underway)}
        doomed = [task for task in asyncio.all_tasks() if task not in spared]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    async def _live(self, life: Life) -> str:
        async with self._positions(life) as positions:
            rival = asyncio.ensure_future(self._rival(positions))
            lifting = self._lift_faults()
            answer = await _open(positions, self._asked)
            await rival
            await self._close(positions)
            await self._rest()
            lifting.cancel()
            return answer

    @property
    def _asked(self) -> dict[str, Any]:
        """What the caller asks for besides the stop."""
        target = {"take_profit_percent": TARGET_PERCENT} if self.history.way.target else {}
        return target | (CAREFUL if self.history.careful else {})

    async def _successor(self) -> None:
        await self._until_death(self._second, self._succeed(self._second))
        if self._second.over.is_set():
            await self.clock.sleep(RESTART_AFTER_S)
            await self._succeed(Life())

    async def _succeed(self, life: Life) -> None:
        self.witness.taken_over(self.rows.values())
        async with self._positions(life):
            lifting = self._lift_faults()
            await self._rest()
            lifting.cancel()

    def _lift_faults(self) -> asyncio.TimerHandle:
        """Faults that would go on for ever end when they have lasted long enough."""
        return asyncio.get_running_loop().call_later(self.history.windows.faults_last_s, self.venue.faults.clear)

    async def _rival(self, positions: AtomicPositions) -> None:
        """A second open on the slot while the first holds it must be refused (I7)."""
        await self.clock.sleep(RIVAL_AFTER_S)
        if not (self.rows and self.history.slot_stays_held):
            return
        with suppress(AlreadyOpen, NotReady):
            await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2")
            self.watch.broken.append("I7: a second open went through on a slot that was held")

    async def _close(self, positions: AtomicPositions) -> None:
        """The bot's own exit, where the history has one; a position that ended before has none."""
        for row in tuple(self.rows.values()) if self.history.closes else ():
            if not row.state.settled:
                with suppress(AtomicPositionError):
                    await positions.close_position(row.id)

    async def _rest(self) -> None:
        """Wait until every row rests, watch as long as the history says, and wait once more.

        What others hold on the other side goes away in the end, and then a row that was suspected must settle.
        """
        try:
            async with asyncio.timeout(REST_WITHIN_S):
                await self._all_rest()
                await self.clock.sleep(self.history.watched_s)
                await self._all_rest()
                if self.watch.reversed:
                    close(self.venue, SYMBOL)
                    await self._all_rest()
        except TimeoutError:
            found = ", ".join(row.state.value for row in self.rows.values())
            self.watch.broken.append(f"I8: {found} and no rest within {REST_WITHIN_S:g} s")

    async def _all_rest(self) -> None:
        while not self._at_rest:
            await self.clock.sleep(ASKS_EVERY_S)

    @property
    def _at_rest(self) -> bool:
        return all(self.watch.lawful(row) for row in self.rows.values())

    def _positions(self, life: Life) -> AtomicPositions:
        exchange = MortalExchange(self._exchange_of(life), life, self.watch.request)
        journal = MortalJournal(self.journal, life, self._stored)
        knobs = self.history.windows.knobs
        if self.listeners:
            knobs["listeners"] = self.listeners
        if self.history.careful:
            knobs["margin_mode"] = "cross"
        return AtomicPositions.over(exchange, journal, self._clock_of(life), random.Random(7), **knobs)

    def _exchange_of(self, life: Life) -> SimExchange:
        """The exchange as that life finds it: who has another clock stamps its requests by it."""
        if life is self._first or len(set(self.history.clocks)) == 1:
            return self.exchange
        self._faces.append(self._face(life))
        return self._faces[-1]

    def _face(self, life: Life) -> SimExchange:
        told = self.history
        caller = self._clock_of(life)
        return exchange_over(self.venue, self.clock, told.kind, told.id_rule, caller, told.way, told.windows)

    def _clock_of(self, life: Life) -> Clock:
        ahead_s = self.history.clocks[life is not self._first]
        return SkewedClock(self.clock, round(ahead_s * MICROSECONDS)) if ahead_s else self.clock

    def _stored(self, change: Any) -> None:
        self.rows[change.record.id] = change.record
        self.witness.change(change)
        self.watch.change(change)


async def _open(positions: AtomicPositions, asked: dict[str, Any]) -> str:
    try:
        position = await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2", **asked)
    except AtomicPositionError as error:
        return type(error).__name__
    return position.state.value
