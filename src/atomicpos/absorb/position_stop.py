"""Fold what was seen of the stop that the exchange keeps on the position itself into our attached stops.

That stop has no id of ours. It is ours while it shows the trigger of an intent of ours: the newest one whose request
had left when the look was asked for. A position on our side is a witness of it even when it shows none, because a
guard stop binds with the first fill: so one look that shows another trigger, or none, is a doubt, and the next one
that does so is the end of what we knew. Setting it again is harmless, so a doubt too many costs a request. A look that
was asked for before a move left, and shows what it set, is none: between the two stops there was no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..bounds import Bounds
from ..evidence import Evidence, OrderView
from ..frozen import replace
from ..models import Order, OrderStatus, Sending
from ..record import Record
from .orders import later, reads_back


def fold_position_stop(record: Record, evidence: Evidence, bounds: Bounds) -> Record:
    """The row after one finding about the slot, or about the slot's stop as an order."""
    after, asked_at_us = record, evidence.asked_at_us
    view, stop = evidence.position, evidence.position_stop
    if view is not None and view.quantity > 0 and view.side is record.intent.side:
        after = _witnessed(after, view.stop_price, None, asked_at_us, bounds)
    if stop is not None:
        after = _witnessed(after, stop.trigger_price, stop, asked_at_us, bounds)
    return after


def waiting(record: Record) -> tuple[Order, ...]:
    """Our attached stops that were sent and may be the one on the position, the newest first."""
    sent = (o for o in record.orders if o.attached and o.sends > 0 and not o.settled)
    return tuple(sorted(sent, key=lambda order: -order.attempt))


def _witnessed(
    record: Record, trigger: Decimal | None, stop: OrderView | None, asked_at_us: int, bounds: Bounds
) -> Record:
    candidates = [o for o in waiting(record) if o.sent_by(asked_at_us) and _tells(record, o)]
    tick = record.intent.tick
    lagging = [o for o in candidates if _stood_before(record, o, trigger, asked_at_us, bounds)]
    doubtful = [o for o in candidates if o not in lagging or _was_replaced(o, stop)]
    at = next((n for n, o in enumerate(candidates) if _shows(o, trigger, tick)), None)
    if at is None:
        if any(_shows(o, trigger, tick) for o in waiting(record) if not o.sent_by(asked_at_us)):
            return record  # a move of ours overtook the look: it shows what took the place, and doubts nothing
        if all(o.leaving for o in waiting(record)):
            record = _replaced(record, (_shown(o, stop, asked_at_us, tick) for o in _arrived(record, trigger)))
        return _replaced(record, (_doubted(o, asked_at_us) for o in doubtful))
    newer, shown, older = candidates[:at], candidates[at], candidates[at + 1 :]
    gone = (_doubted(o, asked_at_us) for o in newer if o in doubtful and o.status is not None)
    after = _replaced(record, (_superseded(o, asked_at_us) for o in older))
    return _replaced(_replaced(after, gone), (_shown(shown, stop, asked_at_us, tick),))


def _arrived(record: Record, trigger: Decimal | None) -> Iterator[Order]:
    """One that was held to be gone and that an earlier send, which had no answer, has set once more.

    While another of ours is to stand there it is that one's doubt; now there is none.
    """
    tick = record.intent.tick
    gone = (o for o in record.orders if o.attached and o.sends > 1 and o.status is OrderStatus.DEAD)
    return (o for o in gone if _shows(o, trigger, tick))


def _stood_before(record: Record, order: Order, trigger: Decimal | None, asked_at_us: int, bounds: Bounds) -> bool:
    """True for a look that only lags: it shows an earlier trigger of ours, and reads may still show that one."""
    if order.sent_by(asked_at_us - bounds.visibility_us - bounds.clock_skew_us):
        return False
    return any(_shows(o, trigger, record.intent.tick) for o in _earlier(record, order))


def _earlier(record: Record, order: Order) -> Iterator[Order]:
    return (o for o in record.orders if o.attached and o.attempt < order.attempt)


def _was_replaced(order: Order, stop: OrderView | None) -> bool:
    """True when what is shown was set later than ours, by the exchange's own time: a request that was late overtook."""
    if stop is None or stop.updated_at_us is None or order.updated_at_us is None:
        return False
    return stop.updated_at_us > order.updated_at_us


def _tells(record: Record, order: Order) -> bool:
    """False for an unanswered one at a trigger that stood before: a late reading of that one looks the same."""
    if not order.unanswered:
        return True
    return all(o.trigger_price != order.trigger_price for o in _earlier(record, order))


def _shows(order: Order, trigger: Decimal | None, tick: Decimal) -> bool:
    return trigger is not None and order.trigger_price is not None and abs(trigger - order.trigger_price) <= tick / 2


def _shown(order: Order, stop: OrderView | None, asked_at_us: int, tick: Decimal) -> Order:
    created = order.created_at_us if stop is None or order.rides else stop.created_at_us
    updated = order.updated_at_us if stop is None or stop.updated_at_us is None else stop.updated_at_us
    return replace(
        order,
        updated_at_us=updated,
        status=OrderStatus.UNTRIGGERED,
        sending=Sending.ACKNOWLEDGED if order.unanswered else order.sending,
        seen_at_us=later(order.seen_at_us, asked_at_us),
        absent_since_us=None,
        read_back=order.read_back if stop is None else reads_back(order, stop, tick),
        exchange_order_id=order.exchange_order_id if stop is None else stop.exchange_order_id,
        created_at_us=created,
    )


def _doubted(order: Order, asked_at_us: int) -> Order:
    """Not on the position: the first look that says so is a doubt, a later one the end of it.

    One that was set and never seen may only lag; one that rides binds with the first fill, or never.
    """
    if order.status is None and not order.rides:
        return order
    if order.absent_since_us is None:
        return replace(order, absent_since_us=asked_at_us)
    if asked_at_us <= order.absent_since_us:
        return order
    return replace(order, status=OrderStatus.DEAD, updated_at_us=order.seen_at_us)


def _superseded(order: Order, asked_at_us: int) -> Order:
    """Another trigger of ours took its place: the cover had no gap. One whose sending is doubtful may still arrive."""
    if order.status is None and order.unanswered:
        return order
    return replace(order, status=OrderStatus.DEAD, updated_at_us=asked_at_us)


def _replaced(record: Record, orders: Iterable[Order]) -> Record:
    for order in tuple(orders):
        record = record.with_order(order)
    return record
