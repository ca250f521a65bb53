"""Weigh the evidence: a pure function of the row, the bounds and the time. It decides what is proven, and by what.

Nothing here believes an absence before its horizon, an error at all, or an acknowledgement as a fill. What is not
proven stays unknown, and unknown holds the slot (I1, I2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .evidence import BUILT_IN, Source
from .exposure import Stretch, covers, filled_since_us, naked_since_us, uncovered_us
from .models import Fill, Intent, Leg, Order, OrderStatus, PositionSide, Proof, ProofKind, Sending, State
from .record import Record, belongs
from .settings import Bounds
from .sightings import PositionSight
from .stop_price import wanted_trigger

NOTHING = Decimal(0)


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
    vetoes: tuple[str, ...]
    """The user's own sources whose last word was that they see exposure."""
    ended: Proof | None
    """Nothing of the entry is left and nothing of ours may arrive: the only thing that lets a row settle."""
    naked_us: int
    """How long the present stretch without a live stop has lasted."""
    exposure_us: int
    """All such stretches, added (I10)."""

    @property
    def exposed(self) -> bool | None:
        """True with a known share and no live stop, False with one, None when not even that is known."""
        if any(order.leg is Leg.STOP and order.alive for order in self.loose):
            return False
        return True if self.share > 0 else None


def weigh(record: Record, bounds: Bounds, now_us: int) -> Verdict:
    """The verdict on one row. Pure: the same row, bounds and time give the same verdict."""
    entry = record.entry
    observed_sight = _newest(record)
    observed = _on_our_side(record, observed_sight)
    fresh = _fresh(record, bounds)
    filled = _filled(record, observed)
    never = _never_filled(record, bounds, now_us) if filled <= 0 else None
    final = never is not None or _final(entry, bounds, now_us)
    by_us, closed = _closed(record)
    closed = max(closed, record.closed_quantity)
    reversed_ = _reversed(record, fresh)
    share = _share(record, filled, closed, fresh)
    loose = tuple(order for order in record.orders if not order.settled and not (order is entry and never is not None))
    flat = _flat(record, filled, final, closed, fresh)
    vetoes = _vetoes(record)
    average = _average(record, filled, fresh)
    end_us = _gone_at(record, closed, filled) or now_us
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
        stop=_stop(record, bounds, now_us, average, share, fresh) if final and not reversed_ else None,
        covered=any(_at_work(order) for order in record.of(Leg.STOP)),
        flat=flat,
        loose=loose,
        vetoes=vetoes,
        ended=_ended(record, never or flat, loose, vetoes),
        naked_us=_naked_us(record, share, now_us),
        exposure_us=_exposure_us(record, filled, end_us),
    )


# --- the slot -----------------------------------------------------------------------------------------------------


def _newest(record: Record) -> PositionSight | None:
    sights = (record.sightings.dated, record.sightings.undated)
    return max((s for s in sights if s is not None), key=lambda s: s.asked_at_us, default=None)


def _on_our_side(record: Record, sight: PositionSight | None) -> Decimal:
    """A look from before our first send shows somebody else's position, if any."""
    sent = record.entry.first_sent_at_us
    if sight is None or sent is None or sight.asked_at_us < sent or sight.view.side is not record.intent.side:
        return NOTHING
    return sight.view.quantity


def _relevant(record: Record) -> tuple[Fill, ...]:
    """Fills of our entry, and every closing fill since it was sent."""
    entry, closing = record.entry, record.intent.side.closing
    ours = record.fills_of(entry)
    since = min((f.time_us for f in ours), default=entry.created_at_us)
    if since is None:
        return ours
    return tuple(f for f in record.sightings.fills if f in ours or (f.order_side is closing and f.time_us >= since))


def _last_fill_us(record: Record) -> int | None:
    """The exchange's time of the last fill that is known: by fills where they explain the order, else by the order."""
    times: list[int | None] = [fill.time_us for fill in _relevant(record)]
    for order in record.orders:
        explained = sum((f.quantity for f in record.fills_of(order)), NOTHING)
        if order.filled > explained:
            times.append(order.updated_at_us if order.updated_at_us is not None else order.seen_at_us)
    return max((t for t in times if t is not None), default=None)


