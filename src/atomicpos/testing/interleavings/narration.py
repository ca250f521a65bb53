"""What happens in one history, line by line: for whoever replays it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ...events import Event
from ...models import MICROSECONDS
from ...sim import Venue
from ...sim.orders import Truth, VenueOrder
from .invariants import Watch
from .stage import SYMBOL


class Narrator:
    """Writes down what the processes say and pass, what the venue truly has after it, and what breaks with it."""

    def __init__(self, venue: Venue, watch: Watch) -> None:
        self.lines: list[str] = []
        """So far, in order."""
        self._venue = venue
        self._watch = watch
        self._began_us = venue.now_us()
        self._truth = _told(watch.truth)
        self._broken = 0

    def hears(self, who: str) -> Callable[[Event], None]:
        """A listener for the process of that name."""
        return lambda event: self._write(who, f"{event.kind.value}: {event.text}")

    def passes(self, who: str) -> Callable[[str], None]:
        """Hears of the instants that the process of that name passes."""
        return lambda name: self._write(who, f"instant: {name}")

    def end(self) -> None:
        """Write down what is left to be said."""
        self._look()

    def _write(self, who: str, text: str) -> None:
        self._look()
        self._line(who, text)

    def _look(self) -> None:
        """What has changed since the last line."""
        truth = _told(self._watch.truth)
        if truth != self._truth:
            self._truth = truth
            self._line("venue", truth)
        for sentence in self._watch.broken[self._broken :]:
            self._line("BROKEN", sentence)
        self._broken = len(self._watch.broken)

    def _line(self, who: str, text: str) -> None:
        seconds = Decimal(self._venue.now_us() - self._began_us) / MICROSECONDS
        self.lines.append(f"{seconds:10.3f} s  {who:<9} {text}")


def _told(truth: Truth) -> str:
    stops = ", ".join(map(_order, truth.stops)) or "none"
    orders = ", ".join(map(_order, truth.orders)) or "none"
    return f"{SYMBOL} holds {truth.quantity}; stops: {stops}; open orders: {orders}"


def _order(order: VenueOrder) -> str:
    whose = "the position's own" if order.position_stop else order.client_order_id or "another's"
    at = "" if order.trigger_price is None else f" at {order.trigger_price}"
    return f"{whose} {order.order_side.value} {order.quantity}{at}"
