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
    sights = (record.sightings.dated, record.sightings.undated)
    return max((s for s in sights if s is not None), key=lambda s: s.asked_at_us, default=None)


def on_our_side(record: Record, sight: PositionSight | None) -> Decimal:
    """The quantity on our side; a look from before our first send shows somebody else's position, if any."""
    sent = record.entry.first_sent_at_us
    if sight is None or sent is None or sight.asked_at_us < sent or sight.view.side is not record.intent.side:
        return NOTHING
    return sight.view.quantity


def relevant(record: Record) -> tuple[Fill, ...]:
    """Fills of our entry, and every closing fill since it was sent."""
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


def _last_fill_us(record: Record) -> int | None:
    """The exchange's time of the last fill that is known: by fills where they explain the order, else by the order."""
    times: list[int | None] = [fill.time_us for fill in relevant(record)]
    for order in record.orders:
        if order.filled > sum(f.quantity for f in record.fills_of(order)):
            times.append(order.updated_at_us if order.updated_at_us is not None else order.seen_at_us)
    return max((t for t in times if t is not None), default=None)


def fresh_look(record: Record, bounds: Bounds) -> PositionSight | None:
    """The newest look not older than the last known fill: by the exchange's own time, or by having waited it out."""
    last = _last_fill_us(record)
    if last is None:
        return None
    late = last + bounds.visibility_us + bounds.clock_skew_us
    sights = [s for s in (record.sightings.dated, record.sightings.undated) if s is not None]
    dated = (s for s in sights if s.view.updated_at_us is not None and s.view.updated_at_us >= last)
    waited = (s for s in sights if s.asked_at_us >= late)
    return max((*dated, *waited), key=lambda s: s.asked_at_us, default=None)


def is_reversed(record: Record, fresh: PositionSight | None) -> bool:
    """True when a fresh look shows a position on the other side."""
    if fresh is None or fresh.view.side is None or fresh.view.quantity <= 0:
        return False
    return fresh.view.side is not record.intent.side
