"""Reading a database from outside, some rows at a time: what a page can show of any number of positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..lag import LagCount
from ..models import Scope, State
from ..record import Record
from .journal import Heard, History

PAGE_ROWS = 50
"""So many rows make one page."""
DOUBTFUL_MOST = 200
"""So many rows that may need a person are read at once; how many there are is counted in any case."""
LINES_MOST = 1_000
"""So many of the newest journal lines of one position are read, and as many findings."""
SYMBOLS_MOST = 500
"""So many symbols are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of rows, newest first: that of this row."""

    created_at_us: int
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of these states (none given: of all), on this symbol, with this text, older than the mark."""

    states: tuple[State, ...] = ()
    symbol: str = ""
    """Unified, or the exchange's own id; in any case of its letters."""
    text: str = ""
    """A part of the id, the symbol, the account, the idempotency key or the reason; in any case of its letters."""
    before: Mark | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """At most ``PAGE_ROWS`` rows, newest first, and where the next page begins; None on the last one."""

    rows: tuple[Record, ...]
    next: Mark | None


@dataclass(frozen=True, slots=True)
class Held:
    """The rows that one account has not settled, in numbers."""

    scope: Scope
    state: State
    positions: int
    moves: int
    """All that these rows ever moved, added up: it changes with each of them."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What must be known at once, read at one moment."""

    states: Mapping[State, int]
    """How many rows are in each state, settled ones included."""
    held: tuple[Held, ...]
    doubtful: tuple[Record, ...]
    """Rows that are not settled, and have no stop known to be at work, are not protected, or are overdue; those without
    a stop come first, of these those with a fill, and then the oldest."""
    doubtful_count: int
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One row with the newest of its history, and how much of that was left out."""

    record: Record
    history: History
    lines_omitted: int = 0
    findings_omitted: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """What one owner has of one account."""

    owner: str
    scope: Scope
    positions: int
    left_us: int | None
    """How long the lease that lapses first still lasts, by the clock that all processes share; None for none."""
    wanted: int
    """How many of them another owner has asked for."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """How many of an exchange's positions that filled, and were proven since, were exposed for up to so long."""

    exchange: str
    environment: str
    counts: Mapping[int, int] = field(default_factory=dict)
    """By the upper edge in microseconds, 0 for not at all, and -1 for longer than the last edge."""
    longest_us: int = 0


class Pages(Protocol):
    """A database, for reading only. Every method raises StoreUnavailable when it cannot be used."""

    @property
    def place(self) -> str:
        """Where the rows are, for messages; without a password."""
        ...

    async def glance(self, due_us: int) -> Glance:
        """What must be known at once; rows that should have been looked at by ``due_us`` are overdue."""
        ...

    async def page(self, wanted: Wanted) -> Page: ...

    async def symbols(self) -> tuple[str, ...]:
        """All symbols of all rows, in order, at most ``SYMBOLS_MOST``."""
        ...

    async def story(self, position_id: str) -> Story | None: ...

    async def leases(self) -> tuple[Lease, ...]: ...

    async def lags(self) -> tuple[LagCount, ...]: ...

    async def exposures(self, edges_us: tuple[int, ...]) -> tuple[Exposures, ...]:
        """Of every exchange, counted into buckets with these upper edges, each included in its bucket."""
        ...

    async def close(self) -> None: ...
