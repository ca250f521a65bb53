"""The in-process reads: what the engine looked like a lag ago, translated into the words of the ports."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from decimal import Decimal

from atomicpos.evidence import PositionView
from atomicpos.models import FillKind, OrderStatus, PositionMode, PositionSide
from atomicpos.ports import (
    Clock,
    FillsReading,
    OrdersReading,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    StopsReading,
    WrongPositionMode,
)

from .fault_words import Call, FaultKind
from .venue import Venue
from .views import fill_of, order_view, position_view


class SimReads:
    """``ports.Reads`` on the venue: half a round trip each way, faults in between.

    With a ``side`` they are about that side of hedge mode, else about one-way mode.
    """

    def __init__(
        self,
        venue: Venue,
        clock: Clock,
        round_trip_s: float,
        requests: list[tuple[int, str, str]],
        side: PositionSide | None = None,
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._half_s = round_trip_s / 2
        self._requests = requests
        self._side = side

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Each id's order as it was then; an id that the venue did not show is absent."""
        moment_us = await self._out(Call.ORDERS, symbol)
        shown = () if moment_us is None else self._venue.orders_as_of(symbol, moment_us, self._side)
        wanted = {o.client_order_id: order_view(o) for o in shown if o.client_order_id in client_order_ids}
        await self._back()
        return OrdersReading(
            orders=tuple(wanted[i] for i in client_order_ids if i in wanted),
            absent_ids=tuple(i for i in client_order_ids if i not in wanted),
        )

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then as they were shown; only ordinary trades unless ``all_kinds``."""
        moment_us = await self._out(Call.FILLS, symbol)
        shown = () if moment_us is None else self._venue.executions_as_of(symbol, moment_us, self._side)
        await self._back()
        meant = [e for e in shown if e.at_us >= since_us and (all_kinds or e.kind is FillKind.TRADE)]
        return FillsReading(tuple(map(fill_of, meant)))

    async def position(self, symbol: str) -> PositionReading:
        """The slot as it was then; quantity 0 without a time where the venue shows nothing at all.

        Raises WrongPositionMode while the account is in the other position mode.
        """
        moment_us = await self._out(Call.POSITION, symbol)
        view = PositionView(Decimal(0))
        if moment_us is not None:
            position = self._venue.position_as_of(symbol, moment_us, self._side)
            view = position_view(position, self._venue.margin_mode(moment_us))
        only_closable = self._venue.trades(symbol) and self._venue.only_closable(symbol)
        mode = self._venue.position_mode
        await self._back()
        self._check(symbol, mode)
        return PositionReading(view, only_closable=only_closable)

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The position's own stop as it was then."""
        moment_us = await self._out(Call.POSITION_STOP, symbol)
        stop = None if moment_us is None else self._venue.position_stop_as_of(symbol, moment_us, self._side)
        mode = self._venue.position_mode
        await self._back()
        self._check(symbol, mode)
        return PositionStopReading(None if stop is None else order_view(stop))

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """The stops that waited then, and the one of that id whatever had become of it."""
        moment_us = await self._out(Call.ORDERS, symbol)
        shown = () if moment_us is None else self._venue.orders_as_of(symbol, moment_us, self._side)
        stops = [order for order in shown if order.is_stop and not order.position_stop]
        await self._back()
        waiting = tuple(order_view(stop) for stop in stops if stop.status is OrderStatus.UNTRIGGERED)
        asked = next((order_view(stop) for stop in stops if stop.order_id == exchange_order_id), None)
        return StopsReading(waiting, asked)

    async def position_mode(self, symbol: str) -> PositionMode:
        """The account's position mode: it is never old, and never left out."""
        await self._out(Call.POSITION, symbol)
        mode = self._venue.position_mode
        await self._back()
        return mode

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark as it was then."""
        moment_us = await self._out(Call.MARK, symbol)
        mark = self._venue.position_as_of(symbol, moment_us or 0).mark
        await self._back()
        return mark

    def _check(self, symbol: str, mode: PositionMode) -> None:
        if (self._side is None) == (mode is PositionMode.HEDGE):
            raise WrongPositionMode(f"the account holds {symbol} in {mode.words}")

    async def _out(self, call: Call, symbol: str) -> int | None:
        """Reach the engine: the moment it shows, or None where it shows nothing. Raises ReadFailed."""
        self._requests.append((self._clock.now_us(), call.value, symbol))
        await self._clock.sleep(self._half_s)
        fault = self._venue.faults.strike(call, symbol)
        kind = fault.kind if fault else None
        if kind == FaultKind.ERROR or not self._venue.trades(symbol):
            await self._back()
            why = "an injected error" if kind == FaultKind.ERROR else "no such symbol"
            raise ReadFailed(f"{call.value} on {symbol}: {why}")
        now_us = self._venue.now_us()
        if kind == FaultKind.OMIT or self._venue.faults.blind(call, symbol, now_us):
            return None
        return now_us - self._venue.faults.lag_us(call, symbol)

    def _back(self) -> Awaitable[None]:
        return self._clock.sleep(self._half_s)
