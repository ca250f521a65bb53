"""One history of an open: lags, faults, partial fills, other hands, at most one death, on virtual time.

The process opens a position on the in-process venue with the shipped engine. If it dies, or leaves a row unfinished
behind, a successor starts over the same journal a second later. The history ends when every row rests; then time
passes once more, so that whatever could arrive late has.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ...app import AtomicPositions
from ...errors import AlreadyOpen, AtomicPositionError, NotReady
from ...models import State
from ...record import Record
from ...sim import Fault, VirtualClock
from ...sim.fault_kinds import FOREIGN
from ...sim.fault_words import FaultKind
from ...sim.hands import close
from ...sim.loop import run
from ..memory_journal import MemoryJournal
from .invariants import Watch
from .kinds import Kind
from .mortal import Life, MortalExchange, MortalJournal
from .stage import SYMBOL, WHOLE, Filling, StagedVenue, exchange_over

RESTART_AFTER_S = 1.0
FAULTS_END_AFTER_S = 120.0
"""How long the fault may last; what cannot be shown until then must be shown once it is lifted."""
REST_WITHIN_S = 240.0
"""How long after the last restart everything must be at rest."""
AFTERWARDS_S = 60.0
"""How long the venue is watched once everything rests: longer than any horizon."""
RIVAL_AFTER_S = 0.2
ASKS_EVERY_S = 0.5
"""How often it is looked whether everything rests."""

HANDS = FOREIGN | {FaultKind.GAP, FaultKind.STOP_OUT, FaultKind.LIQUIDATE, FaultKind.ADL}
"""Kinds by which the position or its stop changes without any request of ours."""


@dataclass(frozen=True, slots=True)
class History:
    """What is varied: read lags in seconds, faults, fills, other hands, the caller, and the instant of death."""

    lag_orders: float = 0
    """Of the orders and of the position's own stop, which is read from among them."""
    lag_fills: float = 0
    lag_position: float = 0
    faults: tuple[Fault, ...] = ()
    filling: Filling = WHOLE
    closes: bool = False
    """The caller closes the position as soon as it was answered."""
    stays_s: float = 0
    """How long after its answer the process goes on watching at least."""
    dies_at: int | None = None
    kind: Kind = Kind.ATTACHED

    @property
    def other_hands(self) -> bool:
        """True when something but our requests changes the position or its stop."""
        return any(fault.kind in HANDS for fault in self.faults)

    @property
    def looks_back_s(self) -> float:
        """How old what a look shows of a stop or of the slot may be, in seconds."""
        back = (fault.seconds or 0 for fault in self.faults if fault.kind == FaultKind.BACKWARDS)
        return max(self.lag_orders, self.lag_position, *back, 0)


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
    """How many instants of death the first process passed; of trouble, until its bot was answered."""
    takeovers: tuple[str, ...] = ()
    """How a second process found the rows that it took over from the first, which went on living."""


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
        self.venue = StagedVenue(self.clock, history.kind, history.filling)
        self.venue.faults.add(*lag_faults(history.lag_orders, history.lag_fills, history.lag_position), *history.faults)
        self.exchange = exchange_over(self.venue, self.clock, history.kind)
        self.journal = MemoryJournal()
        self.rows: dict[str, Record] = {}
        self.watch = Watch(
            self.venue, SYMBOL, lambda: self.rows, strict=not history.other_hands, looks_back_s=history.looks_back_s,
            stop_taken=any(fault.kind == FaultKind.CLEAR_STOP for fault in history.faults),
        )
        self._first = Life(history.dies_at)
        self._slot_stays_held = not any((f.call, f.kind) == ("place_entry", "refuse") for f in history.faults)

    async def play(self) -> Told:
        """From the open to the last check."""
        answer = await self._first_process()
        if self._first.over.is_set() or not self._at_rest:
            await self.clock.sleep(RESTART_AFTER_S)
            await self._successor()
        await self.clock.sleep(AFTERWARDS_S)
        self.watch.at_rest()
        row = next(iter(self.rows.values()), None)
        died = self._first.instants[-1] if self._first.over.is_set() else None
        return Told(
            tuple(self.watch.broken), tuple(self.watch.states), row.state if row else None, died, answer,
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
        spared = {asyncio.current_task(), *self.exchange.underway}
        doomed = [task for task in asyncio.all_tasks() if task not in spared]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    async def _live(self, life: Life) -> str:
        async with self._positions(life) as positions:
            rival = asyncio.ensure_future(self._rival(positions))
            lifting = asyncio.get_running_loop().call_later(FAULTS_END_AFTER_S, self.venue.faults.clear)
            answer = await _open(positions)
            await rival
            await self._close(positions)
            await self._rest()
            lifting.cancel()
            return answer

    async def _successor(self) -> None:
        async with self._positions(Life()):
            lifting = asyncio.get_running_loop().call_later(FAULTS_END_AFTER_S, self.venue.faults.clear)
            await self._rest()
            lifting.cancel()

    async def _rival(self, positions: AtomicPositions) -> None:
        """A second open on the slot while the first holds it must be refused (I7)."""
        await self.clock.sleep(RIVAL_AFTER_S)
        if not (self.rows and self._slot_stays_held):
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
                await self.clock.sleep(self.history.stays_s)
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
        exchange = MortalExchange(self.exchange, life, self.watch.request)
        journal = MortalJournal(self.journal, life, self._stored)
        return AtomicPositions.over(exchange, journal, self.clock, random.Random(7))

    def _stored(self, change: Any) -> None:
        self.rows[change.record.id] = change.record
        self.watch.change(change)


async def _open(positions: AtomicPositions) -> str:
    try:
        position = await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2")
    except AtomicPositionError as error:
        return type(error).__name__
    return position.state.value


def lag_faults(orders_s: float, fills_s: float, position_s: float) -> list[Fault]:
    """Reads of those endpoints that lag, in seconds; the position's own stop is read from among the orders."""
    lags = {"orders": orders_s, "position_stop": orders_s, "fills": fills_s, "position": position_s}
    return [Fault(call, SYMBOL, "lag", None, lag) for call, lag in lags.items() if lag]


@contextmanager
def quiet() -> Iterator[None]:
    """Alerts of thousands of histories would drown the one that matters."""
    logger = logging.getLogger("atomicpos")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
