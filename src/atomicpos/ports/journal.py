"""The journal: where rows live, and who may move them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..evidence import Evidence
from ..lag import LagCount
from ..models import JournalEntry, PositionSide, Scope, State
from ..record import Record
from .outbox import Outbox


class SlotTaken(Exception):
    """Another row holds the slot; its id is the argument."""

    def __init__(self, position_id: str) -> None:
        super().__init__(position_id)
        self.position_id = position_id


class KeyTaken(Exception):
    """Another row has the idempotency key; its id is the argument."""

    def __init__(self, position_id: str) -> None:
        super().__init__(position_id)
        self.position_id = position_id


class Conflict(Exception):
    """The row is not at the expected version: somebody else has moved it."""


class Fenced(Conflict):
    """The row has another owner by now. What this one still knows may be noted, and nothing else."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction: the row with its orders, and what is appended with it."""

    record: Record
    """As it shall be; its version is one more than the stored one, its owner and fence are the stored ones."""
    entries: tuple[JournalEntry, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a source said the same again, and when last (our clock)."""

    count: int
    last_answered_at_us: int


@dataclass(frozen=True, slots=True)
class History:
    """All that was appended about one position, oldest first; an identical finding is kept once and counted."""

    entries: tuple[JournalEntry, ...] = field(default=())
    evidence: tuple[Evidence, ...] = field(default=())
    repeats: tuple[Repeats, ...] = field(default=())
    """One for each finding of ``evidence``."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks for rows, for which account, and for how long a lease is."""

    scope: Scope
    owner: str
    lease_us: int
    gone: frozenset[str] = frozenset()
    """Owners whose processes certainly are no more: their rows need not wait for the lease to lapse."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a watchdog says of itself whenever it renews its leases."""

    scope: Scope
    owner: str
    positions: int
    """How many positions it has."""
    driven: int
    """How many of them are being driven right now."""
    behind_us: int
    """How much longer ago its last whole turn is than it should be."""
    waits_for: str = ""
    """What keeps it from its work, in one sentence; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat, and how long ago it was made, by the clock that all processes share."""

    heartbeat: Heartbeat
    age_us: int


class Leases(Protocol):
    """Who may move a row. A lease lasts by the clock that all processes on these rows share: the machine's for SQLite,
    the server's for PostgreSQL. Every method raises StoreUnavailable when the database cannot be used.
    """

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        """Take up to that many rows that are not settled and have no owner, one that is gone, or one whose lease
        lapsed; those due first. Each comes with its new owner and its fence raised by one; no row goes to two.
        """
        ...

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        """Take one row, a settled one too; None when somebody else's lease stands, or there is no such row.

        A row that the claimant itself has keeps its fence.
        """
        ...

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        """Renew every lease of this owner in one statement; the fence of each row it holds, by position id."""
        ...

    async def release(self, claimant: Claimant) -> None:
        """Give every row of this owner back: the next claim takes them at once. Its heartbeat goes too, and those of
        the account's owners that have been silent for a lease: it has outlived them.
        """
        ...

    async def give_back(self, claimant: Claimant, position_id: str) -> None:
        """Give one row back, if it is the claimant's: the next claim takes it at once."""
        ...

    async def want(self, claimant: Claimant, position_id: str) -> None:
        """Ask the owner of a row for it: it gives the row back once that is at rest. A claim ends the asking.

        Nothing happens to a row that has no owner, or is the claimant's.
        """
        ...

    async def owners(self, scope: Scope) -> frozenset[str]:
        """Every owner of a row that holds its slot, lapsed leases included."""
        ...


class Journal(Leases, Protocol):
    """Where rows live. Every method raises StoreUnavailable when the database cannot be used."""

    @property
    def installation(self) -> str:
        """Four characters drawn once per database: part of every client order id."""
        ...

    @property
    def place(self) -> str:
        """Where the rows are, for messages; two journals of one place have the same rows."""
        ...

    @property
    def lags_at_opening(self) -> tuple[LagCount, ...]:
        """All counts of lags as they were when it was opened: a start reads them without waiting."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What people must still hear, beside the rows it is about."""
        ...

    async def admit(self, change: Change, lease_us: int) -> None:
        """Insert a new row (version 1), take its slot, and lease it to the record's owner for that long.

        Raises SlotTaken or KeyTaken; durable on return. Admitting the same row again changes nothing.
        """
        ...

    async def commit(self, change: Change) -> None:
        """Update the row from version - 1 to version, upsert its orders, append the rest.

        Raises Fenced when the stored fence is another, Conflict when the version is, and SlotTaken for a settled row
        that is reopened while another one has its slot by now. A row that already is at this version under this fence
        was committed before by this very owner, whose reply was lost: nothing changes.
        """
        ...

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        """Append without moving the row: what an owner that was fenced out still knows."""
        ...

    async def bind_account(self, scope: Scope, account_id: str) -> str:
        """The account at the exchange, by the exchange's own name for it, that the scope stands for.

        That is the one it was first used with: this one, if there was none.
        """
        ...

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Put the owner's heartbeat in the place of its last one; those of others older than a day are forgotten."""
        ...

    async def heartbeats(self) -> tuple[Heard, ...]:
        """The last heartbeat of each owner that did not leave in order, the newest first."""
        ...

    async def learn(self, counts: Sequence[LagCount]) -> None:
        """Add these counts to those that are stored, whoever stored them; the longest stays the longest."""
        ...

    async def lags(self) -> tuple[LagCount, ...]:
        """All counts of lags, of every exchange, in order of exchange, environment, source and bucket."""
        ...

    async def load(self, position_id: str) -> Record | None: ...

    async def find_key(self, scope: Scope, key: str) -> Record | None: ...

    async def find_orders(self, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
        """The position id of each of these orders that a row of the scope has, settled rows included."""
        ...

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """All rows of the scope that are not settled, oldest first; a reopened one may be without its slot."""
        ...

    async def settled_since(self, scope: Scope, since_us: int) -> tuple[Record, ...]:
        """Rows of the scope that settled at that time (our clock) or later, newest first."""
        ...

    async def newest_on(self, scope: Scope, symbol: str, side: PositionSide | None = None) -> Record | None:
        """The row of the scope that was the last one to be asked for on that unified symbol, settled or not; with a
        side, of those in hedge mode on that side.
        """
        ...

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first."""
        ...

    async def history(self, position_id: str) -> History: ...

    async def close(self) -> None: ...
