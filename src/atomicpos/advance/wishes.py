"""What the caller, an operator or somebody else wants of a position, fulfilled or given up by the verdict. Pure.

A move that is refused leaves the old stop and says so; a part that cannot be closed is given up; an operator's word
against which a source speaks is dropped; a stop that somebody else set is taken over when it is tighter and the
settings say so.
"""

from __future__ import annotations

from ..bounds import Bounds
from ..frozen import replace
from ..models import MICROSECONDS, Goal, JournalEntry, Leg, Refusal, Sending, State, StopRule
from ..record import Record
from ..stop_price import tighter
from ..weigh import Verdict, serves, wanted
from .asked import Noted

MOVED = "stop_moved"
MOVE_FAILED = "stop_not_moved"
PART_REFUSED = "part_not_closed"
FOREIGN_STOP_ACCEPTED = "foreign_stop_accepted"
RESOLUTION_REFUSED = "resolution_refused"


def fulfilled(record: Record, verdict: Verdict, bounds: Bounds) -> Noted:
    """The row after every wish that the verdict fulfils or ends, with what the journal says of it."""
    entries: list[JournalEntry] = []
    for wish in (_move, _part, _foreign_stop, _resolution):
        record, entry = wish(record, verdict, bounds)
        if entry is not None:
            entries.append(entry)
    return record, tuple(entries)


def _act(verdict: Verdict, cause: str, text: str) -> JournalEntry:
    return JournalEntry(verdict.now_us, "act", text, cause=cause)


# --- moving the stop ----------------------------------------------------------------------------------------------


def _move(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, JournalEntry | None]:
    if record.moving is None:
        return record, None
    if verdict.moved and verdict.stop is not None:
        text = f"the stop was moved: {verdict.stop.trigger_price} was read back"
        return replace(record, rule=record.moving, moving=None), _act(verdict, MOVED, text)
    why = _move_failed(record, record.moving, verdict, bounds)
    if why is None:
        return record, None
    text = f"the stop was not moved, the old one is kept: {why}"
    return replace(record, moving=None), _act(verdict, MOVE_FAILED, text)


def _move_failed(record: Record, rule: StopRule, verdict: Verdict, bounds: Bounds) -> str | None:
    """Why the move is given up: refused with nothing else on its way, or not shown within the deadline."""
    target = wanted(record, verdict.average, rule)
    tries = [o for o in record.of(Leg.STOP) if serves(o.trigger_price, target, record.intent) and o.sends > 0]
    if not tries:
        return None
    newest = max(tries, key=lambda order: order.attempt)
    late = [o for o in tries if not o.settled]
    answered = newest.never_existed and newest.answered_at_us is not None
    if answered and not late and newest.refusal is not Refusal.RATE_LIMITED:
        return newest.why or "the exchange refused it"
    since_us = min((o.first_sent_at_us or verdict.now_us for o in late), default=verdict.now_us)
    if verdict.now_us >= since_us + bounds.verification_deadline_us:
        return f"it was not read back within {bounds.verification_deadline_us / MICROSECONDS:g} s"
    return None


# --- closing a part -----------------------------------------------------------------------------------------------


def _part(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, JournalEntry | None]:
    closes = record.of(Leg.CLOSE)
    if not closes or record.goal is Goal.FLAT or record.part_left <= 0:
        return record, None
    last = max(closes, key=lambda order: order.attempt)
    passing = last.refusal in (Refusal.RATE_LIMITED, Refusal.QUANTITY)
    if last.sending is not Sending.REFUSED or last.answered_at_us is None or not last.never_existed or passing:
        return record, None
    text = f"{record.part_left} could not be closed and stays open under its stop: {last.why or 'refused'}"
    return replace(record, parts_asked=record.closed_by_us), _act(verdict, PART_REFUSED, text)


# --- somebody else's stop -----------------------------------------------------------------------------------------


def _foreign_stop(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, JournalEntry | None]:
    """Take over a tighter stop that somebody else set on the position, where the settings say so."""
    theirs = verdict.foreign_trigger
    if theirs is None or not bounds.accept_tighter_stops or record.goal is Goal.FLAT or record.state.settled:
        return record, None
    if record.protected_at_us is None or not tighter(theirs, verdict.wanted, record.intent.side):
        return record, None
    rule = StopRule(price=theirs, trigger_by=record.stop_rule.trigger_by)
    text = f"somebody else set the position's stop to {theirs}, tighter than {verdict.wanted}: it is kept"
    return replace(record, rule=rule, moving=None), _act(verdict, FOREIGN_STOP_ACCEPTED, text)


# --- an operator's word -------------------------------------------------------------------------------------------


def _resolution(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, JournalEntry | None]:
    word = record.resolution
    if word is None:
        return record, None
    why = verdict.resolution_refused
    if why is None and record.state is State.ORPHAN_SUSPECTED:
        return record, None
    text = f"{word.by} wanted it {word.as_.value} ({word.reason}): refused, {why or 'it is no suspected orphan now'}"
    return replace(record, resolution=None), _act(verdict, RESOLUTION_REFUSED, text)
