"""What was sent and not answered for certain: sent again under its own id, or cancelled again, after a pause."""

from __future__ import annotations

from ..bounds import Bounds
from ..doubling import doubled_us
from ..models import Order, Refusal, Sending
from ..record import Record
from ..weigh import Verdict
from .pauses import CANCEL_FIRST_US, CANCEL_MOST_US, CANCEL_UNKNOWN_US, retry_us
from .steps import Cancel, Place, Plan


def send_again(result: Plan, order: Order, verdict: Verdict, bounds: Bounds) -> None:
    """Send an order of unknown outcome again where that cannot double it; else it is only looked up.

    Setting the position's own stop to what it is already changes nothing; a separate order may go again under its id
    where a living duplicate is refused; what rides on the entry goes with the entry, once. One whose request is still
    under way is sent beside it: the client's own timeout is never what a stop or a close waits for.
    """
    if order.rides or order.status is not None or order.sent_at_us is None or not order.unanswered:
        return
    if not order.attached and (not bounds.duplicate_ids_refused or order.refusal is Refusal.DUPLICATE_ID):
        return
    due = order.sent_at_us + max(bounds.write_patience_us, retry_us(order.sends))
    beside = order.sending is Sending.IN_FLIGHT
    step = Place(
        order.leg, order.attempt, order.quantity, order.trigger_price, order.limit_price, order.attached, beside
    )
    result.when(due, verdict.now_us, step)


def cancel(result: Plan, order: Order, now_us: int) -> None:
    """Cancel, and again only after a pause in which a lagging reading may still show the order dead."""
    first = CANCEL_UNKNOWN_US if order.refusal is Refusal.UNKNOWN_ORDER else CANCEL_FIRST_US
    sent, pause = order.cancel_sent_at_us, doubled_us(first, order.cancels, CANCEL_MOST_US)
    due = now_us if sent is None else sent + pause
    result.when(due, now_us, Cancel(order.leg, order.attempt))


def cancel_loose(result: Plan, record: Record, orders: tuple[Order, ...], verdict: Verdict, bounds: Bounds) -> None:
    """Cancel those of the orders that are alive or may still arrive."""
    for order in orders:
        unsent = order.sending in (Sending.INTENDED, Sending.IN_FLIGHT)
        if order not in verdict.loose or unsent or not (order.alive or not order.attached):
            continue
        if order.unnamed and order.exchange_order_id is None:
            continue  # there is nothing to call it by: it is looked for until it shows, or is held to be absent
        if order.status is None and order.with_entry:
            _cancel_unborn(result, record.entry, order, verdict, bounds)
        else:
            cancel(result, order, verdict.now_us)


def _cancel_unborn(result: Plan, entry: Order, order: Order, verdict: Verdict, bounds: Bounds) -> None:
    """A stop that was to come with the entry and was not seen: asked for once it must have come, and not before.

    An entry whose end only its fills show may never have been read itself.
    """
    due = None if entry.over_since_us is None else entry.over_since_us + bounds.write_patience_us
    if due is not None and due <= verdict.now_us:
        cancel(result, order, verdict.now_us)
    elif due is not None:
        result.wake(due)