def _fresh(record: Record, bounds: Bounds) -> PositionSight | None:
    last = _last_fill_us(record)
    if last is None:
        return None
    late = last + bounds.visibility_us + bounds.clock_skew_us
    sights = [s for s in (record.sightings.dated, record.sightings.undated) if s is not None]
    dated = (s for s in sights if s.view.updated_at_us is not None and s.view.updated_at_us >= last)
    waited = (s for s in sights if s.asked_at_us >= late)
    return max((*dated, *waited), key=lambda s: s.asked_at_us, default=None)


def _reversed(record: Record, fresh: PositionSight | None) -> bool:
    if fresh is None or fresh.view.side is None or fresh.view.quantity <= 0:
        return False
    return fresh.view.side is not record.intent.side


# --- the entry ----------------------------------------------------------------------------------------------------


def _filled(record: Record, observed: Decimal) -> Decimal:
    """By our order or its fills; by a position only together with an order of our id that the exchange knows."""
    entry = record.entry
    shown = max(entry.filled, record.filled_quantity)
    if shown > 0 or observed <= 0 or entry.created_at_us is None or entry.settled:
        return shown
    dated = record.sightings.dated
    newer = dated is not None and (dated.view.updated_at_us or 0) >= entry.created_at_us
    return min(observed, record.intent.quantity) if newer else shown


def _average(record: Record, filled: Decimal, fresh: PositionSight | None) -> Decimal | None:
    """From the order, its fills, or the position's own entry price; never from a price that was asked (F08, F21)."""
    if record.entry.average is not None:
        return record.entry.average
    if record.entry_price is not None:
        return record.entry_price
    if filled > 0 and fresh is not None and fresh.view.side is record.intent.side and fresh.view.quantity == filled:
        return fresh.view.entry_price
    return None


def _final(entry: Order, bounds: Bounds, now_us: int) -> bool:
    match entry.status:
        case OrderStatus.FILLED:
            return True
        case OrderStatus.DEAD:
            return bounds.final_rows_are_whole or now_us >= (entry.sent_at_us or now_us) + bounds.horizon_us
        case _:
            return False


def _never_filled(record: Record, bounds: Bounds, now_us: int) -> Proof | None:
    entry = record.entry
    at = entry.sent_at_us or record.intent.created_at_us
    if entry.status is OrderStatus.DEAD and _final(entry, bounds, now_us):
        return Proof(ProofKind.DEAD_UNFILLED, entry.seen_at_us or now_us, "our entry order was read as dead, filled 0")
    if entry.status is not None:
        return None
    if entry.sending is Sending.NOT_SENT:
        return Proof(ProofKind.NOT_SENT, at, f"no byte of the entry left: {entry.why or 'by the transport'}")
    if entry.sending is Sending.REFUSED:
        return Proof(ProofKind.REFUSED, max(at, now_us), f"the exchange refused the only send: {entry.why or ''}")
    return _absent(record, bounds)


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


# --- exits --------------------------------------------------------------------------------------------------------


def _closed(record: Record) -> tuple[Decimal, Decimal]:
    """(closed by our own close orders, closed by anybody): every fill counts once."""
    exits = [order for order in record.orders if order.leg is not Leg.ENTRY]
    by_us = sum((order.filled for order in exits if order.leg is Leg.CLOSE), NOTHING)
    by_stops = sum((order.filled for order in exits if order.leg is Leg.STOP), NOTHING)
    closing = record.intent.side.closing
    others = sum(
        (f.quantity for f in _relevant(record) if f.order_side is closing and not any(belongs(f, o) for o in exits)),
        NOTHING,
    )
    return by_us, by_us + by_stops + others


def _share(record: Record, filled: Decimal, closed: Decimal, fresh: PositionSight | None) -> Decimal:
    share = max(filled - closed, NOTHING)
    if fresh is None or fresh.view.side is not record.intent.side:
        return share
    return min(share, fresh.view.quantity)


