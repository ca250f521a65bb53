"""The exchange as a process that may be stopped finds it: what left goes on, and answers wait for their reader."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from ...models import MICROSECONDS, PositionMode, PositionSide
from ...ports import (
    AccountFill,
    AccountOrder,
    AccountPosition,
    AccountReads,
    Clock,
    FillsReading,
    OrdersReading,
    Outcome,
    PositionReading,
    PositionStopReading,
    Reads,
    StopsReading,
)
from ...ports import Write as Request
from ...sim import Fault, SimExchange, Venue, VirtualClock
from ...sim.receive_window import taken
from .kinds import Kind
from .pausing import outside
from .windows import Windows

T = TypeVar("T")


class FarExchange(SimExchange):
    """The in-process face of the venue, outside the process that uses it.

    ``clock`` is the process's own; ``pause`` is awaited between a permit's answer and the departure; ``arrives`` hears
    of each request that the venue takes, right before it is carried out.
    """

    def __init__(
        self, venue: Venue, true_clock: VirtualClock, kind: Kind, *, clock: Clock,
        pause: Callable[[], Awaitable[None]] | None, arrives: Callable[[Request], None], streams: bool = False,
        windows: Windows = Windows.SHIPPED,
    ) -> None:
        profile = replace(windows.of(kind.profile), streams=streams)
        super().__init__(venue, true_clock, profile=profile, caller_clock=clock, pause=pause, streams=streams)
        self.reads = self.urgent_reads = FarReads(self.reads)  # type: ignore[assignment]
        self.account = FarListings(self.account)  # type: ignore[assignment]
        self._arrives = arrives

    def hedged(self, side: PositionSide) -> FarExchange:
        """Its reads go the same way."""
        bound = copy.copy(self)
        bound._bind(side)
        bound.reads = bound.urgent_reads = FarReads(bound.reads)  # type: ignore[assignment]
        return bound

    def _launch(self, trip: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = outside(trip)
        self.underway.add(task)
        task.add_done_callback(self.underway.discard, context=Context())  # heard of although its sender is stopped
        return task

    def _arrive(self, request: Request, stamped_us: int, fault: Fault | None) -> Outcome:
        if taken(stamped_us, self.venue.now_us(), round(self.profile.recv_window_s * MICROSECONDS)):
            self._arrives(request)
        return super()._arrive(request, stamped_us, fault)


class FarReads:
    """``ports.Reads``: what was asked is answered, whether anybody is awake to hear it or not."""

    def __init__(self, inner: Reads) -> None:
        self._inner = inner

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        return await outside(self._inner.orders(symbol, client_order_ids))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        return await outside(self._inner.fills(symbol, since_us, all_kinds=all_kinds))

    async def position(self, symbol: str) -> PositionReading:
        return await outside(self._inner.position(symbol))

    async def position_stop(self, symbol: str) -> PositionStopReading:
        return await outside(self._inner.position_stop(symbol))

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        return await outside(self._inner.waiting_stops(symbol, exchange_order_id))

    async def position_mode(self, symbol: str) -> PositionMode:
        return await outside(self._inner.position_mode(symbol))

    async def mark_price(self, symbol: str) -> Decimal:
        return await outside(self._inner.mark_price(symbol))


class FarListings:
    """``ports.AccountReads``, in the same way."""

    def __init__(self, inner: AccountReads) -> None:
        self._inner = inner

    async def positions(self) -> tuple[AccountPosition, ...]:
        return await outside(self._inner.positions())

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        return await outside(self._inner.open_orders())

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        return await outside(self._inner.fills(since_us))
