"""The engine: one account on one exchange, one-way netting, deterministic for a seed and a clock.

Both faces, in process and on the wire, only translate; what is accepted, refused, filled, triggered and liquidated
is decided here. Nothing here knows about lag or lost replies: reads ask for a moment, and the faces choose it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from atomicpos.models import FillKind, OrderStatus

from .book import Book
from .faults import Faults
from .markets import MARKETS, perpetual
from .matching import Matcher
from .orders import (
    Execution,
    PlaceRequest,
    RefusalReason,
    Refused,
    Truth,
    VenueOrder,
    VenuePosition,
)
from .rules import (
    beyond,
    check_leverage,
    check_notional,
    check_position,
    check_price,
    check_quantity,
    check_trigger,
)

__all__ = [
    "Execution",
    "PlaceRequest",
    "RefusalReason",
    "Refused",
    "Truth",
    "Venue",
    "VenueOrder",
    "VenuePosition",
]

REFUSE = "refuse"
ACCEPT = "accept"


class Venue:
    """The engine. Symbols may be unified or raw ids; every write raises ``Refused`` or takes effect at once.

    ``stop_when_flat`` says whether a reduce-only stop is taken without a position ("accept") or not ("refuse").
    """

    def __init__(self, now_us: Callable[[], int], *, seed: int = 0, stop_when_flat: str = REFUSE) -> None:
        if stop_when_flat not in (REFUSE, ACCEPT):
            raise ValueError(f"stop_when_flat is {stop_when_flat!r}; it must be {REFUSE!r} or {ACCEPT!r}")
        self._clock_us = now_us
        self._last_us = 0
        self._matcher = Matcher(seed)
        self._stops_need_position = stop_when_flat == REFUSE
        self._books = {market.symbol: Book(market) for market in MARKETS}
        self._ids: set[str] = set()
        self.faults = Faults()

    def now_us(self) -> int:
        """The engine's time, which never runs backwards whatever its clock does."""
        self._last_us = max(self._last_us, self._clock_us())
        return self._last_us

    # --- writes -------------------------------------------------------------------------------------------------

    def place(self, request: PlaceRequest, *, fill: bool = True, foreign: bool = False) -> VenueOrder:
        """Take an order: a market order fills at once, a stop waits for its trigger.

        With ``fill=False`` it is accepted and then cancelled unfilled. ``foreign`` marks somebody else's order.
        """
        book = self._book(request.symbol)
        self._check(book, request)
        at_us = self.now_us()
        self._count(book, request, at_us, foreign)
        order = book.put(at_us, self._matcher.accepted(book, request, at_us, foreign))
        if not fill:
            return book.put(at_us, replace(order, status=OrderStatus.DEAD))
        return order if order.conditional else self._matcher.execute(book, order, at_us)

    def cancel(self, symbol: str, client_order_id: str | None = None, order_id: str | None = None) -> VenueOrder:
        """Cancel the live order with that id of either kind."""
        book = self._book(symbol)
        for order in book.live:
            if order_id == order.order_id or (client_order_id is not None and client_order_id == order.client_order_id):
                return book.put(self.now_us(), replace(order, status=OrderStatus.DEAD))
        raise Refused(RefusalReason.UNKNOWN_ORDER, f"no open order is called {client_order_id or order_id}")

    def set_leverage(self, symbol: str, leverage: Decimal) -> None:
        """Set the symbol's leverage; refused as unchanged when it is that already."""
        book = self._book(symbol)
        check_leverage(leverage, book.market)
        if leverage == book.position.leverage:
            raise Refused(RefusalReason.LEVERAGE_UNCHANGED, f"the leverage is {leverage} already")
        book.set_leverage(self.now_us(), leverage)

    def set_mark(self, symbol: str, price: Decimal) -> None:
        """Move the mark: stops it reaches fire, oldest first, and what is then beyond its margin is liquidated."""
        book = self._book(symbol)
        check_price(price, book.market)
        at_us = self.now_us()
        book.set_mark(at_us, price)
        for order in book.live:
            if order.trigger_price is not None and beyond(order.order_side, order.trigger_price, price):
                self._matcher.execute(book, order, at_us)
        line, side = book.position.liquidation_price, book.position.side
        if line is not None and side is not None and beyond(side.closing, line, price):
            self.liquidate(symbol)

    def liquidate(self, symbol: str) -> VenueOrder | None:
        """The exchange takes the whole position over; None when there is none. Stops stay as they are."""
        book = self._book(symbol)
        position = book.position
        if position.side is None:
            return None
        request = PlaceRequest(symbol, None, position.side.closing, position.quantity, reduce_only=True)
        at_us = self.now_us()
        order = book.put(at_us, self._matcher.accepted(book, request, at_us, foreign=True))
        return self._matcher.execute(book, order, at_us, FillKind.LIQUIDATION)

    # --- reads: pure views of history at a moment -----------------------------------------------------------------

    def orders_as_of(self, symbol: str, at_us: int) -> tuple[VenueOrder, ...]:
        """Each order that existed then, final ones included, in the version it had then, oldest first."""
        return self._book(symbol).orders_as_of(at_us)

    def executions_as_of(self, symbol: str, at_us: int) -> tuple[Execution, ...]:
        """What had executed by then, oldest first."""
        return self._book(symbol).executions_as_of(at_us)

    def position_as_of(self, symbol: str, at_us: int) -> VenuePosition:
        """The position as it was then, with the mark and the leverage of that moment."""
        return self._book(symbol).position_as_of(at_us)

    def mark(self, symbol: str) -> Decimal:
        """The mark price now."""
        return self._book(symbol).mark

    def truth(self, symbol: str) -> Truth:
        """What is so now, never lagged and never faulted."""
        return self._book(symbol).truth(self.now_us())

    def symbols(self) -> tuple[str, ...]:
        """The unified symbols of the perpetuals."""
        return tuple(self._books)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _book(self, symbol: str) -> Book:
        try:
            return self._books[perpetual(symbol).symbol]
        except LookupError as error:
            raise Refused(RefusalReason.UNKNOWN_SYMBOL, str(error.args[0])) from None

    def _check(self, book: Book, request: PlaceRequest) -> None:
        if request.client_order_id is not None and request.client_order_id in self._ids:
            raise Refused(RefusalReason.DUPLICATE_ID, f"client order id {request.client_order_id} is taken")
        check_quantity(request, book.market)
        check_notional(request, book.market, book.mark)
        check_position(request, book.position, stops_need_one=self._stops_need_position)
        check_trigger(request, book.market, book.mark)

    def _count(self, book: Book, request: PlaceRequest, at_us: int, foreign: bool) -> None:
        if request.client_order_id is not None:
            self._ids.add(request.client_order_id)
        if not request.reduce_only and not foreign:
            book.entries += 1
            if book.position.side is None:
                self.faults.entered(request.symbol, at_us)
