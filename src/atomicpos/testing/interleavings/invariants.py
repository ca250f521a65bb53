"""The invariants as checks of a running history against the venue's own truth, which never lags."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from ...ids import LIBRARY_PREFIX
from ...models import MICROSECONDS, Goal, Leg, PositionSide, State
from ...ports import CancelOrder, Change, PlaceOrder, SetPositionStop, Write
from ...record import Record
from ...sim.orders import VenueOrder
from ...sim.venue import Truth, Venue
from ...weigh import wanted
from .shares import Shares, shares

EXPOSURE_TOLERANCE_US = MICROSECONDS // 20
"""How much smaller our exposure may be than the venue's: 0.05 s."""
LOOKS_APART_US = 3 * MICROSECONDS
"""How far apart the looks at the slot and at its stop may lie."""
STEP_US = MICROSECONDS // 50
BETWEEN_LOOKS_US = MICROSECONDS // 2
"""How long a stop that somebody else took away may have been gone before the next look, the looks' lag apart."""
SIDE = PositionSide.LONG
"""The side that every history opens."""


class Watch:
    """Sees every request before it leaves and every change after it is stored, and holds them to I1 to I8 and I10.

    ``strict``: nothing but our requests changes the position or its stop, so what is called protected must be so now;
    else it must have been so lately: ``looks_back_s`` is how old what a look shows may be. ``stop_taken``: somebody
    takes a stop of ours away, and for how long it was gone no look shows more exactly than that, nor while no process
    lives: ``unwatched_s``. ``unrecorded_exits``:
    the database is gone, and what only shrinks the position may leave before its row says so. ``slot``: the side, where
    the account is in hedge mode.
    """

    def __init__(
        self, venue: Venue, symbol: str, stored: Callable[[], dict[str, Record]], *, strict: bool = True,
        looks_back_s: float = 0, stop_taken: bool = False, unwatched_s: float = 0, unrecorded_exits: bool = False,
        slot: PositionSide | None = None,
    ) -> None:
        self._venue = venue
        self._symbol = symbol
        self._stored = stored
        self._slot = slot
        self._strict = strict
        self._looks_back_us = round(looks_back_s * MICROSECONDS)
        self._unrecorded_exits = unrecorded_exits
        blind_us = self._looks_back_us + BETWEEN_LOOKS_US + round(unwatched_s * MICROSECONDS)
        self._blind_us = blind_us if stop_taken else 0
        self.broken: list[str] = []
        """Every invariant that was broken, in order; an engine's own error handling cannot hide it."""
        self.entries_sent = 0
        self._ahead_of_the_fill: set[str] = set()
        self.states: list[State] = []

    @property
    def truth(self) -> Truth:
        """What the engine itself knows now."""
        return self._venue.truth(self._symbol, self._slot)

    @property
    def shares(self) -> Shares:
        """Whose the position is now."""
        return self._shares_at(None)

    def _shares_at(self, at_us: int | None) -> Shares:
        return shares(self._venue, self._symbol, SIDE, at_us, self._slot)

    # --- requests -------------------------------------------------------------------------------------------------

    def request(self, request: Write) -> None:
        """A request is about to leave."""
        match request:
            case CancelOrder():
                self._cancel(request)
            case SetPositionStop():
                self._position_stop(request)
            case PlaceOrder(leg=Leg.ENTRY):
                self._entry(request)
            case PlaceOrder():
                self._exit(request)

    def _entry(self, request: PlaceOrder) -> None:
        self.entries_sent += 1
        record = self._row_of(request)
        self._hold(record is not None, f"I4: the entry {request.client_order_id} leaves unrecorded")
        self._hold(self.entries_sent <= 1, f"I5: an entry was sent {self.entries_sent} times")
        over = record is not None and record.state.settled
        self._hold(not over, f"I2: the entry {request.client_order_id} leaves, and its row is settled")
        attached, rides = request.attached_stop, record.riding if record is not None else None
        agrees = attached is None or (rides is not None and rides.trigger_price == attached.trigger_price)
        self._hold(agrees, f"I4: the stop {attached} rides unrecorded on the entry")

    def _exit(self, request: PlaceOrder) -> None:
        what = f"the {request.leg.value} {request.client_order_id}"
        self._hold(request.reduce_only, f"I6: {what} may open or enlarge")
        record = self._row_of(request)
        self._hold(record is not None or self._unrecorded_exits, f"I4: {what} leaves unrecorded")
        if record is not None:
            self._hold(request.order_side is record.intent.side.closing, f"I6: {what} is on the opening side")
            self._hold(request.quantity <= self._most(request, record), f"I6: {what} is larger than our share")

    def _most(self, request: PlaceOrder, record: Record) -> Decimal:
        """A stop may go ahead of the fill, and so may the close that takes the place of one that was crossed; it may go
        again where nobody else holds anything.

        Any other close is never larger than what our entry has filled.
        """
        again = request.client_order_id in self._ahead_of_the_fill and self.shares.foreign_opened == 0
        ahead = request.leg is Leg.STOP or record.filled_quantity == 0 or again
        return record.intent.quantity if ahead else self.shares.opened

    def _row_of(self, request: PlaceOrder) -> Record | None:
        rows = self._stored().values()
        ids = {o.client_order_id: row for row in rows for o in row.orders}
        return ids.get(request.client_order_id)

    def _cancel(self, request: CancelOrder) -> None:
        """No stop of ours is taken from a share that nothing else covers."""
        one = request.client_order_id
        if any(stop.client_order_id == one for stop in self.truth.stops):
            beside = self._lately(lambda at_us: self._covered_at(at_us, lambda stop: stop.client_order_id != one))
            self._hold(beside, f"I1: the stop {one} is cancelled while our share is open")

    def _position_stop(self, request: SetPositionStop) -> None:
        """Set only as a row says (I4), and never taken from a share of ours that nothing else covers."""
        if request.trigger_price is None:
            beside = self._lately(lambda at_us: self._covered_at(at_us, lambda stop: not stop.position_stop))
            self._hold(beside, "I1: the position's own stop is taken away while our share is open")
            return
        orders = [o for r in self._stored().values() for o in r.orders if o.attached]
        known = any(o.trigger_price == request.trigger_price for o in orders)
        known = known or self._unrecorded_exits
        self._hold(known, f"I4: the position's stop {request.trigger_price} leaves unrecorded")

    # --- changes --------------------------------------------------------------------------------------------------

    def change(self, change: Change) -> None:
        """A change was stored."""
        record = change.record
        self.states.append(record.state)
        if record.filled_quantity == 0:
            self._ahead_of_the_fill.update(order.client_order_id for order in record.of(Leg.CLOSE))
        self._closed_only_ours()
        if record.state.settled:
            self._settled(record)
        elif record.state is State.PROTECTED:
            self._hold(self._was_protected(record), f"I3: {record.id} is called protected, the venue has {self.truth}")

    def _was_protected(self, record: Record) -> bool:
        return self._lately(lambda at_us: self._protected_at(record, at_us))

    def _lately(self, holds: Callable[[int], bool]) -> bool:
        """Whether it holds now; where other hands act, whether it did at a moment that a look may still show."""
        now_us = self._venue.now_us()
        earliest_us = now_us - (0 if self._strict else self._looks_back_us + LOOKS_APART_US)
        return any(holds(at_us) for at_us in range(now_us, earliest_us - 1, -STEP_US))

    def _protected_at(self, record: Record, at_us: int) -> bool:
        """Our share is open at that moment, and covered by stops none of which is looser than the row says."""
        share = self._shares_at(at_us).ours
        loosest = _loosest(record)
        return share > 0 and self._covered_at(at_us, lambda stop: _as_tight(stop, loosest))

    def _covered_at(self, at_us: int, counts: Callable[[VenueOrder], bool]) -> bool:
        """The live stops that count cover our share at that moment."""
        orders = self._venue.orders_as_of(self._symbol, at_us, self._slot)
        stops = [o for o in orders if o.live and o.is_stop and counts(o)]
        return covers(stops) >= self._shares_at(at_us).ours

    def _settled(self, record: Record) -> None:
        called = f"{record.id} is called {record.state.value}"
        ours = self.shares.ours
        self._hold(ours == 0, f"I1: {called}, the venue holds {ours} of ours")
        self._hold(not self._ours_alive(record), f"I2: {called} with orders of ours alive")
        self._hold(record.proof is not None, f"I2: {called} without a proof")

    def _ours_alive(self, record: Record) -> bool:
        """True while an order of our prefix is alive, or the position's own stop is still at a trigger of ours."""
        triggers = {o.trigger_price for o in record.orders if o.attached and o.sends > 0}
        living = (*self.truth.stops, *self.truth.orders)
        left_out = self.unrecorded if self._unrecorded_exits else frozenset()
        ours = (o for o in living if _prefixed(o) and o.client_order_id not in left_out)
        return any(ours) or any(o.position_stop and o.trigger_price in triggers for o in living)

    @property
    def unrecorded(self) -> frozenset[str]:
        """The living orders of our prefix that no row knows."""
        known = {o.client_order_id for row in self._stored().values() for o in row.orders}
        living = (*self.truth.stops, *self.truth.orders)
        return frozenset(o.client_order_id or "" for o in living if _prefixed(o)) - known

    def _closed_only_ours(self) -> None:
        """Whatever others hold beside it, our own closes and separate stops never close more than we opened."""
        held = self.shares
        within = held.closed_by_us <= held.opened
        self._hold(within, f"I6: our orders closed {held.closed_by_us} of the {held.opened} that we opened")
        for record in self._stored().values():
            parts = self._closed_in_parts(record)
            self._hold(parts <= record.parts_asked or record.goal is Goal.FLAT,
                       f"I6: {parts} of {record.id} were closed, and {record.parts_asked} were to be")

    def _closed_in_parts(self, record: Record) -> Decimal:
        ids = {order.client_order_id for order in record.of(Leg.CLOSE)}
        done = self._venue.executions_as_of(self._symbol, self._venue.now_us(), self._slot)
        return sum((e.quantity for e in done if e.client_order_id in ids), Decimal(0))

    # --- at rest --------------------------------------------------------------------------------------------------

    @property
    def reversed(self) -> bool:
        """True while the slot holds the other side."""
        return self.truth.quantity < 0

    def lawful(self, record: Record) -> bool:
        """True where the row may stay as it is: at rest, or suspected because the slot holds the other side."""
        if record.state is State.ORPHAN_SUSPECTED:
            return self.reversed
        return record.state.settled or record.state is State.PROTECTED

    def at_rest(self) -> None:
        """Nothing moves any more: every row must tell the truth, and nothing may be naked and unknown."""
        rows, truth, ours = self._stored().values(), self.truth, self.shares.ours
        holding = [r for r in rows if r.holds_slot]
        self._hold(len(holding) <= 1, f"I7: {len(holding)} rows hold one slot")
        self._closed_only_ours()
        if ours != 0:
            self._hold(bool(holding), f"I1: the venue holds {ours} of ours and no row knows")
            self._hold(covers(truth.stops) >= ours, f"I8: at rest with {ours} and {covers(truth.stops)} covered")
        for record in rows:
            self._hold(self.lawful(record), f"I8: {record.id} rests {record.state.value}")
            self._agrees(record, ours)

    def _agrees(self, record: Record, ours: Decimal) -> None:
        self._measured(record)
        if record.state.settled:
            self._settled(record)
            return
        said = max(record.filled_quantity - record.closed_quantity, Decimal(0))
        self._hold(said == ours, f"I3: {record.id} says {said}, ours are {ours}: {self.truth}")
        if record.state is State.PROTECTED:
            held = self._protected_at(record, self._venue.now_us())
            self._hold(held, f"I3: {record.id} rests protected at {record.stop_price}: {self.truth}")

    def _measured(self, record: Record) -> None:
        """I10, where the position is ours alone: the venue measures the whole of it."""
        ours_us, theirs_us = record.exposure_us, round(self.truth.exposure_s * MICROSECONDS)
        enough = theirs_us - ours_us <= EXPOSURE_TOLERANCE_US + self._blind_us
        alone = self.shares.foreign_opened == 0 and not self.shares.turned_over
        self._hold(enough or not alone, f"I10: exposed {theirs_us} us, {record.id} says {ours_us}")

    def _hold(self, holds: bool, message: str) -> None:
        if not holds:
            self.broken.append(message)


def covers(stops: Iterable[VenueOrder]) -> Decimal:
    """What stops on the closing side cover that can neither open nor enlarge."""
    return sum((s.quantity for s in stops if s.reduce_only and s.order_side is SIDE.closing), Decimal(0))


def _loosest(record: Record) -> Decimal | None:
    """The trigger that the row says, or the one that its stop is being moved to: either may stand."""
    if record.moving is None or record.stop_price is None:
        return record.stop_price
    return min(record.stop_price, wanted(record, record.entry_price, record.moving))


def _as_tight(stop: VenueOrder, trigger: Decimal | None) -> bool:
    return trigger is None or (stop.trigger_price is not None and stop.trigger_price >= trigger)


def _prefixed(order: VenueOrder) -> bool:
    return (order.client_order_id or "").startswith(LIBRARY_PREFIX)
