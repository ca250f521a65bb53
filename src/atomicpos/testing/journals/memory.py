"""A journal in memory with the database's promises: for tests that need a million of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from atomicpos.evidence import Evidence
from atomicpos.frozen import replace
from atomicpos.models import JournalEntry, PositionSide, Scope, State
from atomicpos.observers.delivery.memory import MemoryOutbox
from atomicpos.ports import Change, Conflict, Fenced, History, KeyTaken, SlotTaken
from atomicpos.record import Record

from .memory_leases import MemoryLeases
from .memory_rows import Rows, as_stored, demand, slots_of


def _standing() -> int:
    return 0


class MemoryJournal(MemoryLeases):
    """Implements the Journal port. Nothing in it suspends, so that it adds no interleaving of its own."""

    def __init__(self, installation: str = "test", now_us: Callable[[], int] = _standing) -> None:
        """``installation``: four characters of the client order id alphabet. Leases last by ``now_us``."""
        super().__init__(Rows(), now_us)
        self.installation = installation

    @property
    def place(self) -> str:
        """One place for all journals on the same rows."""
        return f"in memory, {id(self._rows):x}"

    @property
    def outbox(self) -> MemoryOutbox:
        """The letters beside the rows."""
        return MemoryOutbox(self._now_us, self._open().letters)

    def reopened(self) -> MemoryJournal:
        """A journal on the same rows and leases, as the next process, or another one, finds them."""
        journal = MemoryJournal(self.installation, self._now_us)
        journal._rows = self._rows
        return journal

    async def admit(self, change: Change, lease_us: int) -> None:
        """Insert the row and take its slot. Raises KeyTaken, else SlotTaken; AssertionError for a broken rule."""
        rows, record = self._open(), change.record
        intent = record.intent
        if self._admitted(record):
            return
        if intent.idempotency_key is not None and (taken := rows.keys.get((intent.scope, intent.idempotency_key))):
            raise KeyTaken(taken)
        if record.holds_slot and (taken := _holder(rows, record)):
            raise SlotTaken(taken)
        demand(record.id not in rows.records, f"{record.id} is stored already")
        rows.put(record)
        if record.owner is not None:
            self._lease(record.id, lease_us)
        if intent.idempotency_key is not None:
            rows.keys[intent.scope, intent.idempotency_key] = record.id
        rows.append(record.id, change.entries, change.evidence)

    async def commit(self, change: Change) -> None:
        """Move the row one version on. Raises Fenced, Conflict or SlotTaken; AssertionError for a broken rule."""
        rows, record = self._open(), change.record
        before = rows.records.get(record.id)
        if before is None:
            raise Conflict(f"nobody admitted {record.id}")
        if before.fence != record.fence:
            raise Fenced(f"{record.id} is at fence {before.fence}, not {record.fence}")
        # only a claim gives a row to another, and only another asks for it
        record = replace(record, owner=before.owner, wanted_by=before.wanted_by)
        if before.version == record.version and as_stored(before) == as_stored(record):
            return
        if before.version != record.version - 1:
            raise Conflict(f"{record.id} is at version {before.version}, not {record.version - 1}")
        if record.holds_slot and not before.holds_slot and (taken := _holder(rows, record)):
            raise SlotTaken(taken)
        demand(record.intent == before.intent, f"{record.id} was asked for otherwise")
        demand(len(record.orders) >= len(before.orders), f"{record.id} forgot an order")
        rows.put(record)
        rows.append(record.id, change.entries, change.evidence)

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        """Append without moving the row, but for lines that are there. Raises Conflict when there is no such row."""
        rows = self._open()
        if position_id not in rows.records:
            raise Conflict(f"nobody admitted {position_id}")
        said = rows.entries.get(position_id, ())
        rows.append(position_id, [entry for entry in entries if entry not in said], evidence)

    async def load(self, position_id: str) -> Record | None:
        """The row, or None."""
        found = self._open().records.get(position_id)
        return None if found is None else as_stored(found)

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        """The row with that idempotency key, or None."""
        found = self._open().keys.get((scope, key))
        return None if found is None else await self.load(found)

    async def find_orders(self, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
        """The position id of each of these orders that a row of the scope has, settled rows included."""
        rows = self._open()
        known = {own: rows.client_order_ids[own] for own in client_order_ids if own in rows.client_order_ids}
        return {own: holder for own, holder in known.items() if rows.records[holder].intent.scope == scope}

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """The scope's rows that are not settled, oldest first."""
        return tuple(as_stored(record) for record in sorted(self._open().held(scope), key=_age))

    async def newest_on(self, scope: Scope, symbol: str, side: PositionSide | None = None) -> Record | None:
        """The newest row of the scope on that unified symbol, or on that side of it in hedge mode; or None."""
        there = (r for r in self._open().records.values() if (r.intent.scope, r.intent.symbol) == (scope, symbol))
        newest = max((r for r in there if side is None or r.intent.sides == (side,)), key=_age, default=None)
        return None if newest is None else as_stored(newest)

    async def settled_since(self, scope: Scope, since_us: int) -> tuple[Record, ...]:
        """The scope's rows that settled at that time or later, newest first."""
        settled = [r for r in self._open().records.values() if r.intent.scope == scope and r.state.settled]
        newest = sorted(settled, key=_settled_at_us, reverse=True)
        return tuple(as_stored(record) for record in newest if _settled_at_us(record)[0] >= since_us)

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first, of that state and unified symbol where given."""
        found = [
            as_stored(record)
            for record in self._open().records.values()
            if state in (None, record.state) and symbol in (None, record.intent.symbol)
        ]
        return tuple(sorted(found, key=_age, reverse=True))

    async def history(self, position_id: str) -> History:
        """What was appended, oldest first; an identical repeat of a finding is shown once."""
        rows = self._open()
        kept = rows.evidence.get(position_id, [])
        return History(
            entries=tuple(rows.entries.get(position_id, ())),
            evidence=tuple(found for found, _ in kept),
            repeats=tuple(repeats for _, repeats in kept),
        )

    async def close(self) -> None:
        """From now on every call raises StoreUnavailable; ``reopened`` gives the rows to a successor."""
        self._closed = True

    def _admitted(self, record: Record) -> bool:
        """True when this very row was admitted before. Raises Fenced when another owner took it since."""
        stored = self._rows.records.get(record.id)
        if stored is None or stored.intent != record.intent:
            return False
        if stored.fence != record.fence:
            raise Fenced(f"{record.id} is at fence {stored.fence}, not {record.fence}")
        return True


def _holder(rows: Rows, record: Record) -> str | None:
    """Who has the slot of that row, or a part of it."""
    return next((holder for slot in slots_of(record) if (holder := rows.slots.get(slot))), None)


def _age(record: Record) -> tuple[int, str]:
    return record.intent.created_at_us, record.id


def _settled_at_us(record: Record) -> tuple[int, str]:
    return record.settled_at_us or 0, record.id
