"""The engine: one account on one exchange, in one-way or hedge mode, deterministic for a seed and a clock.

Both faces, in process and on the wire, only translate; what is accepted, refused, filled, triggered and liquidated
is decided here. Nothing here knows about lag or lost replies, and nothing waits.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import FillKind, OrderSide, PositionMode, PositionSide

from .account import Account
from .book import Book
from .orders import (
    Execution,
    Funding,
    PlaceRequest,
    RefusalReason,
    Refused,
    Truth,
    VenueOrder,
    VenuePosition,
)
from .rules import beyond, check_price, fires

__all__ = [
    "Execution",
    "Funding",
    "PlaceRequest",
    "PositionMode",
    "RefusalReason",
    "Refused",
    "Truth",
    "Venue",
    "VenueOrder",
    "VenuePosition",
]

FUNDING_RATE = Decimal("0.0001")


class Venue(Account):
    """The engine: the account's own acts, and what others do to it, the market and the exchange among them.

    ``stop_when_flat`` says whether a reduce-only stop is taken without a position ("accept") or not ("refuse").
    ``ids_taken`` says how long a client order id is: "for_ever", or "while_open" as long as its order lives.
    ``markets`` are its perpetuals; ``markets.numbered`` makes as many as are wanted. In hedge mode whatever is about a
    position names its side.
    """

    def set_mark(self, symbol: str, price: Decimal) -> None:
        """Move the mark: what waits for it fires, oldest first, and what is then beyond its margin is liquidated."""
        books = self._all(symbol)
        check_price(price, self.market(symbol))
        at_us = self.now_us()
        for book in books:
            book.set_mark(at_us, price)
        for book in books:
            self._fire(book, price, at_us)
            line, side = book.position.liquidation_price, book.position.side
            if line is not None and side is not None and beyond(side.closing, line, price):
                self._take_over(book, FillKind.LIQUIDATION, None)

    def _fire(self, book: Book, price: Decimal, at_us: int) -> None:
        for waiting in book.live:
            order = book.now(waiting)  # what fired before it may have changed or ended it
            if order and order.trigger_price is not None and fires(order, order.trigger_price, price):
                self._matcher.execute(book, order, at_us)

    def liquidate(self, symbol: str, side: PositionSide | None = None) -> VenueOrder | None:
        """The exchange takes the whole position over; None when there is none. Separate stops stay as they are."""
        return self._take_over(self._book(symbol, side), FillKind.LIQUIDATION, None)

    def adl(
        self, symbol: str, quantity: Decimal | None = None, side: PositionSide | None = None
    ) -> VenueOrder | None:
        """The exchange deleverages the position, whole or by a part of it; None when there is none."""
        return self._take_over(self._book(symbol, side), FillKind.ADL, quantity)

    def _take_over(self, book: Book, kind: FillKind, quantity: Decimal | None) -> VenueOrder | None:
        position = book.position
        if position.side is None:
            return None
        taken = position.quantity if quantity is None else quantity
        request = PlaceRequest(book.market.symbol, None, position.side.closing, taken, reduce_only=True)
        at_us = self.now_us()
        order = book.put(at_us, self._matcher.accepted(book, request, at_us, foreign=True))
        return self._matcher.execute(book, order, at_us, kind)

    def foreign_order(
        self,
        symbol: str,
        side: OrderSide,
        quantity: Decimal,
        *,
        reduce_only: bool = False,
        trigger_price: Decimal | None = None,
        position_side: PositionSide | None = None,
    ) -> VenueOrder:
        """Somebody else's order on the account: without a client order id, under the same rules."""
        request = PlaceRequest(symbol, None, side, quantity, reduce_only, trigger_price, position_side=position_side)
        return self.place(request, foreign=True)

    def funding(self, symbol: str, side: PositionSide | None = None) -> Funding | None:
        """A funding payment on the position; None when there is none. It moves no quantity and is no fill."""
        book = self._book(symbol, side)
        position = book.position
        if position.side is None:
            return None
        paid = Funding(
            funding_id=self._matcher.fresh_id(),
            symbol=book.market.symbol,
            order_side=position.side.opening,
            quantity=position.quantity,
            price=book.mark,
            rate=FUNDING_RATE,
            at_us=self.now_us(),
            position_side=side,
        )
        book.pay(paid)
        return paid
