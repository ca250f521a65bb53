"""What must be said aloud: the conditions of a position that are alerted once and resolved once. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .bounds import Bounds
from .models import MICROSECONDS, Goal, Leg, State
from .record import Record
from .weigh import Verdict, left_out, newest

ORPHAN_SUSPECTED = "orphan_suspected"
EXPOSURE_PAST_DEADLINE = "exposure_past_deadline"
POSITION_REVERSED = "position_reversed"
POSITION_LARGER = "position_larger_than_share"
FOREIGN_STOP = "foreign_stop"
LIQUIDATED_FIRST = "liquidated_before_stop"
CLOSE_REFUSED = "close_refused"
CLOSES_REFUSED_BEFORE_ALERT = 3
TARGET_LEFT_OUT = "target_left_out"
DATABASE_UNAVAILABLE = "database_unavailable"
SLOT_SHARED = "slot_shared"
LAG_BEYOND_BOUNDS = "lag_beyond_bounds"


OF_THE_SLOT = frozenset({POSITION_REVERSED, POSITION_LARGER, FOREIGN_STOP, LIQUIDATED_FIRST})
"""Conditions that only a look at the slot can show, or show to be over."""


def still_standing(before: Mapping[str, str], record: Record) -> dict[str, str]:
    """Which of the conditions alerted before still stand though this drive has not looked at the slot yet."""
    if record.state.settled or newest(record) is not None:
        return {}
    return {name: text for name, text in before.items() if name in OF_THE_SLOT}


def conditions(record: Record, verdict: Verdict, bounds: Bounds) -> dict[str, str]:
    """Every condition that holds now, with a sentence for a person."""
    if record.state.settled:
        return {}
    found = _of_ours(record, verdict, bounds) | _of_others(record, verdict)
    what = f"{record.intent.side.value} {record.intent.symbol} (position {record.id})" if found else ""
    return {name: f"{what}: {text}" for name, text in found.items()}


def _of_ours(record: Record, verdict: Verdict, bounds: Bounds) -> dict[str, str]:
    """What could not be shown, protected, closed or put up."""
    found: dict[str, str] = {}
    if record.state is State.ORPHAN_SUSPECTED:
        found[ORPHAN_SUSPECTED] = (
            f"neither protection nor flatness could be shown in time; filled {verdict.filled} as far as known"
        )
    if verdict.share <= 0:
        return found
    if verdict.naked_us >= bounds.exposure_deadline_us:
        found[EXPOSURE_PAST_DEADLINE] = f"{verdict.share} without a live stop for {_s(verdict.naked_us)} s"
    refused = [o for o in record.of(Leg.CLOSE) if o.never_existed and o.sends > 0]
    if len(refused) >= CLOSES_REFUSED_BEFORE_ALERT:
        found[CLOSE_REFUSED] = f"{len(refused)} closes were refused, the last one: {refused[-1].why or ''}"
    if record.state is State.PROTECTED and record.goal is Goal.PROTECT and left_out(record):
        last = record.of(Leg.TARGET)[-1]
        found[TARGET_LEFT_OUT] = (
            f"it is protected, and has no target: the one at {last.trigger_price} came to nothing "
            f"{len(record.of(Leg.TARGET))} times and is left out, the last time: {last.why or 'it was ended'}"
        )
    return found


def _of_others(record: Record, verdict: Verdict) -> dict[str, str]:
    """What somebody else did to the position, or would do before our stop: said, not touched."""
    found: dict[str, str] = {}
    ours = verdict.filled - verdict.closed
    shown = verdict.fresh.view.quantity if verdict.fresh is not None else ours
    # until the entry is final more of it may have filled than is known: that much is no other hand's
    may_be_ours = ours if verdict.entry_final else max(record.intent.quantity - verdict.closed, ours)
    if verdict.reversed:
        found[POSITION_REVERSED] = "the exchange shows a position on the other side; it is not touched"
    elif ours > 0 and shown > may_be_ours:
        found[POSITION_LARGER] = f"the exchange shows {shown}, more than our {ours}; the rest is not touched"
    if verdict.share > 0 and verdict.foreign_trigger is not None:
        found[FOREIGN_STOP] = f"somebody else set the position's stop to {verdict.foreign_trigger}"
    if verdict.liquidated_first:
        found[LIQUIDATED_FIRST] = f"the exchange would liquidate it before the stop at {verdict.wanted}"
    return found


def _s(us: int) -> str:
    return f"{us / MICROSECONDS:.1f}"
