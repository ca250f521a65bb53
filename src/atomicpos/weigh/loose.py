"""What of ours is alive or may still arrive: none of it may be left behind when a row ends (I2)."""

from __future__ import annotations

from ..bounds import Bounds
from ..models import Leg, Order, OrderStatus, Proof, Sending
from ..record import Record
from ..sightings import PositionSight


def is_loose(
    record: Record, order: Order, flat: Proof | None, fresh: PositionSight | None, bounds: Bounds, now_us: int
) -> bool:
    """True for an order of ours that is alive or may still arrive."""
    if order.settled or (order.leg is Leg.TARGET and order.sending is Sending.INTENDED):
        return False  # an intended target leaves only while the position is protected
    if order.rides and order.status is None and (order.attached or _brings_nothing(record.entry)):
        return False  # it is part of the entry's request: where that can no longer arrive, neither can this
    if not order.attached:
        return True
    if order.status is None and order.sending is not Sending.ACKNOWLEDGED:
        return order.sent_at_us is None or now_us <= order.sent_at_us + bounds.last_word_us
    # the position's own stop goes with the position; it is left over only where somebody else's position remains, and
    # where that is another row's, so is the stop
    theirs = flat is None or record.slotless
    return not theirs and order.alive and fresh is not None and fresh.view.stop_price == order.trigger_price


def late_until_us(record: Record, fresh: PositionSight | None, bounds: Bounds) -> int:
    """Until when an earlier send of the position's own stop may still set it, although a later one was answered, or an
    earlier cancel of it may still take away what stands there by then; long ago where each was sent once.

    It has no id by which the exchange would know it again. Where something is left for it to stand on, reads have to
    have had the time to show it, too.
    """
    own = [o for o in record.orders if o.attached]
    left = fresh is not None and fresh.view.quantity != 0
    seen_us = bounds.horizon_us if left else bounds.last_word_us
    set_again = (o.sent_at_us + seen_us for o in own if o.sends > 1 and o.sent_at_us is not None)
    cancelled = (o.cancel_sent_at_us for o in own if o.cancels > 1 and o.cancel_sent_at_us is not None)
    return max((*set_again, *(at_us + bounds.last_word_us for at_us in cancelled)), default=0)


def _brings_nothing(entry: Order) -> bool:
    """True for an entry that fills nothing, now or later: a stop that comes with its fills cannot come either."""
    return entry.never_existed or (entry.status is OrderStatus.DEAD and entry.filled <= 0)
