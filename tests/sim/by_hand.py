"""The engine under a clock that moves only when told, and the shortest words for what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from atomicpos.models import OrderSide
from atomicpos.sim.venue import PlaceRequest, RefusalReason, Refused, Venue, VenueOrder

AVL = "AVL/USDT:USDT"
BUY, SELL = OrderSide.BUY, OrderSide.SELL


class HandClock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.us = 1_000_000

    def __call__(self) -> int:
        return self.us

    def pass_s(self, seconds: float) -> None:
        self.us += round(seconds * 1_000_000)


def asked(side: OrderSide, quantity: str, *, cid: str | None = None, reduce_only: bool = False,
          symbol: str = AVL, **prices: str) -> PlaceRequest:
    """A request; prices are given by the names of their fields."""
    decimals = {name: Decimal(price) for name, price in prices.items()}
    return PlaceRequest(symbol, cid, side, Decimal(quantity), reduce_only, **decimals)  # type: ignore[arg-type]


def own_stop(venue: Venue) -> VenueOrder | None:
    """The position's own stop now."""
    return venue.position_stop_as_of(AVL, venue.now_us())


def newest(venue: Venue) -> VenueOrder:
    """The order that was accepted last, as it is now."""
    return venue.orders_as_of(AVL, venue.now_us())[-1]


def refusal(act: Callable[..., object], *args: object, **kwargs: object) -> RefusalReason:
    """Why that is refused."""
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.reason
