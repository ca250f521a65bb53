"""Plan the next steps: a pure function of the row, the verdict, the bounds and the time.

Steps are data; the engine journals and carries them out. Every step may run twice. An entry is planned once in a
position's life (I5); everything that closes is unable to open or enlarge (I6); a new stop stands before the old one
is cancelled.
"""

from __future__ import annotations

from ..bounds import Bounds
from ..models import RIDING, Goal, Leg, Order, Sending, State
from ..record import Record
from ..weigh import Verdict, waits
from .again import cancel, cancel_loose
from .exits import close_all, close_part
from .pauses import REMAINDER_US
from .steps import Cancel, ChooseMarginMode, Leverage, Place, Plan
from .stops import put_up, wants_stop
from .targets import owes_target, put_up_target, wants_target


def plan(record: Record, verdict: Verdict, bounds: Bounds) -> Plan:
    """The plan for one row. Pure."""
    result = Plan()
    if record.state.settled:
        return result
    if verdict.never_filled is not None or verdict.flat is not None:
        cancel_loose(result, record, record.orders, verdict, bounds)
    else:
        _act(result, record, verdict, bounds)
    if not verdict.alone:
        _protect_only(result, verdict)
    result.look = _look(result, record, verdict, bounds)
    late = record.state is State.PROTECTED and _unexplained(verdict) and not result.steps
    result.slowly = (record.state is State.ORPHAN_SUSPECTED and record.resolution is None) or late
    _deadlines(result, record, verdict, bounds)
    return result


def _protect_only(result: Plan, verdict: Verdict) -> None:
    """Cancel nothing yet: what another owner sent last may still arrive, and make a stop the only one."""
    result.steps = [step for step in result.steps if not isinstance(step, Cancel)]
    result.wake(verdict.alone_at_us)


def _act(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    _entry(result, record, verdict)
    if record.goal is Goal.FLAT:
        close_all(result, record, verdict, bounds)
    elif record.parts_asked > 0:
        close_part(result, record, verdict, bounds)
    if wants_stop(record, verdict, bounds) and not (record.asking_rule and verdict.covered):
        put_up(result, record, verdict, bounds)
    if _stands(record, verdict) and record.goal is Goal.PROTECT and (record.moving is None or verdict.moved):
        surplus = (o for o in record.of(Leg.STOP) if o not in verdict.stops)
        cancel_loose(result, record, tuple(surplus), verdict, bounds)
    if wants_target(record, verdict):
        put_up_target(result, record, verdict, bounds)


def _stands(record: Record, verdict: Verdict) -> bool:
    """True when a stop was read back since this drive took the row: a memory is no reason to cancel another."""
    return bool(verdict.stops) and all(o.seen_since(record.sightings.since_us) for o in verdict.stops)


def _entry(result: Plan, record: Record, verdict: Verdict) -> None:
    entry, intent = record.entry, record.intent
    if entry.sending is Sending.INTENDED:
        if intent.margin_mode is not None and not record.margin_mode_confirmed:
            result.steps.append(ChooseMarginMode(intent.margin_mode))
        elif intent.leverage is not None and not record.leverage_confirmed:
            result.steps.append(Leverage(intent.leverage))
        else:
            result.steps.append(Place(Leg.ENTRY, entry.attempt, entry.quantity, limit_price=entry.limit_price))
    elif not verdict.entry_final and (record.goal is Goal.FLAT or _waits_too_long(result, record, verdict)):
        cancel(result, entry, verdict.now_us)


def _waits_too_long(result: Plan, record: Record, verdict: Verdict) -> bool:
    """True for an entry that reads as alive so long after its answer: its remainder is cancelled (F04, F11)."""
    entry = record.entry
    if not entry.alive or entry.sent_at_us is None:
        return False
    due = max(entry.sent_at_us, record.sightings.since_us) + REMAINDER_US
    if due > verdict.now_us:
        result.wake(due)
    return due <= verdict.now_us


# --- looking and waking -------------------------------------------------------------------------------------------


def _look(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    entry = record.entry
    if entry.sending is Sending.INTENDED:
        return False
    if record.resolution is not None:
        return True
    if entry.sending is Sending.IN_FLIGHT:
        return verdict.now_us >= (entry.sent_at_us or verdict.now_us) + bounds.write_patience_us
    if record.state is State.PROTECTED:
        loose = any(order not in verdict.stops and not _rests(order) for order in verdict.loose)
        wished = record.moving is not None or record.part_left > 0 or owes_target(record, verdict)
        doubt = _unexplained(verdict) or verdict.late or any(o.attached and o.missing for o in record.orders)
        return loose or wished or doubt
    return not _only_an_answer_is_missing(result, record, verdict, bounds)


def _rests(order: Order) -> bool:
    """True for a target that was read back as waiting: it stays beside the stop."""
    return order.leg is Leg.TARGET and waits(order)


def _unexplained(verdict: Verdict) -> bool:
    """True while a fresh look shows less than our fills and exits say: an exit that was not shown yet."""
    return verdict.fresh is not None and verdict.fresh.view.quantity < verdict.filled - verdict.closed


def _only_an_answer_is_missing(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """True while a write that is under way decides what there is to see, and all that led to it is known."""
    known = verdict.entry_final and verdict.average is not None and verdict.fresh is not None and verdict.covered
    if not known or record.goal is Goal.FLAT:
        return False
    leaving = any(isinstance(step, Place) and step.leg is Leg.STOP for step in result.steps)
    return leaving or any(_under_way(o, verdict.now_us, bounds) for o in record.of(Leg.STOP) if o.attempt > RIDING)


def _under_way(order: Order, now_us: int, bounds: Bounds) -> bool:
    waited = order.sent_at_us is not None and now_us >= order.sent_at_us + bounds.write_patience_us
    return order.sending in (Sending.INTENDED, Sending.IN_FLIGHT) and not waited


def _deadlines(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    now, entry = verdict.now_us, record.entry
    times = [record.deadline_us]
    under_way = [o for o in record.orders if o.sending is Sending.IN_FLIGHT and o.sent_at_us is not None]
    if entry.sending is Sending.IN_FLIGHT or verdict.covered:
        times += [(o.sent_at_us or now) + bounds.write_patience_us for o in under_way]
    if verdict.share > 0 and not verdict.covered:
        times.append(now + max(bounds.exposure_deadline_us - verdict.naked_us, 0))
        times.append(record.sightings.since_us + bounds.write_patience_us)  # then a successor has looked long enough
    if record.moving is not None:
        times += [(o.first_sent_at_us or now) + bounds.verification_deadline_us for o in record.of(Leg.STOP)]
    if verdict.late:
        times.append(verdict.late_until_us + 1)
    for at in times:
        if at > now:
            result.wake(at)
