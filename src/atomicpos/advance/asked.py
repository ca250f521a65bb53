"""What can be asked of a row while it is driven: each a pure change, safe to be made twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..bounds import Bounds
from ..frozen import replace
from ..models import Goal, JournalEntry, Leg, StopRule
from ..record import Record, Resolution
from .goal import turn_flat

MOVE_STOP = "move_stop"
CLOSE_PART = "close_part"
LOOK = "look"
"""What an act is called in the journal; a close is called by its reason."""

Noted = tuple[Record, tuple[JournalEntry, ...]]
Wish = Callable[[Record, Bounds, int], Noted]
"""(row, bounds, now) -> the row with the wish in it, and what the journal says of it."""


def flat(reason: str, by: str | None = None) -> Wish:
    """Turn the goal flat; a goal that is flat stays as it is."""

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        if record.goal is Goal.FLAT or record.state.settled:
            return record, _in_vain(now_us, "close it", reason, by)
        after, entry = turn_flat(record, reason, bounds, now_us)
        return after, (entry,) if by is None else (_asked(now_us, "close it", reason, by), entry)

    return wish


def moved_stop(rule: StopRule, by: str | None = None) -> Wish:
    """Move the stop to another rule; the one in force stands until the new one does.

    What was refused before is no answer to this.
    """

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        where = f"{rule.percent} % from the average fill" if rule.percent is not None else f"{rule.price}"
        text = f"move the stop to {where}"
        if record.goal is Goal.FLAT or record.state.settled or rule in (record.stop_rule, record.moving):
            return record, _in_vain(now_us, text, MOVE_STOP, by)
        entry = _asked(now_us, text, MOVE_STOP, by)
        return replace(_unanswered(record, Leg.STOP), moving=rule), (entry,)

    return wish


def closed_part(total: Decimal, by: str | None = None) -> Wish:
    """Close parts up to that total quantity since the fill; the rest stays open and protected.

    What was refused before was another part: it is no answer to this one.
    """

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        text = f"close {total - record.parts_asked} of it"
        if record.goal is Goal.FLAT or record.state.settled or record.parts_asked >= total:
            return record, _in_vain(now_us, text, CLOSE_PART, by)
        after = replace(_unanswered(record, Leg.CLOSE), parts_asked=total)
        return after, (_asked(now_us, text, CLOSE_PART, by),)

    return wish


def looked(by: str | None = None) -> Wish:
    """Nothing of the row changes: that somebody wants it looked at is all there is to say of it."""

    def wish(record: Record, bounds: Bounds, now_us: int) -> Noted:
        return record, () if by is None else (_asked(now_us, "look at it now", LOOK, by),)

    return wish


def _asked(now_us: int, text: str, cause: str, by: str | None) -> JournalEntry:
    """An act as the journal has it: with the name of the person, where it was one that acted."""
    if by is None:
        return JournalEntry(now_us, "act", f"asked to {text}", cause=cause)
    return JournalEntry(now_us, "act", f"{by} asked to {text}", cause, {"by": by})


def _in_vain(now_us: int, text: str, cause: str, by: str | None) -> tuple[JournalEntry, ...]:
    """What a person asked for is said even where it changes nothing; what the bot asked for is not."""
    return () if by is None else (_asked(now_us, f"{text}, which changes nothing", cause, by),)


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
