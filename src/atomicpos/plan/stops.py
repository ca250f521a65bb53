"""Which stop to put up next: the position's own where the exchange has one, else, or beside it, a separate one."""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..models import Goal, Leg, Order, OrderStatus, Refusal, Sending
from ..profile import Protection
from ..record import Record
from ..weigh import Verdict, serves, wanted
from .again import send_again
from .pauses import STOP_HALVINGS_MAX, in_pieces, last_sent_us, stop_retry_us
from .steps import Place, Plan

CLOSES_REFUSED_BEFORE_STOP = 2
"""After so many refused closes a stop goes up again while closing goes on."""
OTHERWISE_MAX = 3
"""So many stops that read otherwise than they were sent are followed by another; more are an exchange that shows none
as it was sent, or somebody who alters each: then what stands stands, and the row says that it is suspected."""
ANSWERED = (Sending.ACKNOWLEDGED, Sending.UNKNOWN)


def wants_stop(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """True when a stop must stand now, or may be put up ahead of the fill."""
    if verdict.reversed or verdict.never_filled is not None:
        return False
    if record.goal is Goal.FLAT:
        refused = [o for o in record.of(Leg.CLOSE) if o.never_existed]
        return verdict.share > 0 and not verdict.covered and len(refused) >= CLOSES_REFUSED_BEFORE_STOP
    if verdict.filled > 0:
        return verdict.share > 0
    return verdict.observed > 0 or _may_precede_fill(record, verdict, bounds)


def put_up(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    """Plan the next stop, unless what stands, or may be on its way, serves already."""
    stops = record.of(Leg.STOP)
    stands = bool(verdict.stops) and record.moving is None
    if stands or any(o.status is OrderStatus.TRIGGERED for o in stops):
        return
    trigger = wanted(record, verdict.average, record.moving)  # by the row: a wish may just have changed the rule
    # one that cannot be called by its name stands for none that can
    standing = (o for o in stops if not (o.unnamed or _is_gone(o) or record.overtaken(o)))
    if sum(map(_is_another, stops)) <= OTHERWISE_MAX:
        standing = (o for o in standing if not _is_another(o))
    standing = (o for o in standing if not _is_overdue(result, record, o, verdict, bounds))
    serving = [o for o in standing if serves(o.trigger_price, trigger, record.intent)]
    for stop in serving:
        send_again(result, stop, verdict, bounds)
    own = [o for o in serving if o.attached]
    if not own and _own_is_next(record, verdict, bounds):
        _place(result, record, verdict, trigger, verdict.share, attached=True)
    if _separate_is_next(result, record, verdict, bounds, own):
        separate = sum(o.quantity for o in serving if not o.attached)
        lacking = _needed(record, verdict) - separate
        if lacking > 0 and not separate >= verdict.share > 0:
            _place(result, record, verdict, trigger, lacking, attached=False)


def _is_gone(order: Order) -> bool:
    return order.settled or order.leaving or (order.missing and not order.attached)


def _is_another(order: Order) -> bool:
    """True for a separate stop that reads otherwise than it was sent: it may cover, and never fulfils I3."""
    return order.reads_otherwise and not (order.attached or order.with_entry)


def _is_overdue(result: Plan, record: Record, order: Order, verdict: Verdict, bounds: Bounds) -> bool:
    """True for a stop that was to come with the entry under its own id and is not there.

    It comes with a fill of the whole entry only, and nothing says that it does: until a look after that shows none it
    is waited for, as long as an answer would be; where the entry filled by a part, not at all.
    """
    if not order.with_entry or order.status is not None:
        return False
    due = looked_since_us(record, verdict, bounds) + bounds.write_patience_us
    whole = verdict.filled >= record.intent.quantity
    if whole and due > verdict.now_us:
        result.wake(due)
    return not whole or order.absent_since_us is not None or due <= verdict.now_us


def _place(
    result: Plan, record: Record, verdict: Verdict, trigger: Decimal, quantity: Decimal, *, attached: bool
) -> None:
    """One more attempt, after a pause when the last ones were refused."""
    refused = _refused(record)
    large = [o.quantity for o in refused if o.refusal is Refusal.QUANTITY and not o.attached]
    due = last_sent_us(refused) + stop_retry_us(len(refused))
    attempt = max((o.attempt for o in record.of(Leg.STOP) if not o.unnamed), default=0) + 1
    size = quantity if attached else in_pieces(quantity, record.intent.step, large, STOP_HALVINGS_MAX)
    result.when(due, verdict.now_us, Place(Leg.STOP, attempt, size, trigger, attached=attached))


def _refused(record: Record) -> list[Order]:
    """A refusal from before the entry was answered, or of an earlier wish, says nothing about now."""
    since_us = record.entry.answered_at_us
    answered = [o for o in record.of(Leg.STOP) if o.never_existed and o.answered_at_us is not None]
    return answered if since_us is None else [o for o in answered if o.sent_since(since_us)]


def _needed(record: Record, verdict: Verdict) -> Decimal:
    """The whole request until the entry is final: a reduce-only stop that is too large is harmless."""
    return verdict.share if verdict.entry_final and verdict.share > 0 else record.intent.quantity


# --- which of the two ---------------------------------------------------------------------------------------------


def _own_is_next(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """True while the position's own stop is the better try: a fill is known, and it was not refused more often."""
    if bounds.protection is not Protection.ATTACHED or verdict.filled <= 0:
        return False
    if record.moving is not None and any(o.attached and o.alive for o in record.of(Leg.STOP)):
        return True  # what stands on the position is moved by setting it again, never by a second one beside it
    refused = _refused(record)
    own = sum(1 for o in refused if o.attached)
    return own <= len(refused) - own


def _separate_is_next(
    result: Plan, record: Record, verdict: Verdict, bounds: Bounds, own: list[Order]
) -> bool:
    """True where the exchange keeps no stop on the position, refused to, or has not shown ours as sent in time."""
    if bounds.protection is not Protection.ATTACHED:
        return True
    if any(o.alive and o.read_back for o in own):
        return False
    own_is_next = _own_is_next(record, verdict, bounds)
    attached = [o for o in record.of(Leg.STOP) if o.attached]
    if not own and any(o.seen_at_us is not None for o in attached):
        return not own_is_next
    if verdict.filled > 0 and not own_is_next and not any(o.alive for o in attached):
        return True
    due = max(looked_since_us(record, verdict, bounds), last_sent_us(own)) + bounds.write_patience_us
    if due > verdict.now_us:
        result.wake(due)
    return due <= verdict.now_us


def looked_since_us(record: Record, verdict: Verdict, bounds: Bounds) -> int:
    """Since when the position's own stop could have been read back: the entry's answer, or the end of our patience."""
    entry = record.entry
    sent = entry.sent_at_us if entry.sent_at_us is not None else verdict.now_us
    answered = entry.answered_at_us if entry.answered_at_us is not None else sent + bounds.write_patience_us
    return max(answered, record.sightings.since_us)


def _may_precede_fill(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """A reduce-only stop may go on acknowledgement, or once the entry's request has been unanswered too long."""
    entry = record.entry
    if bounds.protection not in (Protection.ATTACHED, Protection.ON_ACKNOWLEDGEMENT):
        return False
    if entry.sending is Sending.IN_FLIGHT:
        return verdict.now_us >= (entry.sent_at_us or verdict.now_us) + bounds.write_patience_us
    return entry.sending in ANSWERED
