"""Fold what was read of our orders into them. Monotone: final is sticky, filled only grows, doubt is never lost."""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..evidence import Evidence, OrderView
from ..frozen import replace
from ..models import Leg, Order, OrderStatus, Refusal, Sending, total
from ..record import Record


def fold_orders(record: Record, evidence: Evidence, bounds: Bounds) -> Record:
    """The row after what one finding shows of its orders by their ids, and of their fills."""
    after = record
    for view in evidence.orders:
        after = fold_view(after, view, evidence.asked_at_us)
    for order in after.orders:
        if order.client_order_id in evidence.absent_ids:
            after = after.with_order(_absent(order, after.entry, evidence.asked_at_us, bounds))
    return fold_fills(after) if evidence.fills else after


def fold_fills(record: Record) -> Record:
    """The row after its orders were given what the fills that were sighted show of them."""
    after = record
    for order in after.orders:
        after = after.with_order(_with_fills(after, order))
    return after


def fold_view(record: Record, view: OrderView, asked_at_us: int) -> Record:
    """The row after one reading of one order; a reading of somebody else's order changes nothing."""
    order = record.named(view.client_order_id)
    if order is None:
        return record
    return record.with_order(_seen(order, view, asked_at_us, record.intent.tick))


def _seen(order: Order, view: OrderView, asked_at_us: int, tick: Decimal) -> Order:
    status = _status(order, view, asked_at_us)
    newest = order.seen_at_us is None or asked_at_us >= order.seen_at_us
    return replace(
        order,
        status=status,
        filled=max(order.filled, view.filled or Decimal(0)),
        average=average_of(order, view),
        exchange_order_id=view.exchange_order_id or order.exchange_order_id,
        created_at_us=order.created_at_us if view.created_at_us is None else view.created_at_us,
        updated_at_us=later(order.updated_at_us, view.updated_at_us),
        seen_at_us=asked_at_us if newest else order.seen_at_us,
        read_back=reads_back(order, view, tick) if newest and not status.final else order.read_back,
        sending=Sending.ACKNOWLEDGED if order.unanswered else order.sending,
        absent_since_us=None,
    )


def average_of(order: Order, view: OrderView) -> Decimal | None:
    """The average of all that filled; one of a smaller quantity than is known says nothing of the rest (F08, F11)."""
    shown = view.filled or Decimal(0)
    if shown < order.filled:
        return order.average
    if view.average is not None:
        return view.average
    return order.average if shown == order.filled else None


def _status(order: Order, view: OrderView, asked_at_us: int) -> OrderStatus:
    """The status after this view: final is sticky, and a final view that does not add up is no view (F03)."""
    before = order.status
    if before is not None and before.final:
        return before
    status = view.status
    if status.final and view.filled is None:
        status = OrderStatus.UNKNOWN
    if status is OrderStatus.FILLED and (view.filled or 0) < order.quantity and order.leg is Leg.ENTRY:
        status = OrderStatus.UNKNOWN
    if status.final:
        return status
    older = order.seen_at_us is not None and asked_at_us < order.seen_at_us
    if before is not None and (older or status is OrderStatus.UNKNOWN):
        return before
    return status


def later(one: int | None, other: int | None) -> int | None:
    """The later of two moments, where both are known."""
    return max((t for t in (one, other) if t is not None), default=None)


def reads_back(order: Order, view: OrderView, tick: Decimal) -> bool:
    """True when the reading confirms what I3 asks of a stop: closing side, unable to enlarge, our trigger and size.

    One without an id of ours never fulfils I3, but covers: whatever price its trigger is compared with, which not every
    exchange lets be said with an entry; and as the whole position's where it shows no quantity.
    """
    if order.trigger_price is None or view.trigger_price is None:
        return False
    whole = order.attached or (order.unnamed and not view.quantity)
    enough = whole or (view.quantity is not None and view.quantity >= order.quantity)
    return (
        view.order_side is order.order_side
        and view.reduce_only is True
        and abs(view.trigger_price - order.trigger_price) <= tick
        and (view.trigger_by is order.trigger_by or order.unnamed)
        and enough
    )


def _absent(order: Order, entry: Order, asked_at_us: int, bounds: Bounds) -> Order:
    """What an absence says of an order that was sent, and of a stop that was to come with the entry."""
    if order.with_entry and order.status is None:
        return _unborn(order, entry, asked_at_us, bounds)
    return _missing(order, asked_at_us, bounds)


def _unborn(order: Order, entry: Order, asked_at_us: int, bounds: Bounds) -> Order:
    """Count an absence of a stop that rides on the entry: only one that was asked for after the entry's end counts.

    Two of them past the horizon, a gap apart, prove that it is not there, once the exchange was asked to cancel it
    after that end as well; or one together with its refusal to: the matching engine is the better witness. An entry
    that filled whole brings it, so that absences alone prove nothing. One without an id of ours has no name to ask by:
    for it they must do.
    """
    since = entry.over_since_us
    if since is None or asked_at_us < since:
        return order
    first = order.absent_since_us if order.absent_since_us is not None else asked_at_us
    twice = asked_at_us >= since + bounds.horizon_us and asked_at_us >= first + bounds.round_gap_us
    cancelled = order.cancel_sent_at_us is not None and since <= order.cancel_sent_at_us <= asked_at_us
    proven = (twice and (cancelled or order.unnamed)) or (cancelled and order.refusal is Refusal.UNKNOWN_ORDER)
    return replace(order, absent_since_us=first, proven_absent=order.proven_absent or proven)


def _missing(order: Order, asked_at_us: int, bounds: Bounds) -> Order:
    """Count an absence that was asked for after the horizon; two of them a gap apart prove it was never accepted.

    An exit that had been seen alive is gone only when the exchange also refused to cancel it as unknown: old final
    orders leave the listings, and the matching engine is the better witness. An entry is never gone like that: a
    filled one answers the same.
    """
    since = order.sent_at_us if order.status is None else order.seen_at_us
    doubtful = order.status is not None or order.sending is Sending.UNKNOWN
    if since is None or not doubtful or asked_at_us < since + bounds.horizon_us:
        return order
    first = order.absent_since_us if order.absent_since_us is not None else asked_at_us
    twice = asked_at_us >= first + bounds.round_gap_us
    after = replace(order, absent_since_us=first)
    if order.alive:
        gone = twice and order.refusal is Refusal.UNKNOWN_ORDER and order.leg is not Leg.ENTRY
        return replace(after, status=OrderStatus.DEAD) if gone else after
    return replace(after, proven_absent=order.proven_absent or twice) if order.status is None else after


def _with_fills(record: Record, order: Order) -> Order:
    fills = record.fills_of(order)
    shown = total(f.quantity for f in fills)
    if shown <= 0:
        return order
    # no order fills beyond its quantity: one of them is none then, a garbled second showing of another perhaps
    whole = shown if order.attached else min(shown, order.quantity)
    paid = total(f.quantity * f.price for f in fills)
    newer = whole > order.filled or (order.average is None and whole == order.filled)
    average = paid / shown if newer else order.average
    filled = replace(order, filled=max(order.filled, whole), average=average)
    if whole < order.quantity or (order.status is not None and order.status.final):
        return filled
    # fills that sum to the whole order leave nothing of it to be read, so they are what tells its times
    first_us, last_us = min(f.time_us for f in fills), max(f.time_us for f in fills)
    created_us = order.created_at_us if order.created_at_us is not None else first_us
    updated_us = later(order.updated_at_us, last_us)
    return replace(filled, status=OrderStatus.FILLED, created_at_us=created_us, updated_at_us=updated_us)
