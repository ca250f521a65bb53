"""How long a position was without a live stop: pure interval arithmetic over the exchange's own times (I10)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .models import Leg, Order, OrderStatus
from .record import Record

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stop at work over a quantity from ``start_us`` to ``end_us``; None means that it lasts."""

    start_us: int
    end_us: int | None
    quantity: Decimal | None = None
    """What it covers; None for the whole position, whatever its size."""


def filled_since_us(record: Record) -> int | None:
    """The earliest moment at which a fill of the entry may have happened; None while none is known.

    A fill's own time is exact; the order's creation at the exchange, or our first send, are earlier: they give the
    upper bound of the exposure.
    """
    entry = record.entry
    fills = record.fills_of(entry)
    if fills and sum([f.quantity for f in fills]) >= entry.filled:
        return min([f.time_us for f in fills])
    if entry.filled <= 0 and record.filled_quantity <= 0:
        return None
    return entry.created_at_us if entry.created_at_us is not None else entry.first_sent_at_us


def cover(record: Record, order: Order) -> Stretch | None:
    """The stretch in which this stop was at work, as far as it was read back; None when it never covered.

    A separate stop that reads otherwise than it was sent, able to enlarge for example, covers nothing. One that the
    exchange keeps on the position covers all of it, from the first fill on when it came with the entry.
    """
    known = order.seen_at_us is not None if order.attached else order.read_back
    if order.leg is not Leg.STOP or not known or order.status in (None, OrderStatus.UNKNOWN):
        return None
    start = _start_us(record, order)
    if start is None:
        return None
    quantity = None if order.attached else order.quantity
    end = None if order.alive else order.updated_at_us if order.updated_at_us is not None else start
    gone = _flat_us(record, start) if order.attached else None
    if gone is not None and (end is None or gone < end):
        end = gone
    return Stretch(start, end, quantity)


def _flat_us(record: Record, since_us: int) -> int | None:
    """When the sighted fills first closed all that had filled by then: the position's own stop went with it."""
    held, ours = NOTHING, record.fills_of(record.entry)
    for fill in record.sightings.fills:
        if fill in ours:
            held += fill.quantity
        elif fill.order_side is record.intent.side.closing and held > 0:
            held -= fill.quantity
            if held <= 0 and fill.time_us >= since_us:
                return fill.time_us
    return None


def _start_us(record: Record, order: Order) -> int | None:
    if order.attached and order.rides:
        return filled_since_us(record)
    return order.created_at_us if order.created_at_us is not None else order.seen_at_us


def covers(record: Record, needed: Decimal) -> tuple[Stretch, ...]:
    """All stretches in which our stops together covered that quantity, in order."""
    stretches = [s for o in record.of(Leg.STOP) if (s := cover(record, o)) is not None]
    parts = [s for s in stretches if s.quantity is not None and s.quantity < needed]
    whole = [Stretch(s.start_us, s.end_us) for s in stretches if s not in parts]
    together = _together(parts, needed) if parts else []
    return tuple(sorted(whole + together, key=lambda s: s.start_us))


def _together(parts: list[Stretch], needed: Decimal) -> list[Stretch]:
    """The stretches in which several smaller stops sum to what is needed (F27: a stop may have to be split)."""
    edges = sorted({t for s in parts for t in (s.start_us, s.end_us) if t is not None})
    found = []
    for start, end in zip(edges, [*edges[1:], None], strict=False):
        live = [s for s in parts if s.start_us <= start and (s.end_us is None or s.end_us > start)]
        if sum((s.quantity or NOTHING for s in live), NOTHING) >= needed > 0:
            found.append(Stretch(start, end))
    return found


def uncovered_us(start_us: int, end_us: int, stretches: tuple[Stretch, ...]) -> int:
    """How much of [start, end] lies in none of the stretches."""
    open_us, at = 0, start_us
    for stretch in stretches:
        if stretch.start_us > at:
            open_us += max(min(stretch.start_us, end_us) - at, 0)
        at = max(at, end_us if stretch.end_us is None else stretch.end_us)
        if at >= end_us:
            return open_us
    return open_us + max(end_us - at, 0)


def naked_since_us(record: Record, needed: Decimal) -> int | None:
    """When the present stretch without a live stop began; None when covered or not filled."""
    start = filled_since_us(record)
    if start is None:
        return None
    stretches = covers(record, needed)
    if any(s.end_us is None for s in stretches):
        return None
    return max([start, *(s.end_us for s in stretches if s.end_us is not None)])


def naked_us(record: Record, share: Decimal, now_us: int) -> int:
    """How long the present stretch without a live stop over that share has lasted."""
    since = naked_since_us(record, share) if share > 0 else None
    return 0 if since is None else max(now_us - since, 0)


def exposure_us(record: Record, filled: Decimal, needed: Decimal, end_us: int) -> int:
    """All stretches without a live stop over what is needed until then, added (I10)."""
    start = filled_since_us(record) if filled > 0 else None
    if start is None:
        return 0
    return uncovered_us(start, max(end_us, start), covers(record, needed))


def known_until_us(record: Record, now_us: int) -> int:
    """Now, or the last moment that the exchange has dated where our clock is behind its: that much has passed."""
    until_us = now_us
    for order in record.orders:
        until_us = max(until_us, order.created_at_us or 0, order.updated_at_us or 0)
    return until_us
