"""When each source first showed each of our fills: the measure of its lag.

A *level* is how much of one order was filled once a fill had happened. The lag of a source at a level is the time from
the fill, by the exchange's clock, to the answer, by ours, that first showed at least so much:

* where an answer asked for after the fill did not show it, the time since the fill. Of two looks that lie further apart
  than ``LOOKS_APART_US`` only so much counts: nobody was looking in between, and the lag is not known;
* where the first look after the fill showed it, the time since the fill or since that look was asked for, whichever is
  shorter: that nobody had looked before is not the source's lag.

Where the exchange gives no time, our send takes its place, for the entry and the closes, which fill at once or never.
Clocks may differ by the skew that the bounds allow for; what is below zero counts as zero. The slot witnesses the fills
of the entry only: an exit may be anybody's. An error or a silence is no answer, so it says nothing about lag. Nor is
what the exchange tells by itself: no proof waits for it, so it widens nothing however late it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..evidence import POSITION_STREAM, Evidence, Kind, OrderView
from ..models import MICROSECONDS, Fill, Leg, Order, total
from ..record import Record, belongs

LOOKS_APART_US = 30 * MICROSECONDS
"""Looks at a row follow each other within the slow rhythm's ten seconds and what one look may take."""
LEVELS_MOST = 64
"""So many fills of one order are measured; an order that fills in more pieces teaches nothing new with them."""
NOTHING = Decimal(0)

Key = tuple[Leg, int]


@dataclass(frozen=True, slots=True)
class Lag:
    """One source showed one fill so late."""

    source: str
    lag_us: int


@dataclass(frozen=True, slots=True)
class _Step:
    """An answer that showed more of an order than the source had shown before."""

    shown: Decimal
    asked_at_us: int
    answered_at_us: int
    missed_at_us: int | None
    """When the last answer was asked for that did not show so much."""

    def lag_us(self, filled_at_us: int) -> int:
        missed = self.missed_at_us
        if missed is None or missed < filled_at_us:
            return max(self.answered_at_us - max(filled_at_us, self.asked_at_us), 0)
        return max(min(self.answered_at_us, missed + LOOKS_APART_US) - filled_at_us, 0)


class Showing:
    """What the sources have shown of one position's orders so far, in this process."""

    def __init__(self) -> None:
        self._before: dict[Key, Decimal] = {}
        """What was filled when this process began to look: nobody knows when that was first shown."""
        self._moments: dict[Key, dict[Decimal, int]] = {}
        self._steps: dict[Key, dict[str, list[_Step]]] = {}
        """By order and source."""
        self._asked_at_us: dict[tuple[str, Key], int] = {}
        self._by_order: set[str] = set()
        self._measured: set[tuple[str, Key, Decimal]] = set()

    def begin(self, record: Record) -> None:
        """What is known of the row already is not measured; orders that come later are."""
        for order in record.orders:
            self._before.setdefault((order.leg, order.attempt), order.filled)

    def hear(self, record: Record, evidence: Evidence) -> list[Lag]:
        """The lags that this finding shows, or that a fill's time, which it brings, makes known."""
        if evidence.kind is Kind.UNKNOWN or evidence.source == POSITION_STREAM:
            return []
        if evidence.orders or evidence.absent_ids:
            self._by_order.add(evidence.source)
        found: list[Lag] = []
        for order in record.orders:
            key = order.leg, order.attempt
            view = _view_of(order, evidence)
            fills = [fill for fill in evidence.fills if belongs(fill, order)]
            self._date(key, order, view, fills)
            if (shown := self._shown(record, order, evidence, view, fills)) is not None:
                self._note(key, shown, evidence)
            if key in self._moments:
                found += self._newly(key)
        return found

    def _date(self, key: Key, order: Order, view: OrderView | None, fills: list[Fill]) -> None:
        """When each level was reached; a fill of its own says it better than the order's last change."""
        if view is not None and view.filled:
            at_us = view.updated_at_us
            if at_us is None and order.leg is not Leg.STOP:
                at_us = order.first_sent_at_us
            if at_us is not None:
                self._moments.setdefault(key, {}).setdefault(view.filled, at_us)
        level = NOTHING
        for fill in sorted(fills, key=lambda f: (f.time_us, f.fill_id))[:LEVELS_MOST]:
            level += fill.quantity
            self._moments.setdefault(key, {})[level] = fill.time_us

    def _shown(
        self, record: Record, order: Order, evidence: Evidence, view: OrderView | None, fills: list[Fill]
    ) -> Decimal | None:
        """How much of the order the finding shows as filled; None when it says nothing about that."""
        if view is not None:
            return view.filled
        if order.client_order_id in evidence.absent_ids:
            return NOTHING
        if evidence.position is not None:
            return _in_the_slot(record, order, evidence)
        if evidence.source in self._by_order:
            return None
        return total(fill.quantity for fill in fills)

    def _note(self, key: Key, shown: Decimal, evidence: Evidence) -> None:
        at = evidence.source, key
        steps = self._steps.setdefault(key, {}).setdefault(evidence.source, [])
        if shown > (steps[-1].shown if steps else NOTHING):
            steps.append(_Step(shown, evidence.asked_at_us, evidence.answered_at_us, self._asked_at_us.get(at)))
        self._asked_at_us[at] = max(evidence.asked_at_us, self._asked_at_us.get(at, 0))

    def _newly(self, key: Key) -> list[Lag]:
        """Every source and level of the order that can be measured now and was not before."""
        found = []
        for source, steps in self._steps.get(key, {}).items():
            for level, at_us in self._moments[key].items():
                what = source, key, level
                if what in self._measured or level <= self._before.get(key, NOTHING):
                    continue
                if (step := next((s for s in steps if s.shown >= level), None)) is not None:
                    self._measured.add(what)
                    found.append(Lag(source, step.lag_us(at_us)))
        return found


def _view_of(order: Order, evidence: Evidence) -> OrderView | None:
    for view in evidence.orders:
        if view.client_order_id == order.client_order_id:
            return view
    return None


def _in_the_slot(record: Record, order: Order, evidence: Evidence) -> Decimal | None:
    """What the slot says of the entry, until something was taken out of it again."""
    view = evidence.position
    if view is None or order.leg is not Leg.ENTRY or record.closed_quantity > 0:
        return None
    if view.quantity == 0:
        return NOTHING
    return view.quantity if view.side is record.intent.side else None
