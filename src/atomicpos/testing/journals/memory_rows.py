"""The rows of the journal in memory, and the rules that the database's schema holds them to.

What a CHECK of the schema refuses is an AssertionError here: in a test a broken rule is a defect to be shown, not
an unavailable database to be survived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from atomicpos.evidence import Evidence
from atomicpos.frozen import replace
from atomicpos.lag import LagCount
from atomicpos.models import NEVER_STORED, Intent, JournalEntry, Order, PositionSide, ProofKind, Scope, StopRule
from atomicpos.observers.delivery.memory import Letters
from atomicpos.ports import Heartbeat, Repeats
from atomicpos.record import Record
from atomicpos.sightings import Sightings

_TIMELESS = (ProofKind.NOT_SENT, ProofKind.OPERATOR)
_NOTHING_SIGHTED = Sightings()
_never_stored = attrgetter(*NEVER_STORED)
_NONE_OF_THEM = (None,) * len(NEVER_STORED)

Kept = tuple[Evidence, Repeats]


@dataclass(slots=True)
class Rows:
    """What survives the process: the "file"."""

    records: dict[str, Record] = field(default_factory=dict)
    lease_until_us: dict[str, int] = field(default_factory=dict)
    slots: dict[tuple[Scope, str, PositionSide], str] = field(default_factory=dict)
    """Who holds each side of a symbol; a row of one-way mode holds both."""
    unsettled: dict[str, None] = field(default_factory=dict)
    """The ids of the rows that are not settled."""
    accounts: dict[Scope, str] = field(default_factory=dict)
    heartbeats: dict[tuple[str, Scope], tuple[Heartbeat, int]] = field(default_factory=dict)
    lags: dict[tuple[str, str, str, int], LagCount] = field(default_factory=dict)
    keys: dict[tuple[Scope, str], str] = field(default_factory=dict)
    client_order_ids: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[JournalEntry]] = field(default_factory=dict)
    evidence: dict[str, list[Kept]] = field(default_factory=dict)
    letters: Letters = field(default_factory=Letters)

    def put(self, record: Record) -> None:
        """Store the row. A settled one gives up its slot and its lease. Raises AssertionError for a broken rule."""
        _check(record, self)
        for slot in slots_of(record):
            if record.holds_slot:
                self.slots[slot] = record.id
            elif self.slots.get(slot) == record.id:
                del self.slots[slot]
        if record.state.settled and record.owner is not None:
            record = replace(record, owner=None, wanted_by=None)
            self.lease_until_us.pop(record.id, None)
        self.records[record.id] = record
        self.unsettled.pop(record.id, None)
        if not record.state.settled:
            self.unsettled[record.id] = None
        for order in record.orders:
            self.client_order_ids[order.client_order_id] = record.id

    def append(self, position_id: str, entries: Iterable[JournalEntry], evidence: Iterable[Evidence]) -> None:
        """Append lines and findings; an identical repeat of a source is counted."""
        self.entries.setdefault(position_id, []).extend(entries)
        kept = self.evidence.setdefault(position_id, [])
        for finding in evidence:
            _keep(kept, finding)

    def held(self, scope: Scope) -> list[Record]:
        """The scope's rows that are not settled, in no order."""
        return [row for row in map(self.records.__getitem__, self.unsettled) if row.intent.scope == scope]


def slots_of(record: Record) -> tuple[tuple[Scope, str, PositionSide], ...]:
    """What the row's slot is: a side of its symbol, or both."""
    intent = record.intent
    return tuple((intent.scope, intent.symbol, side) for side in intent.sides)


def as_stored(record: Record) -> Record:
    """What a database would give back of it: what belongs to the process that drives the row is left out."""
    orders = tuple(map(_as_kept, record.orders))
    return replace(record, orders=orders, sightings=_NOTHING_SIGHTED, asking_rule=False, resolution=None)


def demand(holds: bool, message: str) -> None:
    """Raises AssertionError unless it holds, optimised or not."""
    if not holds:
        raise AssertionError(message)


def _as_kept(order: Order) -> Order:
    if _never_stored(order) == _NONE_OF_THEM:
        return order
    return replace(order, answered_at_us=None, absent_since_us=None)


def _check(record: Record, rows: Rows) -> None:
    demand(record.intent.quantity > 0, "quantity must be above 0")
    demand(record.entry_price is None or record.entry_price > 0, "entry_price must be above 0")
    demand(record.stop_price is None or record.stop_price > 0, "stop_price must be above 0")
    demand(record.parts_asked >= 0, "parts_asked must be at least 0")
    for rule in (record.rule, record.moving):
        demand(rule is None or _lawful(rule, record.intent), f"{rule} is no stop rule of {record.id}")
    demand(record.version >= 1, "version must be at least 1")
    demand(record.fence >= 0, "fence must be at least 0")
    if record.state.settled:
        demand(_proven(record), f"{record.id} cannot settle without its proof")
    else:
        demand(record.settled_at_us is None, f"{record.id} is not settled, and says since when")
        demand(record.holds_slot or record.suspected_at_us is not None, f"{record.id} was never reopened")
    for order in record.orders:
        _check_order(order, rows.client_order_ids.get(order.client_order_id, record.id), record.id)


def _check_order(order: Order, holder: str, position_id: str) -> None:
    demand(holder == position_id, f"{order.client_order_id} belongs to {holder}")
    demand(order.quantity > 0, "an order's quantity must be above 0")
    demand(order.limit_price is None or order.limit_price > 0, "a limit price must be above 0")


def _lawful(rule: StopRule, intent: Intent) -> bool:
    # the trigger type is stored with the intent alone
    one = (rule.percent is None) is not (rule.price is None)
    return one and (rule.price is None or rule.price > 0) and rule.trigger_by is intent.stop_rule.trigger_by


def _proven(record: Record) -> bool:
    proof = record.proof
    if proof is None or record.settled_at_us is None or record.open_orders or proof.kind is ProofKind.STOP_READ_BACK:
        return False
    return proof.kind in _TIMELESS or proof.at_us >= (record.last_send_at_us or 0)


def _keep(kept: list[Kept], finding: Evidence) -> None:
    newest = next((n for n in reversed(range(len(kept))) if kept[n][0].source == finding.source), None)
    if newest is None or _said(kept[newest][0]) != _said(finding):
        kept.append((replace(finding, mark_price=None), Repeats(0, finding.answered_at_us)))
    else:
        before, repeats = kept[newest]
        kept[newest] = before, Repeats(repeats.count + 1, finding.answered_at_us)


def _said(finding: Evidence) -> tuple[object, ...]:
    said = (finding.kind, finding.quantity, finding.price, finding.why)
    return (*said, finding.orders, finding.absent_ids, finding.fills, finding.position, finding.position_stop)
