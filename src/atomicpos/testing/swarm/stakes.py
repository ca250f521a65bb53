"""What is so of one row at the venue: its own fills, its share, its stops. By the venue's truth, which never lags."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ...models import Leg, PositionSide
from ...record import Record
from ...sim.orders import Execution, VenueOrder
from ...sim.venue import Venue

NOTHING = Decimal(0)


class SwarmVenue(Venue):
    """The engine with as many markets as are wanted: its listings go through those that were ever traded, and every
    moment at which something changed is known.
    """

    def symbols(self) -> tuple[str, ...]:
        """The unified symbols of the perpetuals on which anything ever happened."""
        return tuple([name for name, book in self._books.items() if book._order_log._times])

    def moments(self, symbol: str, since_us: int) -> list[int]:
        """When orders, position or mark changed since then, latest first."""
        book = self._book(symbol)
        changed = {*book._order_log._times, *book._positions._times}
        return sorted((at_us for at_us in changed if at_us >= since_us), reverse=True)


@dataclass(frozen=True, slots=True)
class Stake:
    """One row's part in its symbol's position, at one moment."""

    opened: Decimal
    """What its entry filled."""
    closes: Decimal
    """What its own closes closed."""
    reached: Decimal
    """What its own targets closed."""
    stopped: Decimal
    """What its own separate stops closed. Of those that one move of the mark took together the largest counts: a new
    one stands before the old one goes.
    """
    foreign: bool
    """Somebody else opened or enlarged since its entry, or turned the position over."""
    ours: Decimal
    """Its share: what it opened less every exit since, never more than the position on its side."""


def stake(venue: Venue, record: Record, at_us: int) -> Stake:
    """The row's part at that moment."""
    symbol, side = record.intent.symbol, record.intent.side
    done = _since_its_entry(venue.executions_as_of(symbol, at_us), record)
    position = venue.position_as_of(symbol, at_us)
    if not done:
        return Stake(NOTHING, NOTHING, NOTHING, NOTHING, foreign=position.quantity > 0, ours=NOTHING)
    held = position.quantity if position.side is side else NOTHING
    entry = record.entry.client_order_id
    opened = _sum(done, lambda e: e.client_order_id == entry)
    exits = _sum(done, lambda e: e.order_side is side.closing)
    others = _sum(done, lambda e: e.order_side is side.opening and e.client_order_id != entry)
    stops, closes, targets = (_ids(record, leg) for leg in (Leg.STOP, Leg.CLOSE, Leg.TARGET))
    return Stake(
        opened=opened,
        closes=_sum(done, lambda e: e.client_order_id in closes),
        reached=_sum(done, lambda e: e.client_order_id in targets),
        stopped=_at_once(e for e in done if e.client_order_id in stops),
        foreign=others > 0 or exits > opened or position.quantity > max(opened - exits, NOTHING),
        ours=max(NOTHING, min(opened - exits, held)),
    )


def netted(venue: Venue, record: Record) -> Decimal:
    """How much of what its entry filled has closed what others held on the other side, and so opened nothing."""
    done, side = venue.executions_as_of(record.intent.symbol, venue.now_us()), record.intent.side
    its = _since_its_entry(done, record)
    before = done[: len(done) - len(its)]
    theirs = _sum(before, lambda e: e.order_side is side.closing) - _sum(before, lambda e: e.order_side is side.opening)
    entry = record.entry.client_order_id
    return max(NOTHING, min(theirs, _sum(its, lambda e: e.client_order_id == entry)))


def filled_since(venue: Venue, record: Record, since_us: int) -> bool:
    """True when the row's entry filled then or later."""
    entry, now_us = record.entry.client_order_id, venue.now_us()
    done = venue.executions_as_of(record.intent.symbol, now_us)
    return any(e.client_order_id == entry and e.at_us >= since_us for e in done)


def _since_its_entry(done: tuple[Execution, ...], record: Record) -> tuple[Execution, ...]:
    entry = record.entry.client_order_id
    first = next((n for n, e in enumerate(done) if e.client_order_id == entry), len(done))
    return done[first:]


def _ids(record: Record, leg: Leg) -> frozenset[str]:
    return frozenset(order.client_order_id for order in record.of(leg))


def _sum(done: tuple[Execution, ...], counts: Callable[[Execution], bool]) -> Decimal:
    return sum((e.quantity for e in done if counts(e)), NOTHING)


def _at_once(fills: Iterable[Execution]) -> Decimal:
    """Summed over the moments at which any filled: the largest order of each."""
    by_order: dict[tuple[int, str | None], Decimal] = {}
    for fill in fills:
        key = fill.at_us, fill.client_order_id
        by_order[key] = by_order.get(key, NOTHING) + fill.quantity
    largest: dict[int, Decimal] = {}
    for (at_us, _), quantity in by_order.items():
        largest[at_us] = max(quantity, largest.get(at_us, NOTHING))
    return sum(largest.values(), NOTHING)


def covering(venue: Venue, symbol: str, side: PositionSide, at_us: int) -> Iterator[VenueOrder]:
    """The live stops at that moment on that position's closing side that can neither open nor enlarge."""
    for order in venue.orders_as_of(symbol, at_us):
        if order.live and order.is_stop and order.reduce_only and order.order_side is side.closing:
            yield order


def own_triggers(record: Record) -> set[Decimal | None]:
    """The triggers at which the row may ever have asked for the position's own stop: what left by the time it was last
    stored, and as long as it is not settled what it intends, which may have left since (I4).
    """
    may_have_left = (o for o in record.orders if o.attached and (o.sends > 0 or not record.state.settled))
    return {order.trigger_price for order in may_have_left}


def alive(venue: Venue, record: Record, theirs: Container[Decimal | None] = ()) -> list[str]:
    """The orders of that row which the venue still has, the position's own stop at a trigger of ours among them. That
    stop has no id: where it may be another row's, by ``theirs``, it is not held against this one.
    """
    truth = venue.truth(record.intent.symbol)
    ids = {order.client_order_id for order in record.orders if not order.attached}
    triggers = {trigger for trigger in own_triggers(record) if trigger not in theirs}
    living = (*truth.stops, *truth.orders)
    own = [order.client_order_id or "" for order in living if order.client_order_id in ids]
    return own + [f"own stop at {o.trigger_price}" for o in living if o.position_stop and o.trigger_price in triggers]
