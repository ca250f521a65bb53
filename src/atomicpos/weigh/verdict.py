"""Weigh the evidence: a pure function of the row, the bounds and the time. It decides what is proven, and by what.

Nothing here believes an absence before its horizon, an error at all, or an acknowledgement as a fill. What is not
proven stays unknown, and unknown holds the slot (I1, I2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..bounds import Bounds
from ..evidence import BUILT_IN
from ..exposure import exposure_us, known_until_us, naked_us
from ..models import Leg, Order, Proof, ProofKind
from ..record import Record
from ..sightings import PositionSight
from .entry import average_fill, is_final, never_filled, shown_filled
from .exits import closed_quantities, flat_proof, gone_at, our_share
from .loose import is_loose, late_until_us
from .protection import at_work, confirmed_stops, foreign_trigger, liquidated_first
from .resolution import operator_proof, refused
from .slot import fresh_look, is_reversed, newest, on_our_side, relevant
from .triggers import wanted


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
    wanted: Decimal
    """The trigger that a stop must have now."""
    stops: tuple[Order, ...]
    """The stops that together fulfil I3, by the rule in force or by the one being moved to; empty when none do."""
    moved: bool
    """They serve the rule that the stop is being moved to."""
    foreign_trigger: Decimal | None
    """The position's own stop shows this trigger, and it is none of ours."""
    liquidated_first: bool
    """The exchange would liquidate the position before its stop is reached."""
    covered: bool
    """A stop of ours is live, or was acknowledged and not yet read back."""
    flat: Proof | None
    """Our share is proven gone; our orders may still be alive."""
    loose: tuple[Order, ...]
    """Orders of ours that are alive or may still arrive."""
    late_until_us: int
    """Our clock: until then a send or a cancel of the position's own stop that had no answer may still arrive, although
    the slot is flat."""
    ended: Proof | None
    """Nothing of the entry is left and nothing of ours may arrive: the only thing that lets a row settle."""
    resolution_refused: str | None
    """Why an operator's word on the end cannot stand; None while nothing speaks against it, or none was given."""
    alone_at_us: int
    """Our clock: from then on nothing can arrive any more that another owner sent before this one took the row."""
    naked_us: int
    """How long the present stretch without a live stop has lasted."""
    exposure_us: int
    """All such stretches, added (I10)."""

    @property
    def alone(self) -> bool:
        """True when nothing that another owner sent may still arrive: now it may be tidied up, settled, called safe."""
        return self.now_us >= self.alone_at_us

    @property
    def late(self) -> bool:
        """True while the slot is flat, and the position's own stop may still be set or taken away by us."""
        return self.now_us <= self.late_until_us

    @property
    def stop(self) -> Order | None:
        """The first of the stops that fulfil I3."""
        return self.stops[0] if self.stops else None


def weigh(record: Record, bounds: Bounds, now_us: int) -> Verdict:
    """The verdict on one row. Pure: the same row, bounds and time give the same verdict."""
    entry = record.entry
    observed_sight = newest(record)
    observed = on_our_side(record, observed_sight)
    fills = relevant(record)
    fresh = fresh_look(record, fills, bounds)
    filled = shown_filled(record, observed)
    never = never_filled(record, bounds, now_us) if filled <= 0 else None
    final = never is not None or is_final(entry, bounds, now_us)
    by_us, closed = closed_quantities(record, fills)
    closed = max(closed, record.sightings.closed_before)
    reversed_ = is_reversed(record, fresh)
    share = our_share(record, filled, closed, fresh)
    flat = flat_proof(record, filled, final, closed, fresh)
    loose = tuple([o for o in record.orders if is_loose(record, o, flat, fresh, bounds, now_us)])
    late_us = 0 if flat is None else late_until_us(record, fresh, bounds)
    average = average_fill(record, filled, fresh)
    end_us = gone_at(record, closed, filled) or known_until_us(record, now_us)
    trigger = wanted(record, average)
    alone_at_us = _alone_at_us(record, bounds)
    stops, moved = _stops(record, bounds, now_us, average, share, fresh) if final and not reversed_ else ((), False)
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
        wanted=trigger,
        stops=stops,
        moved=moved,
        foreign_trigger=foreign_trigger(record, observed_sight),
        liquidated_first=share > 0 and liquidated_first(record, fresh, trigger),
        covered=_is_covered(record, share),
        flat=flat,
        loose=loose,
        late_until_us=late_us,
        ended=_ended(record, never or flat, loose, now_us <= late_us) if now_us >= alone_at_us else None,
        resolution_refused=refused(record),
        alone_at_us=alone_at_us,
        naked_us=naked_us(record, share, now_us),
        exposure_us=exposure_us(record, filled, max(filled - record.parts_asked, share) or filled, end_us),
    )


def _is_covered(record: Record, share: Decimal) -> bool:
    working = [order for order in record.of(Leg.STOP) if at_work(order)]
    if not working:
        return False
    return any(o.attached for o in working) or sum(o.quantity for o in working) >= share


def _stops(
    record: Record, bounds: Bounds, now_us: int, average: Decimal | None, share: Decimal, fresh: PositionSight | None
) -> tuple[tuple[Order, ...], bool]:
    """The stops that fulfil I3, and whether by the rule that the stop is being moved to, which counts first."""
    moving = record.moving
    if moving is not None and (found := confirmed_stops(record, moving, bounds, now_us, average, share, fresh)):
        return found, True
    return confirmed_stops(record, record.stop_rule, bounds, now_us, average, share, fresh), False


def _alone_at_us(record: Record, bounds: Bounds) -> int:
    """Its requests left before we took the row, signed before that, and the exchange takes none that is older."""
    taken = record.sightings
    return taken.since_us + bounds.last_word_us if taken.taken_over else 0


def _ended(record: Record, shown: Proof | None, loose: Iterable[Order], late: bool) -> Proof | None:
    """A proof ends a row only when nothing of ours is alive or may arrive, and it is newer than the last send (I2); or
    an operator's word does.
    """
    return _shown_to_end(record, shown, loose, late) or operator_proof(record)


def _shown_to_end(record: Record, shown: Proof | None, loose: Iterable[Order], late: bool) -> Proof | None:
    """A user's own source that sees exposure vetoes the end."""
    if shown is None or any(loose) or late or _vetoed(record):
        return None
    last_send = record.last_send_at_us
    if shown.kind is ProofKind.NOT_SENT or last_send is None or shown.at_us >= last_send:
        return shown
    return None


def _vetoed(record: Record) -> bool:
    return any(look.quantity_seen for name, look in record.sightings.looks.items() if name not in BUILT_IN)
