"""How long a position stood without a stop that covers it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .netting import reducible
from .orders import VenueOrder, VenuePosition


def covered(position: VenuePosition, orders: Iterable[VenueOrder]) -> Decimal:
    """What the live reduce-only stops on the position's closing side cover together."""
    quantities = (
        order.quantity
        for order in orders
        if order.live and order.is_stop and order.reduce_only and reducible(position, order.order_side)
    )
    return sum(quantities, Decimal(0))


class ExposureMeter:
    """Adds up the stretches in which the position was larger than its cover."""

    def __init__(self) -> None:
        self._ended_us = 0
        self._since_us: int | None = None

    def note(self, at_us: int, uncovered: bool) -> None:
        """From this moment on it is so; a stretch already running goes on running."""
        if uncovered and self._since_us is None:
            self._since_us = at_us
        elif not uncovered and self._since_us is not None:
            self._ended_us += at_us - self._since_us
            self._since_us = None

    def total_us(self, at_us: int) -> int:
        """All stretches up to that moment, the one still running included."""
        running = 0 if self._since_us is None else at_us - self._since_us
        return self._ended_us + running
