"""What befalls a process at one of its instants, or so long after its cue: it is stopped, cut off, or dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ...errors import StoreUnavailable
from ...evidence import Evidence
from ...models import JournalEntry, State
from ...ports import Change, Claimant, Fenced, Journal
from ...record import Record
from ..journals import JournalOver
from .mortal import Instants, MortalJournal
from .pausing import later_outside


class Trouble(StrEnum):
    """What befalls a process."""

    STOPPED = "stopped"
    """Nothing of it runs until it is woken."""
    CUT_OFF = "cut off"
    """It lives on, and its database cannot be used for that long."""
    GONE = "gone"
    """It runs never again, and everybody knows."""


BEFORE_RENEWAL, AFTER_RENEWAL = "before renewal", "after renewal"
A_MOMENT = "a moment"
"""What is told of a trouble that began at no instant."""
Point = int | float | str
"""The n-th instant after the cue, a moment so many seconds after it, or the first instant of that name."""


@dataclass(frozen=True, slots=True)
class AfterTakeover:
    """As long as it takes until another process takes the row over, and so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AfterRest:
    """As long as it takes until another process has brought the row to rest, and so many seconds."""

    seconds: float


Length = float | AfterTakeover | AfterRest
"""How long the trouble lasts, in seconds or by what happens."""


class Fate(Instants):
    """Counts the instants of one process from its cue on, and lets its trouble begin at one point."""

    def __init__(self, at: Point, begin: Callable[[], None]) -> None:
        self.passed: list[str] = []
        """The instants since the cue, by name, up to the end."""
        self.struck: str | None = None
        """The instant at which the trouble began, or ``a moment``."""
        self.passes: Callable[[str], object] = _unheard
        """Hears of each instant as it is passed."""
        self._at = at
        self._begin = begin
        self._cued = False

    def cue(self) -> None:
        """Count from now on; nothing happens when it counts already."""
        if self._cued:
            return
        self._cued = True
        if isinstance(self._at, float):
            later_outside(self._at, lambda: self._strike(A_MOMENT))

    def spare(self) -> None:
        """Nothing befalls the process any more."""
        self._at = -1

    async def instant(self, name: str) -> None:
        """Pass one instant; where the process is stopped here, it goes on when it is woken."""
        if not self._cued:
            return
        self.passed.append(name)
        self.passes(name)
        here = name if isinstance(self._at, str) else len(self.passed) - 1
        if self._at == here and not isinstance(self._at, float) and self.struck is None:
            self._strike(name)
            await asyncio.sleep(0)

    async def renewal(self, name: str) -> None:
        """Pass an instant that comes by the clock, whatever goes on: it is not counted, and is chosen by its name."""
        if self._cued and self._at == name and self.struck is None:
            self._strike(name)
            await asyncio.sleep(0)

    async def permitted(self) -> None:
        """The instant between a permit's answer and the departure."""
        await self.instant("permitted")

    def _strike(self, name: str) -> None:
        self.struck = name
        self._begin()


def _unheard(name: str) -> None:
    """Nobody listens."""


class TroubledJournal(MortalJournal):
    """The journal of a process with a fate: may be cut off, and remembers what it was refused as fenced out."""

    def __init__(
        self, inner: Journal, fate: Fate, sees: Callable[[Change], None], *, one_step_earlier: bool = False
    ) -> None:
        super().__init__(inner, fate, sees)
        self._fate = fate
        self.cut = False
        self.refused: list[Change] = []
        """What it wanted to store when the row was another's already."""
        self._one_step_earlier = one_step_earlier

    @property
    def inner(self) -> Journal:
        """The journal behind it. Raises StoreUnavailable while it is cut off."""
        if self.cut:
            raise StoreUnavailable("the database is cut off")
        return self._inner

    @inner.setter
    def inner(self, journal: Journal) -> None:
        self._inner = journal

    @property
    def installation(self) -> str:
        return self._inner.installation

    @property
    def place(self) -> str:
        return self._inner.place

    async def commit(self, change: Change) -> None:
        if self._one_step_earlier and change.record.state is State.VERIFYING and change.record.protected_at_us is None:
            change = replace(change, record=replace(change.record, state=State.ORDER_FILLED))
        try:
            await super().commit(change)
        except Fenced:
            self.refused.append(change)
            raise

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        await self._fate.renewal(BEFORE_RENEWAL)
        fences = await super().renew(claimant)
        await self._fate.renewal(AFTER_RENEWAL)
        return fences

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        await self._fate.instant("before last words")
        await super().note(position_id, entries, evidence)


class TakingJournal(JournalOver):
    """The journal of the process that takes over; ``takes`` hears of each row as it finds it, with its old owner."""

    def __init__(
        self, inner: Journal, sees: Callable[[Change], None], takes: Callable[[Record, str], None]
    ) -> None:
        super().__init__(inner)
        self._sees = sees
        self._takes = takes

    async def admit(self, change: Change, lease_us: int) -> None:
        await super().admit(change, lease_us)
        self._sees(change)

    async def commit(self, change: Change) -> None:
        await super().commit(change)
        self._sees(change)

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        before = {row.id: row.owner for row in await super().holding(claimant.scope)}
        rows = await super().claim(claimant, limit)
        for row in rows:
            self._takes(row, before.get(row.id) or "")
        return rows

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        before = await super().load(position_id)
        row = await super().claim_one(claimant, position_id)
        if row is not None and before is not None and before.owner not in (None, claimant.owner):
            self._takes(row, before.owner or "")
        return row

    async def close(self) -> None:
        """The journal outlives the process."""
