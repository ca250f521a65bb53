"""Which stops fulfil I3: ours, read back lately, waiting, at the exact trigger, together covering our share."""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..evidence import Source
from ..models import Leg, Order, OrderStatus, Sending, State, StopRule
from ..record import Record
from ..sightings import PositionSight
from ..stop_price import beyond
from .triggers import serves, wanted


def confirmed_stops(
    record: Record, rule: StopRule, bounds: Bounds, now_us: int, average: Decimal | None, share: Decimal,
    fresh: PositionSight | None,
) -> tuple[Order, ...]:
    """The stops that together fulfil I3 for that rule: the position's own, one that covers all, or several."""
    if share <= 0 or (average is None and rule.price is None) or not _slot_was_looked_at(record):
        return ()
    if fresh is not None and fresh.view.quantity == 0:
        return ()
    target = wanted(record, average, None if rule is record.stop_rule else rule)
    moving = None if record.moving is None else wanted(record, average, record.moving)
    found = [
        o for o in record.of(Leg.STOP)
        if waits(o) and not o.unnamed and _lately(record, o, bounds, now_us)
        and serves(o.trigger_price, target, record.intent)
        and not record.overtaken(o, but_by=moving)
    ]
    whole = next((o for o in found if o.attached), None) or next((o for o in found if o.quantity >= share), None)
    if whole is not None:
        return (whole,)
    return tuple(found) if sum(o.quantity for o in found) >= share else ()


def waits(order: Order) -> bool:
    """True for a stop that was read back as sent, that had not fired, and that we have not begun to cancel."""
    return order.read_back and order.status is OrderStatus.UNTRIGGERED and not order.leaving


def _slot_was_looked_at(record: Record) -> bool:
    """A stop covers our share of what is there, so the slot is looked at once, whatever the look comes to.

    An exchange may take a reduce-only stop although the position is gone already. An error or an empty answer that
    cannot be fresh holds nothing up; a protected row keeps its word meanwhile.
    """
    return record.state is State.PROTECTED or Source.POSITION_POLL.value in record.sightings.looks


def _lately(record: Record, stop: Order, bounds: Bounds, now_us: int) -> bool:
    """Read back since this drive took the row; a protected row keeps its word until a look could have answered."""
    seen, since = stop.seen_at_us, record.sightings.since_us
    if seen is None:
        return False
    if record.state is State.PROTECTED:
        seen = max(seen, since)
    return seen >= since and now_us - seen <= bounds.visibility_us + bounds.clock_skew_us


def at_work(order: Order) -> bool:
    """True for a stop that reads as living and as it was sent, or that was acknowledged and not read yet.

    One that rides on the entry has no answer of its own: an exchange may drop it without a word, so it must be read.
    """
    if order.status is None:
        return not order.rides and order.sending is Sending.ACKNOWLEDGED and order.absent_since_us is None
    return order.alive and not order.leaving and (order.read_back or order.attached)


def foreign_trigger(record: Record, sight: PositionSight | None) -> Decimal | None:
    """The trigger of a stop on the position that is none of ours; None when there is none."""
    if sight is None or sight.view.stop_price is None or sight.view.side is not record.intent.side:
        return None
    ours = (o.trigger_price for o in record.of(Leg.STOP) if o.attached and o.sends > 0)
    return None if any(sight.view.stop_price == trigger for trigger in ours) else sight.view.stop_price


def liquidated_first(record: Record, fresh: PositionSight | None, trigger: Decimal) -> bool:
    """True when the exchange's own liquidation price lies before the stop: it would never be reached."""
    if fresh is None or fresh.view.side is not record.intent.side or fresh.view.liquidation_price is None:
        return False
    return beyond(fresh.view.liquidation_price, record.intent.side, trigger)
