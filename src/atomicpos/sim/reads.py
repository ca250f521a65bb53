"""The in-process reads: what the engine looked like a lag ago, translated into the words of the ports."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind
from atomicpos.ports import Clock, FillsReading, OrdersReading, PositionReading, ReadFailed

from .fault_kinds import Call
from .orders import Execution, VenueOrder, VenuePosition
from .venue import Venue


class SimReads:
    """``ports.Reads`` on the venue: half a round trip each way, faults in between."""

    def __init__(
        self, venue: Venue, clock: Clock, round_trip_s: float, requests: list[tuple[int, str, str]]
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._half_s = round_trip_s / 2
        self._requests = requests

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Each id's order as it was then; an id that the venue did not show is absent."""
        moment_us = await self._out(Call.ORDERS, symbol)
        shown = () if moment_us is None else self._venue.orders_as_of(symbol, moment_us)
        wanted = {order.client_order_id: order_view(order) for order in shown}
        await self._back()
        return OrdersReading(
            orders=tuple(wanted[i] for i in client_order_ids if i in wanted),
            absent_ids=tuple(i for i in client_order_ids if i not in wanted),
        )

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then as they were shown; only ordinary trades unless ``all_kinds``."""
        moment_us = await self._out(Call.FILLS, symbol)
        shown = () if moment_us is None else self._venue.executions_as_of(symbol, moment_us)
        await self._back()
        kinds = frozenset(FillKind) if all_kinds else frozenset({FillKind.TRADE})
        return FillsReading(tuple(fill_of(e) for e in shown if e.at_us >= since_us and e.kind in kinds))

    async def position(self, symbol: str) -> PositionReading:
        """The slot as it was then; quantity 0 without a time where the venue shows nothing at all."""
        moment_us = await self._out(Call.POSITION, symbol)
        view = PositionView(Decimal(0))
        if moment_us is not None:
            view = position_view(self._venue.position_as_of(symbol, moment_us))
        await self._back()
        return PositionReading(view)

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark as it was then."""
        moment_us = await self._out(Call.MARK, symbol)
        mark = self._venue.position_as_of(symbol, moment_us or 0).mark
        await self._back()
        return mark

    async def _out(self, call: Call, symbol: str) -> int | None:
        """Reach the engine: the moment it shows, or None where it shows nothing. Raises ReadFailed."""
        self._requests.append((self._clock.now_us(), call.value, symbol))
        fault = self._venue.faults.strike(call, symbol)
        await self._clock.sleep(self._half_s)
        await self._fail(call, symbol, injected=fault is not None)
        now_us = self._venue.now_us()
        if self._venue.faults.blind(call, symbol, now_us):
            return None
        return now_us - self._venue.faults.lag_us(call, symbol)

    async def _fail(self, call: Call, symbol: str, *, injected: bool) -> None:
        """Raise ReadFailed, after the way back, for an injected error or a symbol that is none."""
        if injected or symbol not in self._venue.symbols():
            await self._back()
            raise ReadFailed(f"{call.value} on {symbol}: {'an injected error' if injected else 'no such symbol'}")

    async def _back(self) -> None:
        await self._clock.sleep(self._half_s)


def order_view(order: VenueOrder) -> OrderView:
    """The order in the ports' words."""
    return OrderView(
        client_order_id=order.client_order_id,
        exchange_order_id=order.order_id,
        status=order.status,
        order_side=order.order_side,
        quantity=order.quantity,
        filled=order.filled,
        average=order.average,
        reduce_only=order.reduce_only,
        trigger_price=order.trigger_price,
        trigger_by=order.trigger_by,
        created_at_us=order.created_at_us,
        updated_at_us=order.updated_at_us,
    )


def fill_of(execution: Execution) -> Fill:
    """The execution in the ports' words."""
    return Fill(
        fill_id=execution.execution_id,
        order_side=execution.order_side,
        quantity=execution.quantity,
        price=execution.price,
        time_us=execution.at_us,
        kind=execution.kind,
        client_order_id=execution.client_order_id,
        exchange_order_id=execution.order_id,
    )


def position_view(position: VenuePosition) -> PositionView:
    """The position in the ports' words."""
    return PositionView(
        quantity=position.quantity,
        side=position.side,
        entry_price=position.average,
        mark_price=position.mark,
        liquidation_price=position.liquidation_price,
        leverage=position.leverage,
        updated_at_us=position.updated_at_us,
    )