def _flat(record: Record, filled: Decimal, final: bool, closed: Decimal, fresh: PositionSight | None) -> Proof | None:
    if not final or filled <= 0 or closed < filled or fresh is None or fresh.view.quantity != 0:
        return None
    detail = f"filled {filled}, closed {closed}, and a fresh look showed the slot empty"
    return Proof(ProofKind.EXITED, fresh.asked_at_us, detail)


def _gone_at(record: Record, closed: Decimal, filled: Decimal) -> int | None:
    """The exchange's time of the last exit once all of it is closed: exposure ends there."""
    if filled <= 0 or closed < filled:
        return None
    times = [f.time_us for f in _relevant(record) if f.order_side is record.intent.side.closing]
    exits = [o.updated_at_us for o in record.orders if o.leg is not Leg.ENTRY and o.filled > 0 and o.updated_at_us]
    return max((*times, *exits), default=None)


# --- protection ---------------------------------------------------------------------------------------------------


def _stop(
    record: Record, bounds: Bounds, now_us: int, average: Decimal | None, share: Decimal, fresh: PositionSight | None
) -> Order | None:
    """The stop that fulfils I3: ours, read back lately, waiting, at the exact trigger, covering our share."""
    if share <= 0 or (average is None and record.intent.stop_rule.price is None):
        return None
    if fresh is not None and fresh.view.quantity == 0:
        return None
    wanted = wanted_trigger(record.intent, average)
    waiting = (o for o in record.of(Leg.STOP) if o.read_back and o.status is OrderStatus.UNTRIGGERED)
    covering = (o for o in waiting if o.quantity >= share and _lately(record, o, bounds, now_us))
    return next((o for o in covering if serves(o.trigger_price, wanted, record.intent)), None)


def _lately(record: Record, stop: Order, bounds: Bounds, now_us: int) -> bool:
    """Read back since this drive took the row; a protected row keeps its word until a look could have answered."""
    seen, since = stop.seen_at_us or 0, record.sightings.since_us
    if record.state is State.PROTECTED:
        seen = max(seen, since)
    return seen >= since and now_us - seen <= bounds.visibility_us + bounds.clock_skew_us


def serves(trigger: Decimal | None, wanted: Decimal, intent: Intent) -> bool:
    """True when a stop at that trigger may stay: within a tick of the wanted one, and not looser than asked."""
    if trigger is None or not near(trigger, wanted, intent.tick):
        return False
    match intent.side:
        case PositionSide.LONG:
            return trigger >= wanted
        case PositionSide.SHORT:
            return trigger <= wanted


def near(one: Decimal | None, other: Decimal, tick: Decimal) -> bool:
    """True when two triggers are the same within a tick."""
    return one is not None and abs(one - other) <= tick


def _at_work(order: Order) -> bool:
    return order.alive or (order.status is None and order.sending is Sending.ACKNOWLEDGED)


# --- the end ------------------------------------------------------------------------------------------------------


def _vetoes(record: Record) -> tuple[str, ...]:
    looks = record.sightings.looks.items()
    return tuple(sorted(name for name, look in looks if name not in BUILT_IN and look.quantity_seen))


def _ended(record: Record, shown: Proof | None, loose: Iterable[Order], vetoes: tuple[str, ...]) -> Proof | None:
    """A proof ends a row only when nothing of ours is alive or may arrive, and it is newer than the last send (I2)."""
    if shown is None or any(loose) or vetoes:
        return None
    last_send = record.last_send_at_us
    if shown.kind is ProofKind.NOT_SENT or last_send is None or shown.at_us >= last_send:
        return shown
    return None


def _naked_us(record: Record, share: Decimal, now_us: int) -> int:
    since = naked_since_us(record, share)
    return max(now_us - since, 0) if share > 0 and since is not None else 0


def _exposure_us(record: Record, filled: Decimal, end_us: int) -> int:
    start = filled_since_us(record)
    if start is None or filled <= 0:
        return 0
    stretches: tuple[Stretch, ...] = covers(record, filled)
    return uncovered_us(start, max(end_us, start), stretches)
