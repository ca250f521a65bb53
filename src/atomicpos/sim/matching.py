"""How an accepted order becomes executions: ids, slippage and prices, all drawn from one seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from atomicpos.models import FillKind, OrderSide, OrderStatus, TriggerBy

from .book import Book
from .netting import direction, reducible, weighted
from .orders import Execution, PlaceRequest, VenueOrder

SLIPPAGE_TICKS = (1, 4)
"""A market order fills between so many ticks away from the mark, always to its taker's loss."""


class Matcher:
    """Fills orders against the mark. The same seed and the same calls give the same ids and prices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def _id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def accepted(self, book: Book, request: PlaceRequest, at_us: int, foreign: bool) -> VenueOrder:
        """The order's first version: working, or waiting for its trigger."""
        conditional = request.trigger_price is not None
        return VenueOrder(
            order_id=self._id(),
            client_order_id=request.client_order_id,
            symbol=book.market.symbol,
            order_side=request.order_side,
            quantity=request.quantity,
            reduce_only=request.reduce_only,
            created_at_us=at_us,
            updated_at_us=at_us,
            status=OrderStatus.UNTRIGGERED if conditional else OrderStatus.OPEN,
            trigger_price=request.trigger_price,
            trigger_by=(request.trigger_by or TriggerBy.LAST) if conditional else None,
            foreign=foreign,
        )

    def execute(
        self, book: Book, order: VenueOrder, at_us: int, kind: FillKind = FillKind.TRADE
    ) -> VenueOrder:
        """Fill the order whole at the mark, reduce-only cut to the position; dead when nothing is left to fill."""
        quantity = order.quantity
        if order.reduce_only:
            quantity = min(quantity, reducible(book.position, order.order_side))
        if not quantity:  # a stop that fires without a position: the exchange throws it away
            return book.put(at_us, replace(order, status=OrderStatus.DEAD))
        average: Decimal | None = None
        filled = Decimal(0)
        for piece, price in self._pieces(book, order.order_side, quantity):
            average = price if average is None else weighted(average, filled, price, piece, book.market)
            filled += piece
            book.execute(self._execution(order, piece, price, at_us, kind))
        return book.put(
            at_us, replace(order, quantity=quantity, filled=filled, average=average, status=OrderStatus.FILLED)
        )

    def _pieces(self, book: Book, side: OrderSide, quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
        """Quantity and price of the executions: two where the step allows, the second a tick worse."""
        market = book.market
        slip = self._random.randint(*SLIPPAGE_TICKS)
        first = quantity // 2 // market.step * market.step
        for piece, ticks in ((first, slip), (quantity - first, slip + 1)):
            if piece:
                yield piece, max(market.tick, book.mark + direction(side) * ticks * market.tick)

    def _execution(
        self, order: VenueOrder, quantity: Decimal, price: Decimal, at_us: int, kind: FillKind
    ) -> Execution:
        return Execution(
            execution_id=self._id(),
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            order_side=order.order_side,
            quantity=quantity,
            price=price,
            at_us=at_us,
            kind=kind,
        )
