"""One slot's state and its whole history: orders, executions, positions and marks.

A slot is a symbol in one-way mode, and one side of a symbol in hedge mode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from atomicpos.frozen import replace
from atomicpos.models import MICROSECONDS, PositionSide

from .exposure import ExposureMeter, covered
from .history import Log
from .markets import Market
from .netting import after_fill, with_leverage
from .orders import Execution, Funding, Happening, Truth, VenueOrder, VenuePosition

LEVERAGE_AT_FIRST = Decimal(10)
"""What a symbol's leverage is until it is set."""


class Book:
    """What one slot looks like now, and what it looked like at any moment before.

    ``side`` is the one that it holds in hedge mode: orders that close it are reduce-only there, so that what nets
    within the book never turns it over. ``told`` are called with whatever happens that an exchange tells of by itself;
    a mark that moves is not.
    """

    def __init__(
        self,
        market: Market,
        told: Sequence[Callable[[Happening], object]] = (),
        side: PositionSide | None = None,
        first: VenuePosition | None = None,
    ) -> None:
        self.market = market
        self._told = told
        self.side = side
        self._first = first or VenuePosition(market.symbol, market.price, LEVERAGE_AT_FIRST)
        self.mark = self._first.mark
        self.position = self._first
        self.entries = 0
        self._live: dict[str, VenueOrder] = {}
        self._order_log: Log[VenueOrder] = Log()
        self._executions: Log[Execution] = Log()
        self._positions: Log[VenuePosition] = Log()
        self._fundings: Log[Funding] = Log()
        self._meter = ExposureMeter()

    def beside(self, side: PositionSide) -> Book:
        """An empty book for one side of this symbol in hedge mode, at its mark and leverage."""
        empty = VenuePosition(self.market.symbol, self.mark, self.position.leverage, slot=side)
        return Book(self.market, self._told, side, empty)

    @property
    def used(self) -> bool:
        """True while it holds a position or a live order."""
        return bool(self.position.quantity or self._live)

    @property
    def live(self) -> tuple[VenueOrder, ...]:
        """The orders that may still execute, oldest first."""
        return tuple(self._live.values())

    @property
    def position_stop(self) -> VenueOrder | None:
        """The stop that is kept on the position itself."""
        return next((order for order in self._live.values() if order.position_stop), None)

    def now(self, order: VenueOrder) -> VenueOrder | None:
        """That order in its newest version; None when it is no longer live."""
        return self._live.get(order.order_id)

    def put(self, at_us: int, order: VenueOrder) -> VenueOrder:
        """Take this as the order's newest version."""
        version = replace(order, updated_at_us=at_us)
        if version.live:
            self._live[order.order_id] = version
        else:
            self._live.pop(order.order_id, None)
        self._order_log.append(at_us, version)
        self._tell(version)
        if version.position_stop:
            self._show_stop(at_us)
        self._measure(at_us)
        return version

    def _show_stop(self, at_us: int) -> None:
        """The position shows its own stop; its time of change stays that of the quantity."""
        stop = self.position_stop
        price, by = (stop.trigger_price, stop.trigger_by) if stop else (None, None)
        self._move(at_us, replace(self.position, stop_price=price, stop_by=by))

    def execute(self, execution: Execution) -> None:
        """Take one execution into the position."""
        side, quantity, price = execution.order_side, execution.quantity, execution.price
        self._executions.append(execution.at_us, execution)
        self._tell(execution)
        self._move(execution.at_us, after_fill(self.position, side, quantity, price, execution.at_us, self.market))

    def pay(self, funding: Funding) -> None:
        """Take one funding payment into the history."""
        self._fundings.append(funding.at_us, funding)

    def set_mark(self, at_us: int, price: Decimal) -> None:
        """Take this as the mark price."""
        self.mark = price
        self._move(at_us, replace(self.position, mark=price))

    def set_leverage(self, at_us: int, leverage: Decimal) -> None:
        """Take this as the leverage."""
        self._move(at_us, with_leverage(self.position, leverage, self.market))

    def _move(self, at_us: int, position: VenuePosition) -> None:
        before, self.position = self.position, position
        self._positions.append(at_us, position)
        if self._told and position != replace(before, mark=position.mark):
            self._tell(position)
        self._measure(at_us)

    def _tell(self, happening: Happening) -> None:
        for tell in self._told:
            tell(happening)

    def _measure(self, at_us: int) -> None:
        self._meter.note(at_us, self.position.quantity > covered(self.position, self.live))

    def orders_as_of(self, at_us: int) -> tuple[VenueOrder, ...]:
        """Each order that existed then, in the version it had then, oldest first."""
        return tuple({order.order_id: order for order in self._order_log.until(at_us)}.values())

    def executions_as_of(self, at_us: int) -> tuple[Execution, ...]:
        """What had executed by then, oldest first."""
        return self._executions.until(at_us)

    def fundings_as_of(self, at_us: int) -> tuple[Funding, ...]:
        """The funding payments by then, oldest first."""
        return self._fundings.until(at_us)

    def position_stop_as_of(self, at_us: int) -> VenueOrder | None:
        """The position's own stop as it was then; None where there was none."""
        return next((order for order in self.orders_as_of(at_us) if order.position_stop and order.live), None)

    def position_as_of(self, at_us: int) -> VenuePosition:
        """The position as it was then."""
        return self._positions.last(at_us) or self._first

    def truth(self, at_us: int) -> Truth:
        """What is so now, exposure up to that moment included."""
        return Truth(
            quantity=self.position.signed,
            average=self.position.average,
            stops=tuple(order for order in self.live if order.is_stop),
            orders=tuple(order for order in self.live if not order.is_stop),
            entries=self.entries,
            stop_quantity=covered(self.position, self.live),
            exposure_s=self._meter.total_us(at_us) / MICROSECONDS,
        )
