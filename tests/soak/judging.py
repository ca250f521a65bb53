"""What is stored of a symbol, held against what the venue itself holds: every way in which the two may disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from atomicpos.models import MICROSECONDS, SETTLED, Goal, PositionSide, State
from atomicpos.record import Record

AT_REST = SETTLED | {State.PROTECTED}
"""The states in which nothing is owed to anybody."""
EXPOSURE_SLACK_S = 0.05
"""The venue's clock and ours are one; what is dated in between is not dated at the same instant."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One symbol at rest: its rows that are of interest, and the truth before the first and after the last of them."""

    rows: Sequence[Record]
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def wrong(self) -> list[str]:
        """Everything that should not be; none when rows and venue agree and nothing is naked."""
        held = [row for row in self.rows if not row.state.settled]
        found = [f"{row.id} is {row.state.value}, and rests" for row in self.rows if row.state not in AT_REST]
        found += [f"{row.id} is {row.state.value} without a proof" for row in self.rows if row.proof is None]
        found += [f"{len(held)} rows hold the slot"] if len(held) > 1 else []
        found += self._entries() + self._exposure()
        covering = [row for row in held if row.state is State.PROTECTED]
        return found + (self._covered(covering[0]) if covering else self._flat())

    def _entries(self) -> list[str]:
        taken = self.after["entries"] - self.before["entries"]
        filled = sum(1 for row in self.rows if row.filled_quantity > 0)
        return [] if taken == filled else [f"the venue took {taken} entries, {filled} rows know of one"]

    def _exposure(self) -> list[str]:
        said = sum(row.exposure_us for row in self.rows) / MICROSECONDS
        measured = self.after["exposure_s"] - self.before["exposure_s"]
        short = measured - said > EXPOSURE_SLACK_S
        return [f"{measured:.2f} s without a stop, the rows say {said:.2f} s"] if short else []

    def _covered(self, row: Record) -> list[str]:
        held = Decimal(self.after["quantity"])
        side = PositionSide.LONG if held > 0 else PositionSide.SHORT
        found = [] if abs(held) == row.filled_quantity and held else [f"protected {row.filled_quantity}, held {held}"]
        if held and side is not row.intent.side:
            found.append(f"a {side.value} position, the row is {row.intent.side.value}")
        return found + self._stopped(row, abs(held))

    def _stopped(self, row: Record, held: Decimal) -> list[str]:
        stops = [stop for stop in self.after["stops"] if Decimal(stop["trigger_price"]) == row.stop_price]
        covers = sum((Decimal(stop["quantity"]) for stop in stops), Decimal(0))
        return [] if covers >= held else [f"NAKED: {held} held, {covers} under a stop at {row.stop_price}"]

    def _flat(self) -> list[str]:
        left = {name: self.after[name] for name in ("stops", "orders") if self.after[name]}
        found = [f"no row holds the slot, and left is {left}"] if left else []
        if Decimal(self.after["quantity"]) != 0:
            found.append(f"no row holds the slot, and the venue holds {self.after['quantity']}")
        return found


def naked(truth: dict[str, Any]) -> bool:
    """True while the venue holds more than stops cover."""
    return abs(Decimal(truth["quantity"])) > Decimal(truth["stop_quantity"])


def told(row: Record) -> str:
    """A row in a few words."""
    orders = ", ".join(f"{o.leg.value} {o.sending.value}" for o in row.orders)
    flat = ", to be flat" if row.goal is Goal.FLAT else ""
    return f"{row.id} {row.state.value}{flat} ({orders})"
