"""The venue of a history: the shipped engine with its faults, and an entry that may fill by half."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...sim import SimExchange, Venue, VirtualClock
from ...sim.markets import perpetual
from ...sim.orders import PlaceRequest, Refused, VenueOrder
from .kinds import Kind

SYMBOL = "AVL/USDT:USDT"
"""The one symbol of every history."""
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Filling:
    """How the entry fills: whole by default."""

    half: bool = False
    """Only half of it at once; the rest is cancelled unless ``rest_after_s`` says otherwise."""
    rest_after_s: float | None = None
    """When the other half fills, in seconds; until then the entry stays open."""


WHOLE = Filling()


class StagedVenue(Venue):
    """The engine; whatever fault strikes the entry's request, it fills as the history says."""

    def __init__(self, clock: VirtualClock, kind: Kind, filling: Filling) -> None:
        taken = kind is Kind.STOP_TAKEN_WHEN_FLAT
        markets = (perpetual(SYMBOL),)  # the account is listed in every turn: what nobody trades would only cost time
        super().__init__(clock.now_us, seed=1, stop_when_flat="accept" if taken else "refuse", markets=markets)
        self._filling = filling

    def place(self, request: PlaceRequest, **how: Any) -> VenueOrder:
        """Take the order, an entry by half where the history says so."""
        entry = not (request.reduce_only or how.get("foreign", False))
        if not (entry and self._filling.half):
            return super().place(request, **how)
        later_s = self._filling.rest_after_s
        order = super().place(request, **{"fraction": HALF, "rests": later_s is not None, **how})
        if later_s is not None:
            asyncio.get_running_loop().call_later(later_s, self._fill_rest, order)
        return order

    def _fill_rest(self, order: VenueOrder) -> None:
        with suppress(Refused):  # it was cancelled meanwhile
            self.grow(order.symbol, order.order_id)


def exchange_over(venue: Venue, clock: VirtualClock, kind: Kind) -> SimExchange:
    """The in-process face of that venue, as the kind's profile describes it."""
    return SimExchange(venue, clock, profile=kind.profile)
