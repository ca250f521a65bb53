"""The oracle of the machine, where slots are taken again and again, and processes come back after a while."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from atomicpos.models import State
from atomicpos.ports import Change
from atomicpos.record import Record
from atomicpos.testing.swarm.oracle import Oracle


class SlotOracle(Oracle):
    """Knows whose the position's own stop is, which has no id, and when a row is called protected anew."""

    def change(self, change: Change) -> None:
        """A change was stored. A row that was protected when its process was last alive is not called so anew before
        the next process has seen the position: what it hears first may be of the orders only.
        """
        before = self.rows.get(change.record.id)
        stays = before is not None and before.state is State.PROTECTED
        seen = any(finding.position is not None for finding in change.evidence)
        super().change(replace(change, evidence=()) if stays and not seen else change)

    def settled(self, record: Record) -> None:
        """The row says that it is over: nothing of it may be left, unless it cannot be told from its successor's."""
        successors = [row for row in self.rows.values() if row.holds_slot and _same_slot(row, record)]
        if not any(_triggers(row) & _triggers(record) for row in successors):
            super().settled(record)


def _same_slot(row: Record, other: Record) -> bool:
    return row.id != other.id and row.intent.symbol == other.intent.symbol


def _triggers(record: Record) -> set[Decimal | None]:
    return {order.trigger_price for order in record.orders if order.attached}
