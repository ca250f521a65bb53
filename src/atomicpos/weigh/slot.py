"""What the slot shows: the newest look, and the looks that cannot be older than the last known fill."""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..models import Fill, total
from ..record import Record
from ..sightings import PositionSight

NOTHING = Decimal(0)


def newest(record: Record) -> PositionSight | None:
    """The look that was asked for last, fresh or not."""
    dated, undated = record.sightings.dated, record.sightings.undated
    if dated is None or undated is None:
        return undated if dated is None else dated
    return undated if undated.asked_at_us > dated.asked_at_us else dated


def on_our_side(record: Record, sight: PositionSight | None) -> Decimal:
    """The quantity on our side; a look from before our first send shows somebody else's position, if any."""
    sent = record.entry.first_sent_at_us
    if sight is None or sent is None or sight.asked_at_us < sent or sight.view.side is not record.intent.side:
        return NOTHING
    return sight.view.quantity


def relevant(record: Record) -> tuple[Fill, ...]:
    """Fills of our entry, and every closing fill since it was sent."""
    if not record.sightings.fills:
        return ()
    entry, closing = record.entry, record.intent.side.closing
    ours = record.fills_of(entry)
    since = min((f.time_us for f in ours), default=entry.created_at_us)
    if since is None:
        return ours
    return tuple(f for f in record.sightings.fills if f in ours or (f.order_side is closing and f.time_us >= since))


def foreign_opening(record: Record) -> Decimal:
    """What others opened or enlarged on our side since our entry: theirs, announced and never touched (I6)."""
    entry, opening = record.entry, record.intent.side.opening
    since = min((f.time_us for f in record.fills_of(entry)), default=entry.created_at_us)
    if since is None:
        return NOTHING
    ours = record.fills_of(entry)
    theirs = (f for f in record.sightings.fills if f.order_side is opening and f not in ours and f.time_us >= since)
    return total(f.quantity for f in theirs)


def _last_fill_us(record: Record, fills: tuple[Fill, ...]) -> int | None:
    """The exchange's time of the last fill that is known: by fills where they explain the order, else by the order."""
    times = [fill.time_us for fill in fills]
    for order in record.orders:
        if order.filled > sum([f.quantity for f in record.fills_of(order)]):
            at_us = order.updated_at_us if order.updated_at_us is not None else order.seen_at_us
            times += [] if at_us is None else [at_us]
    return max(times, default=None)


def fresh_look(record: Record, fills: tuple[Fill, ...], bounds: Bounds) -> PositionSight | None:
    """The newest look not older than the last known fill: by the exchange's own time, or by having waited it out.

    ``fills`` are the relevant ones.
    """
    last = _last_fill_us(record, fills)
    if last is None:
        return None
    late = last + bounds.visibility_us + bounds.clock_skew_us
    fresh = [
        sight for sight in (record.sightings.dated, record.sightings.undated) if sight is not None
        and (sight.asked_at_us >= late or (sight.view.updated_at_us is not None and sight.view.updated_at_us >= last))
    ]
    return max(fresh, key=lambda sight: sight.asked_at_us, default=None)


def is_reversed(record: Record, fresh: PositionSight | None) -> bool:
    """True when a fresh look shows a position on the other side."""
    if fresh is None or fresh.view.side is None or fresh.view.quantity <= 0:
        return False
    return fresh.view.side is not record.intent.side
