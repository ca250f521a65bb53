"""What is proven of our entry: how much filled, whether that is final, and whether it never filled at all."""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..evidence import Source
from ..models import Order, OrderStatus, Proof, ProofKind, Sending
from ..record import Record
from ..sightings import PositionSight
from .slot import newest, on_our_side


def shown_filled(record: Record, observed: Decimal) -> Decimal:
    """By our order or its fills; by a position only together with an order of our id that the exchange knows."""
    entry = record.entry
    shown = max(entry.filled, record.filled_quantity)
    if shown > 0 or entry.created_at_us is None or entry.settled:
        return shown
    dated = record.sightings.dated
    updated_us = None if dated is None else dated.view.updated_at_us
    newer = updated_us is not None and updated_us >= entry.created_at_us
    return max(min(observed, record.intent.quantity), shown) if newer else shown


def average_fill(record: Record, filled: Decimal, fresh: PositionSight | None) -> Decimal | None:
    """From the order, its fills, or the position's own entry price; never from a price that was asked (F08, F21)."""
    if record.entry.average is not None:
        return record.entry.average
    if record.entry_price is not None and record.filled_quantity >= filled:
        return record.entry_price
    if filled > 0 and fresh is not None and fresh.view.side is record.intent.side and fresh.view.quantity == filled:
        return fresh.view.entry_price
    return None


def is_final(entry: Order, bounds: Bounds, now_us: int) -> bool:
    """Read as filled, or as dead where such a row is whole; elsewhere only once its fills must have shown."""
    match entry.status:
        case OrderStatus.FILLED:
            return True
        case OrderStatus.DEAD:
            return bounds.final_rows_are_whole or now_us >= (entry.sent_at_us or now_us) + bounds.horizon_us
        case _:
            return False


def never_filled(record: Record, bounds: Bounds, now_us: int) -> Proof | None:
    """Not sent, refused at the only send, dead unfilled, or absent everywhere past the horizon; else None."""
    entry = record.entry
    at = entry.sent_at_us or record.intent.created_at_us
    if entry.status is OrderStatus.DEAD and is_final(entry, bounds, now_us) and not _contradicted(record):
        return Proof(ProofKind.DEAD_UNFILLED, entry.seen_at_us or now_us, "our entry order was read as dead, filled 0")
    if entry.status is not None:
        return None
    if entry.sending is Sending.NOT_SENT:
        return Proof(ProofKind.NOT_SENT, at, f"no byte of the entry left: {entry.why or 'by the transport'}")
    if entry.sending is Sending.REFUSED:
        return Proof(ProofKind.REFUSED, max(at, now_us), f"the exchange refused the only send: {entry.why or ''}")
    return _absent(record, bounds)


def _contradicted(record: Record) -> bool:
    """True while the slot shows more on our side than others are known to have opened: no witness is overruled.

    Theirs may have filled between our first look at the slot and our entry, so all that was sighted counts.
    """
    shown, opening = on_our_side(record, newest(record)), record.intent.side.opening
    ours = record.fills_of(record.entry)
    theirs = (f.quantity for f in record.sightings.fills if f.order_side is opening and f not in ours)
    return shown > sum(theirs)


def _absent(record: Record, bounds: Bounds) -> Proof | None:
    """Two rounds a gap apart, both after the horizon, in which lookups, fills and the slot all showed nothing."""
    entry = record.entry
    if not entry.proven_absent or entry.sent_at_us is None:
        return None
    horizon = entry.sent_at_us + bounds.horizon_us
    runs = [_asks_after(record, source, horizon) for source in (Source.TRADE_HISTORY, Source.POSITION_POLL)]
    if not all(runs):
        return None
    second_round = max(run[0] for run in runs) + bounds.round_gap_us
    if any(run[-1] < second_round for run in runs):
        return None
    detail = "order, fills and position were absent in two rounds past the horizon"
    return Proof(ProofKind.ABSENT, min(run[-1] for run in runs), detail)


def _asks_after(record: Record, source: Source, horizon_us: int) -> tuple[int, ...]:
    look = record.sightings.looks.get(source.value)
    return tuple(t for t in look.absent_asks_us if t >= horizon_us) if look is not None else ()
