"""When the goal must turn flat, and turning it: for good, with the reason in the row."""

from __future__ import annotations

from ..bounds import Bounds
from ..evidence import BUILT_IN
from ..frozen import replace
from ..models import Goal, JournalEntry, Leg, OrderStatus, Refusal, Sending
from ..record import Record
from ..stop_price import wanted_trigger
from ..weigh import Verdict, near, serves

SLOT_TAKEN = "slot_taken"
STOP_CROSSED = "stop_crossed"
EXPOSURE_DEADLINE = "exposure_deadline"
STOP_DID_NOT_CLOSE = "stop_did_not_close"
LIQUIDATED_FIRST = "liquidated_before_stop"


def flat_reason(record: Record, verdict: Verdict, bounds: Bounds) -> str | None:
    """Why the goal must turn flat now; None while protecting is still right."""
    if record.goal is Goal.FLAT or record.state.settled:
        return None
    if (verdict.share > 0 or _awaits_its_fill(record, verdict)) and _crossed(record, verdict):
        return STOP_CROSSED
    if verdict.share <= 0:
        return None
    exposed = not verdict.covered and verdict.naked_us >= bounds.exposure_deadline_us
    if bounds.flatten_unprotectable and exposed and not _may_find_a_stop(record, verdict, bounds):
        return EXPOSURE_DEADLINE
    if bounds.flatten_unprotectable and verdict.liquidated_first:
        return LIQUIDATED_FIRST
    if _triggered_for_us(record, verdict.now_us) >= bounds.exposure_deadline_us:
        return STOP_DID_NOT_CLOSE
    return None


def _may_find_a_stop(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """True while a stop was only just sent, and for a successor that has not asked every source or sent one yet: what
    the last owner put up may stand, and however long nobody looked, nobody tried either."""
    sights, now, stops = record.sightings, verdict.now_us, record.of(Leg.STOP)
    unanswered = (o for o in stops if o.unanswered and o.status is None)
    trying = any(now < (o.first_sent_at_us or 0) + bounds.write_patience_us for o in unanswered)
    untried = all((o.first_sent_at_us or 0) < sights.since_us for o in stops)
    begins = sights.taken_over and (untried or not sights.looks.keys() >= BUILT_IN)
    return trying or (begins and now < sights.since_us + bounds.write_patience_us)


def _awaits_its_fill(record: Record, verdict: Verdict) -> bool:
    """True for an acknowledged entry of which no fill was shown yet: until then the guard from the mark is the stop,
    as it is where it travels with the entry, and would have closed the position."""
    return record.entry.sending is Sending.ACKNOWLEDGED and verdict.filled <= 0 and verdict.never_filled is None


def _crossed(record: Record, verdict: Verdict) -> bool:
    """True when the exchange said that the price is already beyond the stop as it should be now, and none such
    is at work (F23).

    A guard stop that is still waiting farther off changes nothing: the asked stop has happened. Nor does it matter
    whether an earlier send of the refused one may have arrived: the price is what was told.
    """
    stops = record.of(Leg.STOP)
    refused = [o for o in stops if o.refusal is Refusal.WOULD_TRIGGER and o.status is None]
    if not refused:
        return False
    asked = wanted_trigger(record.intent, record.stop_rule, verdict.average)
    if any(o.alive and serves(o.trigger_price, asked, record.intent) for o in stops):
        return False
    return any(near(o.trigger_price, asked, record.intent.tick) for o in refused)


def _triggered_for_us(record: Record, now_us: int) -> int:
    """How long ago, by the exchange's time, a stop of ours triggered without having filled."""
    fired = [o for o in record.of(Leg.STOP) if o.status is OrderStatus.TRIGGERED and o.updated_at_us is not None]
    return max((now_us - (o.updated_at_us or now_us) for o in fired), default=0)


def without_its_slot(record: Record, bounds: Bounds, now_us: int) -> tuple[Record, JournalEntry]:
    """A settled row that is not over after all, while another row has its slot by now: only closed down from here on.

    Its caller was told that it is over, and two rows that protect one slot would fight over its stop.
    """
    after, _ = turn_flat(replace(record, slotless=True), SLOT_TAKEN, bounds, now_us)
    for order in after.orders:  # what this turn intended is not sent any more, and must not be waited for
        if order.sending is Sending.INTENDED:
            after = after.with_order(replace(order, sending=Sending.NOT_SENT, why=SLOT_TAKEN))
    return after, JournalEntry(now_us, "goal", "reopened without its slot, which another row has", cause=SLOT_TAKEN)


def turn_flat(record: Record, reason: str, bounds: Bounds, now_us: int) -> tuple[Record, JournalEntry]:
    """Turn the goal flat, for good, with a new deadline to show it."""
    deadline = now_us + bounds.verification_deadline_us
    after = replace(
        record, goal=Goal.FLAT, reason=reason, deadline_us=max(record.deadline_us, deadline), moving=None
    )
    if record.entry.sending is Sending.INTENDED:
        after = after.with_order(replace(record.entry, sending=Sending.NOT_SENT, why=reason))
    return after, JournalEntry(now_us, "goal", f"the goal is flat now: {reason}", cause=reason)
