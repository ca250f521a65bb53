"""A journal in memory with the database's promises: for tests that need a million of them.

What a CHECK of the schema refuses is an AssertionError here: in a test a broken rule is a defect to be shown, not
an unavailable database to be survived.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from atomicpos.errors import StoreUnavailable
from atomicpos.evidence import Evidence
from atomicpos.models import NEVER_STORED, Intent, JournalEntry, Order, ProofKind, Scope, State, StopRule
from atomicpos.ports import Change, Conflict, History, KeyTaken, Repeats, SlotTaken
from atomicpos.record import Record
from atomicpos.sightings import Sightings

_TIMELESS = (ProofKind.NOT_SENT, ProofKind.OPERATOR)
_NOTHING_SIGHTED = Sightings()


Kept = tuple[Evidence, Repeats]


@dataclass(slots=True)
class _Rows:
    """What survives the process: the "file"."""

    records: dict[str, Record] = field(default_factory=dict)
    slots: dict[tuple[Scope, str], str] = field(default_factory=dict)
    keys: dict[tuple[Scope, str], str] = field(default_factory=dict)
    client_order_ids: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[JournalEntry]] = field(default_factory=dict)
    evidence: dict[str, list[Kept]] = field(default_factory=dict)


class MemoryJournal:
    """Implements the Journal port. Nothing in it suspends, so that it adds no interleaving of its own."""

    def __init__(self, installation: str = "test") -> None:
        """``installation``: four characters of the client order id alphabet."""
        self.installation = installation
        self._rows = _Rows()
        self._closed = False

    @property
    def place(self) -> str:
        """One place for all journals on the same rows."""
        return f"in memory, {id(self._rows):x}"

    def reopened(self) -> MemoryJournal:
        """A journal on the same rows, as the next process finds them."""
        journal = MemoryJournal(self.installation)
        journal._rows = self._rows
        return journal

    async def admit(self, change: Change) -> None:
        """Insert the row and take its slot. Raises KeyTaken, else SlotTaken; AssertionError for a broken rule."""
        rows, record = self._open(), change.record
        intent = record.intent
        slot, key = (intent.scope, intent.symbol), intent.idempotency_key
        if key is not None and (taken := rows.keys.get((intent.scope, key))):
            raise KeyTaken(taken)
        if record.holds_slot and (taken := rows.slots.get(slot)):
            raise SlotTaken(taken)
        _demand(record.id not in rows.records, f"{record.id} is stored already")
        _check(record, rows)
        if key is not None:
            rows.keys[intent.scope, key] = record.id
        self._put(rows, record, change)

    async def commit(self, change: Change) -> None:
        """Move the row one version on. Raises Conflict; AssertionError for a broken rule."""
        rows, record = self._open(), change.record
        before = rows.records.get(record.id)
        if before is None or before.version != record.version - 1:
            raise Conflict(f"{record.id} is not at version {record.version - 1}")
        _demand(len(record.orders) >= len(before.orders), f"{record.id} forgot an order")
        _check(record, rows)
        if not record.holds_slot and before.holds_slot:
            del rows.slots[record.intent.scope, record.intent.symbol]
        self._put(rows, record, change)

    async def load(self, position_id: str) -> Record | None:
        """The row, or None."""
        found = self._open().records.get(position_id)
        return None if found is None else _stored(found)

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        """The row with that idempotency key, or None."""
        rows = self._open()
        found = rows.keys.get((scope, key))
        return None if found is None else _stored(rows.records[found])

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """The scope's rows that hold their slot, oldest first."""
        rows = self._open()
        held = [_stored(rows.records[held]) for (owner, _), held in rows.slots.items() if owner == scope]
        return tuple(sorted(held, key=_age))

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first, of that state and unified symbol where given."""
        found = [
            _stored(record)
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

    def _open(self) -> _Rows:
        if self._closed:
            raise StoreUnavailable("the database in memory was closed; open it again")
        return self._rows

    def _put(self, rows: _Rows, record: Record, change: Change) -> None:
        rows.records[record.id] = record
        if record.holds_slot:
            rows.slots[record.intent.scope, record.intent.symbol] = record.id
        for order in record.orders:
            rows.client_order_ids[order.client_order_id] = record.id
        if change.entries:
            rows.entries.setdefault(record.id, []).extend(change.entries)
        if change.evidence:
            _append(rows.evidence.setdefault(record.id, []), change.evidence)


def _stored(record: Record) -> Record:
    # what a database would not have kept is taken off when read: rows are written far more often than read here
    orders = tuple(map(_as_kept, record.orders))
    return replace(record, orders=orders, sightings=_NOTHING_SIGHTED, asking_rule=False, resolution=None)


def _as_kept(order: Order) -> Order:
    if all(getattr(order, name) is None for name in NEVER_STORED):
        return order
    return replace(order, answered_at_us=None, absent_since_us=None)


def _check(record: Record, rows: _Rows) -> None:
    _demand(record.intent.quantity > 0, "quantity must be above 0")
    _demand(record.entry_price is None or record.entry_price > 0, "entry_price must be above 0")
    _demand(record.stop_price is None or record.stop_price > 0, "stop_price must be above 0")
    _demand(record.parts_asked >= 0, "parts_asked must be at least 0")
    for rule in (record.rule, record.moving):
        _demand(rule is None or _lawful(rule, record.intent), f"{rule} is no stop rule of {record.id}")
    _demand(record.version >= 1, "version must be at least 1")
    if record.holds_slot:
        holder = rows.slots.get((record.intent.scope, record.intent.symbol), record.id)
        _demand(holder == record.id, f"the slot of {record.id} is held by {holder}")
    else:
        _demand(_proven(record), f"{record.id} cannot settle without its proof")
    for order in record.orders:
        owner = rows.client_order_ids.get(order.client_order_id, record.id)
        _demand(owner == record.id, f"{order.client_order_id} belongs to {owner}")
        _demand(order.quantity > 0, "an order's quantity must be above 0")
        _demand(order.limit_price is None or order.limit_price > 0, "a limit price must be above 0")


def _lawful(rule: StopRule, intent: Intent) -> bool:
    # the trigger type is stored with the intent alone
    one = (rule.percent is None) is not (rule.price is None)
    return one and (rule.price is None or rule.price > 0) and rule.trigger_by is intent.stop_rule.trigger_by


def _proven(record: Record) -> bool:
    proof = record.proof
    if proof is None or record.settled_at_us is None or record.open_orders or proof.kind is ProofKind.STOP_READ_BACK:
        return False
    return proof.kind in _TIMELESS or proof.at_us >= (record.last_send_at_us or 0)


def _append(kept: list[Kept], findings: tuple[Evidence, ...]) -> None:
    for finding in findings:
        newest = next((n for n in reversed(range(len(kept))) if kept[n][0].source == finding.source), None)
        if newest is None or _said(kept[newest][0]) != _said(finding):
            kept.append((replace(finding, mark_price=None), Repeats(0, finding.answered_at_us)))
        else:
            before, repeats = kept[newest]
            kept[newest] = before, Repeats(repeats.count + 1, finding.answered_at_us)


def _said(finding: Evidence) -> tuple[object, ...]:
    said = (finding.kind, finding.quantity, finding.price, finding.why)
    return (*said, finding.orders, finding.absent_ids, finding.fills, finding.position, finding.position_stop)


def _age(record: Record) -> tuple[int, str]:
    return record.intent.created_at_us, record.id


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
