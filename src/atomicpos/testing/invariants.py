"""The invariants as checks of a running history against the venue's own truth, which never lags."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..ids import LIBRARY_PREFIX
from ..models import MICROSECONDS, Leg, PositionSide, State
from ..ports import CancelOrder, Change, PlaceOrder, SetPositionStop, Write
from ..record import Record
from ..sim.venue import Truth, Venue

EXPOSURE_TOLERANCE_US = MICROSECONDS // 20
"""How much smaller our exposure may be than the venue's: 0.05 s."""


class Watch:
    """Sees every request before it leaves and every change after it is stored, and holds them to I1 to I7."""

    def __init__(self, venue: Venue, symbol: str, stored: Callable[[], dict[str, Record]]) -> None:
        self._venue = venue
        self._symbol = symbol
        self._stored = stored
        self.broken: list[str] = []
        """Every invariant that was broken, in order; an engine's own error handling cannot hide it."""
        self.entries_sent = 0
        self.states: list[State] = []

    @property
    def truth(self) -> Truth:
        """What the engine itself knows now."""
        return self._venue.truth(self._symbol)

    def request(self, request: Write) -> None:
        """A request is about to leave."""
        if isinstance(request, CancelOrder):
            self._cancel(request)
        if isinstance(request, SetPositionStop):
            self._position_stop(request)
        if not isinstance(request, PlaceOrder):
            return
        known = {o.client_order_id: r for r in self._stored().values() for o in r.orders}
        if request.leg is Leg.ENTRY:
            self.entries_sent += 1
            self._hold(request.client_order_id in known, f"I4: the entry {request.client_order_id} leaves unrecorded")
            self._hold(self.entries_sent <= 1, f"I5: an entry was sent {self.entries_sent} times")
            return
        self._hold(request.reduce_only, f"I6: the {request.leg.value} {request.client_order_id} may open or enlarge")
        record = known.get(request.client_order_id)
        self._hold(record is not None, f"I4: the {request.leg.value} {request.client_order_id} leaves unrecorded")
        if record is not None:
            side = record.intent.side
            self._hold(request.order_side is side.closing, f"I6: the {request.leg.value} is on the opening side")
            within = request.quantity <= record.intent.quantity
            self._hold(within, f"I6: the {request.leg.value} is larger than our share")

    def _cancel(self, request: CancelOrder) -> None:
        """No stop of ours is taken from a position that nothing else covers."""
        truth = self.truth
        left = sum((s.quantity for s in truth.stops if s.client_order_id != request.client_order_id), Decimal(0))
        takes = any(s.client_order_id == request.client_order_id for s in truth.stops)
        naked = takes and left < abs(truth.quantity)
        self._hold(not naked, f"I1: the stop {request.client_order_id} is cancelled while {truth.quantity} is open")

    def _position_stop(self, request: SetPositionStop) -> None:
        """Set only as a row says (I4), and never taken from a position of ours."""
        orders = [o for r in self._stored().values() for o in r.orders if o.attached]
        if request.trigger_price is None:
            naked = any(r.holds_slot and r.filled_quantity > r.closed_quantity for r in self._stored().values())
            self._hold(not naked, "I1: the position's own stop is taken away while our share is open")
            return
        known = any(o.trigger_price == request.trigger_price for o in orders)
        self._hold(known, f"I4: the position's stop {request.trigger_price} leaves unrecorded")

    def change(self, change: Change) -> None:
        """A change was stored."""
        record, truth = change.record, self.truth
        self.states.append(record.state)
        if record.state.settled:
            self._settled(record, truth)
        elif record.state is State.PROTECTED:
            self._hold(covered(truth), f"I3: {record.id} is called protected, the venue has {truth}")

    def _settled(self, record: Record, truth: Truth) -> None:
        called = f"{record.id} is called {record.state.value}"
        self._hold(truth.quantity == 0, f"I1: {called}, the venue holds {truth.quantity}")
        self._hold(not ours_alive(truth), f"I2: {called} with orders of ours alive")
        self._hold(record.proof is not None, f"I2: {called} without a proof")

    def at_rest(self) -> None:
        """Nothing moves any more: every row must tell the truth, and nothing may be naked and unknown."""
        rows, truth = self._stored().values(), self.truth
        holding = [r for r in rows if r.holds_slot]
        self._hold(len(holding) <= 1, f"I7: {len(holding)} rows hold one slot")
        if truth.quantity != 0:
            self._hold(bool(holding), f"I1: the venue holds {truth.quantity} and no row knows")
            self._hold(covered(truth), f"I8: at rest with {truth.quantity} and {truth.stop_quantity} covered")
        for record in rows:
            at_rest = record.state.settled or record.state is State.PROTECTED
            self._hold(at_rest, f"I8: {record.id} rests {record.state.value}")
            self._agrees(record, truth)

    def _hold(self, holds: bool, message: str) -> None:
        if not holds:
            self.broken.append(message)

    def _agrees(self, record: Record, truth: Truth) -> None:
        if record.state.settled:
            self._settled(record, truth)
            return
        sign = 1 if record.intent.side is PositionSide.LONG else -1
        filled = record.filled_quantity
        self._hold(truth.quantity == sign * filled, f"I3: {record.id} says {filled}: {truth}")
        ours_us, theirs_us = record.exposure_us, round(truth.exposure_s * MICROSECONDS)
        shortfall = theirs_us - ours_us
        self._hold(shortfall <= EXPOSURE_TOLERANCE_US, f"I10: exposed {theirs_us} us, {record.id} says {ours_us}")


def covered(truth: Truth) -> bool:
    """True when live stops cover the whole exchange position."""
    return truth.quantity != 0 and truth.stop_quantity >= abs(truth.quantity) > Decimal(0)


def ours_alive(truth: Truth) -> bool:
    """True while any order with the library's prefix is alive."""
    return any((order.client_order_id or "").startswith(LIBRARY_PREFIX) for order in (*truth.stops, *truth.orders))

