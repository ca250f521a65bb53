"""Exchanges that show or do one thing differently: real ones, with a hook between them and the library."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any

from atomicpos.models import Leg, PositionMode, PositionSide
from atomicpos.ports import (
    FillsReading,
    OrdersReading,
    Outcome,
    PlaceOrder,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    StopsReading,
)
from atomicpos.sim import SimExchange
from atomicpos.sim.reads import SimReads

Show = Callable[[Any], Any]
Before = Callable[[Any], Awaitable[None]]


def as_it_is(reading: Any) -> Any:
    return reading


class ShadedReads:
    """The venue's reads; each answer passes through a function of the test."""

    def __init__(self, reads: SimReads) -> None:
        self._reads = reads
        self.show_orders: Show = as_it_is
        self.show_fills: Show = as_it_is
        self.show_position: Show = as_it_is
        self.show_position_stop: Show = as_it_is
        self.show_waiting_stops: Show = as_it_is

    def show(self, how: Show) -> None:
        """Pass orders, fills and positions through that function."""
        self.show_orders = self.show_fills = self.show_position = self.show_position_stop = how
        self.show_waiting_stops = how

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        return self.show_orders(await self._reads.orders(symbol, client_order_ids))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        return self.show_fills(await self._reads.fills(symbol, since_us, all_kinds=all_kinds))

    async def position(self, symbol: str) -> PositionReading:
        return self.show_position(await self._reads.position(symbol))

    async def position_stop(self, symbol: str) -> PositionStopReading:
        return self.show_position_stop(await self._reads.position_stop(symbol))

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        return self.show_waiting_stops(await self._reads.waiting_stops(symbol, exchange_order_id))

    async def position_mode(self, symbol: str) -> PositionMode:
        return await self._reads.position_mode(symbol)

    async def mark_price(self, symbol: str) -> Decimal:
        return await self._reads.mark_price(symbol)


async def nothing(request: Any) -> None:
    """The hook that does nothing."""


class ShadedExchange(SimExchange):
    """The venue's exchange with shaded reads, a hook before each write leaves, and a log of all writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads: Any = ShadedReads(self.reads)
        self.urgent_reads = self.reads
        self.before: Before = nothing
        self.answer: Show = as_it_is
        self.written: list[Any] = []

    def hedged(self, side: PositionSide) -> ShadedExchange:
        """Through one side of hedge mode, shaded as it is now."""
        bound = copy.copy(self)
        bound._bind(side)
        shaded = copy.copy(self.reads)
        shaded._reads = bound.reads
        bound.reads = bound.urgent_reads = shaded
        return bound

    async def write(self, request: Any, permit: Any) -> Outcome:
        self.written.append(request)
        await self.before(request)
        return self.answer(await super().write(request, permit))


def from_the_entry_on(exchange: ShadedExchange, happens: Callable[[], None]) -> None:
    """Let something happen when the entry leaves."""

    async def before(request: Any) -> None:
        if isinstance(request, PlaceOrder) and request.leg is Leg.ENTRY:
            happens()

    exchange.before = before


def fails(reading: Any) -> Any:
    """A reading that never comes."""
    raise ReadFailed("an injected error")
