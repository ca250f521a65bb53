"""What can be asked of a row while it is driven: each a pure change, safe to be made twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ..models import Goal, JournalEntry, Leg, StopRule
from ..record import Record, Resolution
from ..settings import Bounds
from .goal import turn_flat

Noted = tuple[Record, tuple[JournalEntry, ...]]
Wish = Callable[[Record, Bounds, int], Noted]
"""(row, bounds, now) -> the row with the wish in it, and what the journal says of it."""


def flat(reason: str) -> Wish:
    """Turn the goal flat; a goal that is flat stays as it is."""

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        if record.goal is Goal.FLAT or record.state.settled:
            return record, ()
        after, entry = turn_flat(record, reason, bounds, now_us)
        return after, (entry,)

    return wish


def moved_stop(rule: StopRule) -> Wish:
    """Move the stop to another rule; the one in force stands until the new one does.

    What was refused before is no answer to this.
    """

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        if record.goal is Goal.FLAT or record.state.settled or rule in (record.stop_rule, record.moving):
            return record, ()
        where = f"{rule.percent} % from the average fill" if rule.percent is not None else f"{rule.price}"
        entry = JournalEntry(now_us, "act", f"asked to move the stop to {where}", cause="move_stop")
        return replace(_unanswered(record, Leg.STOP), moving=rule), (entry,)

    return wish


def closed_part(total: Decimal) -> Wish:
    """Close parts up to that total quantity since the fill; the rest stays open and protected.

    What was refused before was another part: it is no answer to this one.
    """

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        if record.goal is Goal.FLAT or record.state.settled or record.parts_asked >= total:
            return record, ()
        text = f"asked to close {total - record.parts_asked} of it"
        after = replace(_unanswered(record, Leg.CLOSE), parts_asked=total)
        return after, (JournalEntry(now_us, "act", text, cause="close_part"),)

    return wish


def _unanswered(record: Record, leg: Leg) -> Record:
    for order in record.of(leg):
        if order.never_existed:
            record = record.with_order(replace(order, answered_at_us=None))
    return record


def resolved(word: Resolution) -> Wish:
    """Check an operator's word on how it ended against every source, and settle by it when none speaks against it."""

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        if record.state.settled:
            return record, ()
        text = f"{word.by} says {word.as_.value}: {word.reason}; every source is looked at once more"
        return replace(record, resolution=word), (JournalEntry(now_us, "act", text, cause="resolve"),)

    return wish


def answered_rule(rule: StopRule | None, why: str) -> Wish:
    """The caller's own function named the stop for the average fill; None keeps the stored distance."""

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        after = replace(record, asking_rule=False)
        if rule is None:
            return after, (JournalEntry(now_us, "act", f"the stored distance is kept: {why}", cause="stop_loss"),)
        text = f"stop_loss answered {rule.price} for the average fill"
        return replace(after, rule=rule), (JournalEntry(now_us, "act", text, cause="stop_loss"),)

    return wish
