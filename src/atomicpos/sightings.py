"""What was seen of a position since this process took its row: an immutable fold of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .evidence import Evidence, Kind, PositionView
from .frozen import replace
from .models import Fill


@dataclass(frozen=True, slots=True)
class PositionSight:
    """One look at the slot, and when it was asked for (our clock)."""

    view: PositionView
    asked_at_us: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a source said last, and since when it has been saying "absent" without a break."""

    kind: Kind
    asked_at_us: int
    absent_asks_us: tuple[int, ...] = ()
    """When the unbroken run of absent answers was asked for: a "seen" empties it, an "unknown" leaves it."""
    quantity_seen: bool = False
    """True when the last answer that was not unknown showed exposure."""


ABSENT_ASKS_KEPT = 64
"""The newest asks of an absent run that are kept, with its first: a bound on memory, far above what a proof needs."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """The fold. ``dated`` is the newest look by the exchange's own time, ``undated`` the newest without one."""

    since_us: int = 0
    """Our clock: when the present drive took the row."""
    taken_over: bool = False
    """True when another process had it before: what it was doing is not known yet."""
    closed_before: Decimal = Decimal(0)
    """What was known to be closed when the present drive took the row; what it sees itself it counts from its fills."""
    fills: tuple[Fill, ...] = ()
    dated: PositionSight | None = None
    undated: PositionSight | None = None
    looks: dict[str, Look] = field(default_factory=dict)
    mark_price: Decimal | None = None
    """The mark price as last shown."""


def _look(before: Look | None, evidence: Evidence) -> Look:
    if evidence.kind is Kind.UNKNOWN:
        if before is None:
            return Look(Kind.UNKNOWN, evidence.asked_at_us)
        return replace(before, kind=Kind.UNKNOWN, asked_at_us=evidence.asked_at_us)
    if evidence.kind is Kind.SEEN:
        return Look(Kind.SEEN, evidence.asked_at_us, (), quantity_seen=bool(evidence.quantity))
    run = (before.absent_asks_us if before else ()) + (evidence.asked_at_us,)
    if len(run) > ABSENT_ASKS_KEPT:
        run = (run[0], *run[-(ABSENT_ASKS_KEPT - 1):])
    return Look(Kind.ABSENT, evidence.asked_at_us, run)


def _positions(
    sightings: Sightings, evidence: Evidence
) -> tuple[PositionSight | None, PositionSight | None]:
    view = evidence.position
    if view is None:
        return sightings.dated, sightings.undated
    sight = PositionSight(view, evidence.asked_at_us)
    if view.updated_at_us is None:
        if sightings.undated is None or sight.asked_at_us >= sightings.undated.asked_at_us:
            return sightings.dated, sight
        return sightings.dated, sightings.undated
    known = sightings.dated
    newer = known is None or (view.updated_at_us, sight.asked_at_us) >= (known.view.updated_at_us, known.asked_at_us)
    return (sight if newer else known), sightings.undated


def _fills(known: tuple[Fill, ...], shown: tuple[Fill, ...]) -> tuple[Fill, ...]:
    """Every fill once, however often a reading shows it, and as the last one did."""
    if not shown:
        return known
    by_id = {fill.fill_id: fill for fill in known}
    new = {fill.fill_id: fill for fill in shown if by_id.get(fill.fill_id) != fill}
    return tuple(sorted((by_id | new).values(), key=lambda f: (f.time_us, f.fill_id))) if new else known


def told(sightings: Sightings, fills: tuple[Fill, ...]) -> Sightings:
    """Fold in what the exchange told by itself: its fills and nothing else. It is no look, and shows no slot (F38)."""
    known = _fills(sightings.fills, fills)
    return sightings if known is sightings.fills else replace(sightings, fills=known)


def sight(sightings: Sightings, evidence: Evidence) -> Sightings:
    """Fold one finding in. Older looks never displace newer ones; fills only accumulate."""
    fills = _fills(sightings.fills, evidence.fills)
    dated, undated = _positions(sightings, evidence)
    look = _look(sightings.looks.get(evidence.source), evidence)
    looks = {**sightings.looks, evidence.source: look}
    mark = sightings.mark_price if evidence.mark_price is None else evidence.mark_price
    return replace(sightings, fills=fills, dated=dated, undated=undated, looks=looks, mark_price=mark)
