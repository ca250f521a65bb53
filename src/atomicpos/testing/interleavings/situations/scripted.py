"""A history by a script: what the bot does, what goes wrong, and at which instant, by name, its process dies."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ....app import AtomicPositions
from ....errors import AtomicPositionError
from ....models import Position, State
from ....ports import Change, Reads
from ....sim import Fault
from ..histories import History, Playing, Told
from ..invariants import covers
from ..kinds import Kind
from ..mortal import Life, MortalExchange, MortalJournal
from ..stage import SYMBOL, WHOLE, Filling

Act = Callable[["Scripted", AtomicPositions], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Script:
    """One history: ``act`` is what the bot does from its start on."""

    act: Act
    faults: tuple[Fault, ...] = ()
    kind: Kind = Kind.ATTACHED
    filling: Filling = WHOLE
    lag: float = 0
    """Of every read, in seconds."""
    knobs: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the library."""
    reads: Callable[[Reads], Any] | None = None
    """The exchange's reads as somebody else would word them."""
    dies: str | None = None
    """The instant, by its name, at which the process dies the first time that it comes to it."""
    waits_s: float = 0
    """How much later than usual the successor starts, in seconds."""
    step_earlier: bool = False
    """What would be stored verifying is stored one step earlier, as the table passes through it."""
    judged: bool = True
    """Every invariant is watched; else only that all comes to rest and that what is ours is covered.

    Several rows on one symbol, and an operator's word, are more than the watch of one open can tell apart.
    """


class DiesAt(Life):
    """A life that ends at the first instant of that name."""

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self._name = name

    async def instant(self, name: str) -> None:
        """Pass one instant, or die there: then this never returns."""
        if name == self._name and not self.over.is_set():
            self.instants.append(name)
            self.over.set()
        await super().instant(name)


class EarlierJournal(MortalJournal):
    """Stores a row one step before it is verified, as the table passes through it."""

    async def commit(self, change: Change) -> None:
        """As ever, but for that state."""
        record = change.record
        if record.state is State.VERIFYING and record.protected_at_us is None:
            change = replace(change, record=replace(record, state=State.ORDER_FILLED))
        await super().commit(change)


class Scripted(Playing):
    """One script being played."""

    def __init__(self, script: Script) -> None:
        super().__init__(History(
            script.lag, script.lag, script.lag, script.faults, script.filling, kind=script.kind,
        ))  # fmt: skip
        self.script = script
        self._first = DiesAt(script.dies)
        self._rng = random.Random(7)
        if script.reads is not None:
            self.exchange.reads = self.exchange.urgent_reads = script.reads(self.exchange.reads)

    async def play(self) -> Told:
        """From the bot's start to the last check."""
        told = await super().play()
        return told if self.script.judged else replace(told, broken=tuple(self._unsafe()))

    async def open(self, positions: AtomicPositions, **how: Any) -> Position | None:
        """Open ten long, two percent to the stop unless told otherwise; None when it comes to an error."""
        asked = {"stop_loss_percent": "2"} | how if "stop_loss" not in how else how
        opened = await self.hear(positions.open_position_atomic(SYMBOL, "buy", "10", **asked))
        return opened if isinstance(opened, Position) else None

    async def hear(self, asked: Awaitable[object]) -> object:
        """What the bot is answered, or the row that its error carries; either way it counts as an answer."""
        try:
            answer = await asked
        except AtomicPositionError as error:
            self.witness.note("answer", type(error).__name__)
            return error.position
        if isinstance(answer, Position):
            self.witness.note("answer", answer.state.value)
        return answer

    async def _live(self, life: Life) -> str:
        async with self._positions(life) as positions:
            lifting = self._lift_faults()
            await self.script.act(self, positions)
            await self._rest()
            lifting.cancel()
        return "scripted"

    async def _successor(self) -> None:
        await self.clock.sleep(self.script.waits_s)
        self.venue.faults.clear()
        await super()._successor()

    def _positions(self, life: Life) -> AtomicPositions:
        earlier = EarlierJournal if self.script.step_earlier and life is self._first else MortalJournal
        exchange = MortalExchange(self.exchange, life, self.watch.request)
        journal = earlier(self.journal, life, self._stored)
        knobs = {"listeners": (self.witness.hear,), **self.script.knobs}
        return AtomicPositions.over(exchange, journal, self.clock, self._rng, **knobs)

    def _unsafe(self) -> list[str]:
        """Whatever is not at rest, and what is ours without a stop."""
        rows = self.rows.values()
        found = [f"I8: {row.id} rests {row.state.value}" for row in rows if not self.watch.lawful(row)]
        ours = sum(row.filled_quantity - row.closed_quantity for row in rows if not row.state.settled)
        covered = covers(self.watch.truth.stops)
        return found if covered >= ours else [*found, f"I8: {ours} ours, {covered} covered"]
