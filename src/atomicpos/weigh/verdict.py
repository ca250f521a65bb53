"""Weigh the evidence: a pure function of the row, the bounds and the time. It decides what is proven, and by what.

Nothing here believes an absence before its horizon, an error at all, or an acknowledgement as a fill. What is not
proven stays unknown, and unknown holds the slot (I1, I2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..evidence import BUILT_IN
from ..exposure import exposure_us, naked_us
from ..models import Leg, Order, Proof, ProofKind
from ..record import Record
from ..settings import Bounds
from ..sightings import PositionSight
from .entry import average_fill, is_final, never_filled, shown_filled
from .exits import closed_quantities, flat_proof, gone_at, our_share
from .protection import at_work, confirmed_stop
from .slot import fresh_look, is_reversed, newest, on_our_side


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence shows at ``now_us``. Quantities are in the base asset."""

    now_us: int
    filled: Decimal
    """Of our entry, as far as shown."""
    average: Decimal | None
    entry_final: bool
    """The entry was read as dead or filled, or was proven never accepted."""
    never_filled: Proof | None
    closed: Decimal
    """Opposite fills since the entry: ours, the exchange's, anybody's."""
    closed_by_us: Decimal
    observed: Decimal
    """What the newest look at the slot showed on our side."""
    fresh: PositionSight | None
    """The newest look at the slot that cannot be older than the last known fill."""
    reversed: bool
    """The slot holds a position on the other side."""
    share: Decimal
    """Our share: fills of our entry less the exits since, never more than a fresh look shows."""
    stop: Order | None
    """The stop that fulfils I3, if there is one."""
    covered: bool
    """A stop of ours is live, or was acknowledged and not yet read back."""
    flat: Proof | None
    """Our share is proven gone; our orders may still be alive."""
    loose: tuple[Order, ...]
    """Orders of ours that are alive or may still arrive."""
    ended: Proof | None
    """Nothing of the entry is left and nothing of ours may arrive: the only thing that lets a row settle."""
    naked_us: int
    """How long the present stretch without a live stop has lasted."""
    exposure_us: int
    """All such stretches, added (I10)."""


def weigh(record: Record, bounds: Bounds, now_us: int) -> Verdict:
    """The verdict on one row. Pure: the same row, bounds and time give the same verdict."""
    entry = record.entry
    observed_sight = newest(record)
    observed = on_our_side(record, observed_sight)
    fresh = fresh_look(record, bounds)
    filled = shown_filled(record, observed)
    never = never_filled(record, bounds, now_us) if filled <= 0 else None
    final = never is not None or is_final(entry, bounds, now_us)
    by_us, closed = closed_quantities(record)
    closed = max(closed, record.closed_quantity)
    reversed_ = is_reversed(record, fresh)
    share = our_share(record, filled, closed, fresh)
    loose = tuple(order for order in record.orders if not order.settled and not (order is entry and never is not None))
    flat = flat_proof(filled, final, closed, fresh)
    average = average_fill(record, filled, fresh)
    end_us = gone_at(record, closed, filled) or now_us
    return Verdict(
        now_us=now_us,
        filled=filled,
        average=average,
        entry_final=final,
        never_filled=never,
        closed=closed,
        closed_by_us=by_us,
        observed=observed,
        fresh=fresh,
        reversed=reversed_,
        share=share,
        stop=confirmed_stop(record, bounds, now_us, average, share, fresh) if final and not reversed_ else None,
        covered=any(at_work(order) for order in record.of(Leg.STOP)),
        flat=flat,
        loose=loose,
        ended=_ended(record, never or flat, loose),
        naked_us=naked_us(record, share, now_us),
        exposure_us=exposure_us(record, filled, end_us),
    )


def _ended(record: Record, shown: Proof | None, loose: Iterable[Order]) -> Proof | None:
    """A proof ends a row only when nothing of ours is alive or may arrive, and it is newer than the last send (I2).

    A user's own source that sees exposure vetoes the end.
    """
    if shown is None or any(loose) or _vetoed(record):
        return None
    last_send = record.last_send_at_us
    if shown.kind is ProofKind.NOT_SENT or last_send is None or shown.at_us >= last_send:
        return shown
    return None


def _vetoed(record: Record) -> bool:
    return any(look.quantity_seen for name, look in record.sightings.looks.items() if name not in BUILT_IN)
