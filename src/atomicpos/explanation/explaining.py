"""Where a position stands, in sentences for whoever is woken: is money at risk, what is proven, what is not, what would
prove it, what was tried, and what a person can do. Pure: a function of the row and the verdict on it.

The command line and pages say exactly these sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..bounds import Bounds
from ..evidence import POSITION_STREAM, Evidence
from ..frozen import replace
from ..models import Goal, State
from ..record import Record
from ..sightings import sight, told
from ..snapshot import exposed
from ..weigh import Verdict, weigh
from .sentences import proven, tried, unproven, would_prove
from .words import amount, lasting

LOOK, MOVE_STOP, CLOSE, RESOLVE = "look", "move_stop", "close_position", "resolve"
"""What a person can do, by the name of the method that does it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One position in sentences; each tuple may be empty."""

    at_risk: bool | None
    """True when money is, or has to be taken to be, at risk; False when not; None while it is too early to say."""
    summary: str
    """The one sentence to read first."""
    since_us: int | None
    """Our clock: since when it is so, where it is at risk and that is known."""
    proven: tuple[str, ...]
    unproven: tuple[str, ...]
    would_prove: tuple[str, ...]
    tried: tuple[str, ...]
    acts: tuple[str, ...]
    """What a person can do now."""


def explain(record: Record, verdict: Verdict) -> Explanation:
    """The row in sentences, as of the verdict's moment."""
    risk = at_risk(record)
    return Explanation(
        at_risk=risk,
        summary=_summary(record, verdict),
        since_us=(verdict.now_us - verdict.naked_us if verdict.naked_us else record.suspected_at_us) if risk else None,
        proven=tuple(proven(record, verdict)),
        unproven=() if record.state.settled else tuple(unproven(record, verdict)),
        would_prove=() if record.state.settled else tuple(would_prove(record, verdict)),
        tried=tuple(tried(record)),
        acts=_acts(record),
    )


def explain_stored(record: Record, evidence: Iterable[Evidence], bounds: Bounds, now_us: int) -> Explanation:
    """A row that is only read in sentences: with what was seen of it, weighed as of that moment."""
    known = recalled(record, evidence)
    return explain(known, weigh(known, bounds, now_us))


def at_risk(record: Record) -> bool | None:
    """True for a known share without a live stop and for every suspected orphan, False for one that is over or behind
    a stop, None while it is not known whether there is anything.
    """
    if record.state.settled:
        return False
    if record.state is State.ORPHAN_SUSPECTED:
        return True
    return exposed(record)


def recalled(record: Record, evidence: Iterable[Evidence]) -> Record:
    """The stored row with what was seen of it: a row that is only read has forgotten what its drive sighted."""
    seen = record.sightings
    for found in evidence:
        seen = told(seen, found.fills) if found.source == POSITION_STREAM else sight(seen, found)
    return replace(record, sightings=replace(seen, closed_before=record.closed_quantity))


def _summary(record: Record, verdict: Verdict) -> str:
    what = f"{amount(verdict.share or record.intent.quantity)} {record.intent.side.value} {record.intent.symbol}"
    naked, known = exposed(record), f", for {lasting(verdict.naked_us)} by now" if verdict.naked_us else ""
    match record.state:
        case state if state.settled:
            return f"No money is at risk: it is {record.state.value}, and that is proven."
        case State.ORPHAN_SUSPECTED if naked is True:
            return f"Money is at risk: {what} is open without a live stop as far as is known{known}."
        case State.ORPHAN_SUSPECTED if naked is False:
            return f"Money may be at risk: a stop of ours is at work, and it could not be shown that it covers {what}."
        case State.ORPHAN_SUSPECTED:
            return f"Money may be at risk: it could not be shown in time whether {what} was ever opened, or is gone."
        case _ if naked is True:
            doing = "it is being closed" if record.goal is Goal.FLAT else "a stop is being put up"
            return f"Money is at risk: {what} is open without a live stop{known}; {doing}."
        case _ if record.goal is Goal.FLAT:
            return f"Being closed: {what}; a stop stays up until nothing is left."
        case State.PROTECTED:
            return f"No money is at risk beyond the stop: {what} stands behind a stop of ours at {_stop(record)}."
        case _ if naked is False:
            return f"A stop of ours is at work for {what}; it is being confirmed."
        case _:
            left_us = record.deadline_us - verdict.now_us
            when = f"within {lasting(left_us)}" if left_us > 0 else f"overdue by {lasting(-left_us)}"
            return f"Too early to say: {what} was asked for, and no fill is known; it is decided {when}."


def _stop(record: Record) -> str:
    return "an unknown price" if record.stop_price is None else amount(record.stop_price)


def _acts(record: Record) -> tuple[str, ...]:
    if record.state.settled:
        return (LOOK,)
    if record.state is State.PROTECTED and record.goal is Goal.PROTECT:
        return LOOK, MOVE_STOP, CLOSE
    return (LOOK, CLOSE, RESOLVE) if record.state is State.ORPHAN_SUSPECTED else (LOOK, CLOSE)
