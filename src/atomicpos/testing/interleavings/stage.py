"""The venue of a history: the shipped engine with its faults, and an entry that may fill by half."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ...ports import Clock
from ...sim import SimExchange, Venue, VirtualClock
from ...sim.markets import perpetual
from ...sim.orders import PlaceRequest, Refused, VenueOrder
from .kinds import Kind
from .ways import Way
from .windows import Windows

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


class IdRule(StrEnum):
    """How long the exchange refuses a second order with a client order id that it knows."""

    FOR_EVER = "for ever"
    WHILE_OPEN = "while open"
    """The id of an order that is final may be taken again."""
    NEVER = "never"

    @property
    def is_told(self) -> bool:
        """Whether a profile may say that duplicates are refused; where none are, nothing may be sent again."""
        return self is not IdRule.NEVER


class StagedVenue(Venue):
    """The engine; whatever fault strikes the entry's request, it fills as the history says."""

    def __init__(
        self, clock: VirtualClock, kind: Kind, filling: Filling, id_rule: IdRule = IdRule.FOR_EVER
    ) -> None:
        taken = kind is Kind.STOP_TAKEN_WHEN_FLAT
        markets = (perpetual(SYMBOL),)  # the account is listed in every turn: what nobody trades would only cost time
        super().__init__(clock.now_us, seed=1, stop_when_flat="accept" if taken else "refuse", markets=markets)
        self._filling = filling
        self._id_rule = id_rule

    def place(self, request: PlaceRequest, **how: Any) -> VenueOrder:
        """Take the order, an entry by half where the history says so, and an id again where the rule allows it."""
        if self._id_rule is IdRule.NEVER or (self._id_rule is IdRule.WHILE_OPEN and not self._is_open(request)):
            self._ids.discard(request.client_order_id or "")
        entry = not (request.reduce_only or how.get("foreign", False))
        if not (entry and self._filling.half):
            return super().place(request, **how)
        later_s = self._filling.rest_after_s
        order = super().place(request, **{"fraction": HALF, "rests": later_s is not None, **how})
        if later_s is not None:
            asyncio.get_running_loop().call_later(later_s, self._fill_rest, order)
        return order

    def _is_open(self, request: PlaceRequest) -> bool:
        living = (*self.truth(request.symbol).stops, *self.truth(request.symbol).orders)
        return any(order.client_order_id == request.client_order_id for order in living)

    def _fill_rest(self, order: VenueOrder) -> None:
        with suppress(Refused):  # it was cancelled meanwhile
            self.grow(order.symbol, order.order_id)


def exchange_over(
    venue: Venue, clock: VirtualClock, kind: Kind, id_rule: IdRule = IdRule.FOR_EVER, caller: Clock | None = None,
    way: Way = Way.PLAIN, windows: Windows = Windows.SHIPPED,
) -> SimExchange:
    """The in-process face of that venue, as the kind's profile describes it; ``caller`` is its user's own clock."""
    profile = replace(windows.of(kind.profile), hedge_mode=way.hedge, streams=way.stream)
    if not id_rule.is_told:
        profile = replace(profile, duplicate_ids_refused=False)
    return SimExchange(venue, clock, profile=profile, caller_clock=caller, streams=way.stream)
