"""What must be said aloud: the conditions of a position that are alerted once and resolved once. Pure."""

from __future__ import annotations

from .models import MICROSECONDS, State
from .record import Record
from .settings import Bounds
from .weigh import Verdict

ORPHAN_SUSPECTED = "orphan_suspected"
EXPOSURE_PAST_DEADLINE = "exposure_past_deadline"
POSITION_REVERSED = "position_reversed"
POSITION_LARGER = "position_larger_than_share"
DATABASE_UNAVAILABLE = "database_unavailable"


def conditions(record: Record, verdict: Verdict, bounds: Bounds) -> dict[str, str]:
    """Every condition that holds now, with a sentence for a person."""
    found: dict[str, str] = {}
    what = f"{record.intent.side.value} {record.intent.symbol} (position {record.id})"
    if record.state is State.ORPHAN_SUSPECTED:
        found[ORPHAN_SUSPECTED] = (
            f"{what}: neither protection nor flatness could be shown in time; filled {verdict.filled} as far as known"
        )
    if record.holds_slot and verdict.share > 0 and verdict.naked_us >= bounds.exposure_deadline_us:
        found[EXPOSURE_PAST_DEADLINE] = f"{what}: {verdict.share} without a live stop for {_s(verdict.naked_us)} s"
    if verdict.reversed:
        found[POSITION_REVERSED] = f"{what}: the exchange shows a position on the other side; it is not touched"
    if record.holds_slot and verdict.fresh is not None and verdict.observed > verdict.filled > 0:
        found[POSITION_LARGER] = f"{what}: the exchange shows {verdict.observed}, more than our {verdict.filled}"
    return found


def _s(us: int) -> str:
    return f"{us / MICROSECONDS:.1f}"
