"""How an accepted order becomes executions: ids, slippage and prices, all drawn from one seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from decimal import Decimal

from atomicpos.frozen import replace
from atomicpos.models import FillKind, OrderSide, OrderStatus, TriggerBy

from .book import Book
from .markets import Market
from .netting import direction, reducible, weighted
from .orders import Execution, PlaceRequest, VenueOrder
from .position_stop import attach, follow, put_up

SLIPPAGE_TICKS = (1, 4)
"""A market order fills between so many ticks away from the mark, always to its taker's loss."""


class Matcher:
    """Fills orders against the mark. The same seed and the same calls give the same ids and prices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def fresh_id(self) -> str:
        """An id that nothing has yet."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def accepted(self, book: Book, request: PlaceRequest, at_us: int, foreign: bool) -> VenueOrder:
        """The order's first version: working, or waiting for its trigger."""
        conditional = request.trigger_price is not None
        return VenueOrder(
            order_id=self.fresh_id(),
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
            limit_price=request.limit_price,
            stop_loss=request.stop_loss,
            stop_loss_by=(request.stop_loss_by or TriggerBy.LAST) if request.stop_loss is not None else None,
            attached_id=request.attached_id if request.stop_loss is not None else None,
            attached_apart=request.attached_apart and request.stop_loss is not None,
            foreign=foreign,
            position_side=book.side,
            target=request.target,
        )

    def execute(
        self,
        book: Book,
        order: VenueOrder,
        at_us: int,
        kind: FillKind = FillKind.TRADE,
        *,
        largest: Decimal | None = None,
        rests: bool = False,
    ) -> VenueOrder:
        """Fill what is left at the mark: at most ``largest``, reduce-only cut to the position, within its limit price.

        What is not filled then is cancelled at once, unless the order ``rests``.
        """
        left = _fillable(book, order)
        done = order
        for piece, price in self._pieces(book, order, left if largest is None else min(left, largest)):
            closed = min(piece, reducible(book.position, order.order_side))
            book.execute(self._execution(order, piece, price, at_us, kind, closed))
            done = _with_fill(done, piece, price, book.market)
        done = book.put(at_us, _ended(done, order.filled + left, rests))
        follow(book, at_us)
        apart = done.attached_apart or done.attached_id is not None
        if done.stop_loss is not None and not apart and done.filled and not order.filled:
            attach(book, done, at_us, self.fresh_id())
        return done

    def set_stop(self, book: Book, trigger: Decimal, by: TriggerBy, at_us: int) -> None:
        """Put the position's own stop up, or amend it."""
        put_up(book, trigger, by, at_us, self.fresh_id())

    def _pieces(self, book: Book, order: VenueOrder, quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
        """Quantity and price of the executions: two where the step allows, the second a tick worse."""
        if not quantity:
            return
        market, sign = book.market, direction(order.order_side)
        slip = self._random.randint(*SLIPPAGE_TICKS)
        first = quantity // 2 // market.step * market.step
        for piece, ticks in ((first, slip), (quantity - first, slip + 1)):
            price = max(market.tick, book.mark + sign * ticks * market.tick)
            if piece and _within(price, order.order_side, order.limit_price):
                yield piece, price

    def _execution(
        self, order: VenueOrder, quantity: Decimal, price: Decimal, at_us: int, kind: FillKind, closed: Decimal
    ) -> Execution:
        return Execution(
            execution_id=self.fresh_id(),
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            order_side=order.order_side,
            quantity=quantity,
            price=price,
            at_us=at_us,
            kind=kind,
            position_stop=order.position_stop,
            closed=closed,
            position_side=order.position_side,
        )


def _fillable(book: Book, order: VenueOrder) -> Decimal:
    left = order.quantity - order.filled
    return min(left, reducible(book.position, order.order_side)) if order.reduce_only else left


def _within(price: Decimal, side: OrderSide, limit: Decimal | None) -> bool:
    return limit is None or (price <= limit if side is OrderSide.BUY else price >= limit)


def _with_fill(order: VenueOrder, piece: Decimal, price: Decimal, market: Market) -> VenueOrder:
    average = price if order.average is None else weighted(order.average, order.filled, price, piece, market)
    return replace(order, filled=order.filled + piece, average=average)


def _ended(order: VenueOrder, possible: Decimal, rests: bool) -> VenueOrder:
    """The version after a round of fills; ``possible`` is what it could have filled in all."""
    if order.filled and order.filled == possible:
        return replace(order, quantity=possible, status=OrderStatus.FILLED)
    if rests:
        return replace(order, status=OrderStatus.PARTIAL if order.filled else OrderStatus.OPEN)
    # an immediate order's remainder, or a stop that fires without a position: the exchange throws it away
    return replace(order, status=OrderStatus.DEAD)
