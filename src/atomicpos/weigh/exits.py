"""What is proven of the exits: how much was closed, by whom, and whether our share is flat."""

from __future__ import annotations

from decimal import Decimal

from ..models import Fill, Leg, Proof, ProofKind, total
from ..record import Record, belongs
from ..sightings import PositionSight
from .slot import NOTHING, foreign_opening, relevant


def closed_quantities(record: Record, fills: tuple[Fill, ...]) -> tuple[Decimal, Decimal]:
    """(closed by our own close orders, closed by anybody): every one of the relevant fills counts once."""
    exits = [order for order in record.orders if order.leg is not Leg.ENTRY]
    closing = record.intent.side.closing
    others = total(
        f.quantity for f in fills if f.order_side is closing and not any(belongs(f, o) for o in exits)
    )
    return record.closed_by_us, _own_exits(record) + others


def our_share(record: Record, filled: Decimal, closed: Decimal, fresh: PositionSight | None) -> Decimal:
    """Fills of our entry less the exits since, never more than a fresh look shows on our side."""
    share = max(filled - closed, NOTHING)
    if fresh is None or fresh.view.side is not record.intent.side:
        return share
    return min(share, fresh.view.quantity)


def flat_proof(
    record: Record, filled: Decimal, final: bool, closed: Decimal, fresh: PositionSight | None
) -> Proof | None:
    """One rule for every ending: a final entry, exits that sum to it, and a fresh look without our share (F38).

    What others opened on our side may stay: then exits of our own, by their ids, must sum to our fills. Where another
    row has the slot, what is left is that row's, however much it is and whenever it was opened.
    """
    if not final or filled <= 0 or closed < filled or fresh is None:
        return None
    left = fresh.view.quantity
    if left == 0:
        detail = f"filled {filled}, closed {closed}, and a fresh look showed the slot empty"
        return Proof(ProofKind.EXITED, fresh.asked_at_us, detail)
    theirs = record.slotless or (fresh.view.side is record.intent.side and left <= foreign_opening(record))
    if not theirs or _own_exits(record) < filled:
        return None
    detail = f"filled {filled}, closed {closed} by orders of ours; the {left} that a fresh look showed are not ours"
    return Proof(ProofKind.EXITED, fresh.asked_at_us, detail)


def _own_exits(record: Record) -> Decimal:
    return total([o.filled for o in record.orders if o.leg is not Leg.ENTRY])


def gone_at(record: Record, closed: Decimal, filled: Decimal) -> int | None:
    """The exchange's time of the last exit once all of it is closed: exposure ends there."""
    if filled <= 0 or closed < filled:
        return None
    times = [f.time_us for f in relevant(record) if f.order_side is record.intent.side.closing]
    exits = [o.updated_at_us for o in record.orders if o.leg is not Leg.ENTRY and o.filled > 0 and o.updated_at_us]
    return max((*times, *exits), default=None)
