"""One history of an open: lags, at most one fault, at most one death, on virtual time, with the shipped engine.

The process opens a position on the in-process venue. If it dies, a successor starts over the same journal a second
later. The history ends when every row rests; then time passes once more, so that whatever could arrive late has.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ..app import AtomicPositions
from ..errors import AlreadyOpen, AtomicPositionError, NotReady
from ..models import State
from ..profile import Protection
from ..record import Record
from ..sim import SIM_PROFILE, Fault, SimExchange, Venue, VirtualClock
from ..sim.loop import run
from .invariants import Watch
from .memory_journal import MemoryJournal
from .mortal import Life, MortalExchange, MortalJournal

SYMBOL = "AVL/USDT:USDT"
READS = ("orders", "fills", "position")
RESTART_AFTER_S = 1.0
FAULTS_END_AFTER_S = 120.0
"""How long the fault may last; what cannot be shown until then must be shown once it is lifted."""
REST_WITHIN_S = 240.0
"""How long after the last restart everything must be at rest."""
AFTERWARDS_S = 60.0
"""How long the venue is watched once everything rests: longer than any horizon."""
RIVAL_AFTER_S = 0.2


class Kind(StrEnum):
    """Which kind of exchange is played against: how it differs from the one that Bybit's profile describes."""

    BYBIT_LIKE = "bybit_like"
    STOP_AFTER_FILL = "stop_after_fill"
    """No stop may go before a fill was seen."""
    ROWS_NOT_WHOLE = "rows_not_whole"
    """An order read as dead may still show fewer fills than it has."""
    IDS_NOT_REFUSED = "ids_not_refused"
    """The profile does not rely on duplicate ids being refused."""
    STOP_TAKEN_WHEN_FLAT = "stop_taken_when_flat"
    """A reduce-only stop is taken although there is nothing to reduce."""


_PROFILES = {
    Kind.STOP_AFTER_FILL: replace(SIM_PROFILE, protection=Protection.AFTER_FILL),
    Kind.ROWS_NOT_WHOLE: replace(SIM_PROFILE, final_rows_are_whole=False),
    Kind.IDS_NOT_REFUSED: replace(SIM_PROFILE, duplicate_ids_refused=False),
}


@dataclass(frozen=True, slots=True)
class History:
    """What is varied: read lags in seconds, at most one fault, and the instant of death, if any."""

    lag_orders: float = 0
    lag_fills: float = 0
    lag_position: float = 0
    fault: tuple[str, str, int | None] | None = None
    """(call, kind, nth)."""
    dies_at: int | None = None
    kind: Kind = Kind.BYBIT_LIKE


@dataclass(frozen=True, slots=True)
class Told:
    """How a history went."""

    broken: tuple[str, ...]
    """The invariants that were broken, the first one first; empty when all held."""
    states: tuple[State, ...]
    """Every state that was committed, in order."""
    end: State | None
    """The state of the row at rest; None when none was ever admitted."""
    died: str | None
    """The instant at which the process died."""
    answer: str
    """What the caller got: ``protected``, an error's name, or ``died``."""
    instants: int
    """How many instants of death the first process passed."""


def play(history: History) -> Told:
    """Play one history from its beginning. The same history is told the same way every time."""
    with _quiet():
        return run(lambda: _play(history))


async def _play(history: History) -> Told:
    return await _History(history).play()


class _History:
    def __init__(self, history: History) -> None:
        self._clock = VirtualClock(asyncio.get_running_loop())
        taken = history.kind is Kind.STOP_TAKEN_WHEN_FLAT
        self._venue = Venue(self._clock.now_us, seed=1, stop_when_flat="accept" if taken else "refuse")
        self._venue.faults.add(*_faults(history))
        self._exchange = SimExchange(self._venue, self._clock, profile=_PROFILES.get(history.kind))
        self._journal = MemoryJournal()
        self._rows: dict[str, Record] = {}
        self._watch = Watch(self._venue, SYMBOL, lambda: self._rows)
        self._first = Life(history.dies_at)
        self._slot_stays_held = history.fault is None or history.fault[:2] != ("place_entry", "refuse")

    async def play(self) -> Told:
        answer = await self._first_process()
        if self._first.over.is_set():
            await self._clock.sleep(RESTART_AFTER_S)
            await self._successor()
        await self._clock.sleep(AFTERWARDS_S)
        self._watch.at_rest()
        row = next(iter(self._rows.values()), None)
        died = self._first.instants[-1] if self._first.over.is_set() else None
        return Told(
            tuple(self._watch.broken), tuple(self._watch.states), row.state if row else None, died, answer,
            len(self._first.instants),
        )

    async def _first_process(self) -> str:
        living = asyncio.ensure_future(self._live(self._first))
        dying = asyncio.ensure_future(self._first.over.wait())
        await asyncio.wait({living, dying}, return_when=asyncio.FIRST_COMPLETED)
        if not dying.done():
            dying.cancel()
            return living.result()
        await self._kill()
        return "died"

    async def _kill(self) -> None:
        """Everything but this task and what is on the wire stops, at once and for good."""
        spared = {asyncio.current_task(), *self._exchange.underway}
        doomed = [task for task in asyncio.all_tasks() if task not in spared]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    async def _live(self, life: Life) -> str:
        async with self._positions(life) as positions:
            rival = asyncio.ensure_future(self._rival(positions))
            answer = await _open(positions)
            await rival
            await self._rest(positions)
            return answer

    async def _successor(self) -> None:
        async with self._positions(Life()) as positions:
            await self._rest(positions)

    async def _rival(self, positions: AtomicPositions) -> None:
        """A second open on the slot while the first holds it must be refused (I7)."""
        await self._clock.sleep(RIVAL_AFTER_S)
        if not (self._rows and self._slot_stays_held):
            return
        with suppress(AlreadyOpen, NotReady):
            await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2")
            self._watch.broken.append("I7: a second open went through on a slot that was held")

    async def _rest(self, positions: AtomicPositions) -> None:
        lifting = asyncio.get_running_loop().call_later(FAULTS_END_AFTER_S, self._venue.faults.clear)
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_WITHIN_S):
                for position_id in tuple(self._rows):
                    await positions.wait(position_id)
        lifting.cancel()

    def _positions(self, life: Life) -> AtomicPositions:
        exchange = MortalExchange(self._exchange, life, self._watch.request)
        journal = MortalJournal(self._journal, life, self._stored)
        return AtomicPositions.over(exchange, journal, self._clock, random.Random(7))

    def _stored(self, change: Any) -> None:
        self._rows[change.record.id] = change.record
        self._watch.change(change)


async def _open(positions: AtomicPositions) -> str:
    try:
        position = await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2")
    except AtomicPositionError as error:
        return type(error).__name__
    return position.state.value


def _faults(history: History) -> list[Fault]:
    lags = (history.lag_orders, history.lag_fills, history.lag_position)
    faults = [Fault(call, SYMBOL, "lag", None, lag) for call, lag in zip(READS, lags, strict=True) if lag]
    if history.fault is not None:
        call, kind, nth = history.fault
        faults.append(Fault(call, SYMBOL, kind, nth, 0 if kind == "liquidate" else None))
    return faults


@contextmanager
def _quiet() -> Iterator[None]:
    """Alerts of thousands of histories would drown the one that matters."""
    logger = logging.getLogger("atomicpos")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
