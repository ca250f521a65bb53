"""The account's history: every slot's book under one clock, and the pure views of it at any moment.

A symbol has one book in one-way mode and one for each side in hedge mode; what is asked without a side in hedge mode
is about both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from atomicpos.models import MarginMode, PositionMode, PositionSide

from .book import Book
from .history import Log
from .markets import MARKETS, Market, unknown
from .orders import (
    Execution,
    Funding,
    Happening,
    RefusalReason,
    Refused,
    Truth,
    VenueOrder,
    VenuePosition,
    together,
)


class Ledger:
    """What is so, and what was so. Symbols may be unified or raw ids; one that is none raises ``Refused``.

    Reads are pure: they ask for a moment, and the faces choose it.
    """

    def __init__(self, now_us: Callable[[], int], markets: Sequence[Market] = MARKETS) -> None:
        self._clock_us = now_us
        self._last_us = 0
        self.told: list[Callable[[Happening], object]] = []
        """Called with each version of an order, each execution, and each change of a position, as it happens."""
        self._books = {market.symbol: Book(market, self.told) for market in markets}
        self._sides: dict[str, dict[PositionSide, Book]] = {}
        self._symbols = {name: market.symbol for market in markets for name in (market.symbol, market.market_id)}
        self._margin_modes: Log[MarginMode] = Log()
        self._position_mode = PositionMode.ONE_WAY

    def now_us(self) -> int:
        """The engine's time, which never runs backwards whatever its clock does."""
        self._last_us = max(self._last_us, self._clock_us())
        return self._last_us

    def orders_as_of(self, symbol: str, at_us: int, side: PositionSide | None = None) -> tuple[VenueOrder, ...]:
        """Each order that existed then, final ones and the position's own stops included, oldest first."""
        books = self._asked(symbol, side)
        if len(books) == 1:
            return books[0].orders_as_of(at_us)
        found = [order for book in books for order in book.orders_as_of(at_us)]
        return tuple(sorted(found, key=lambda order: order.created_at_us))

    def executions_as_of(self, symbol: str, at_us: int, side: PositionSide | None = None) -> tuple[Execution, ...]:
        """What had executed by then, oldest first."""
        books = self._asked(symbol, side)
        if len(books) == 1:
            return books[0].executions_as_of(at_us)
        return tuple(sorted((e for book in books for e in book.executions_as_of(at_us)), key=lambda e: e.at_us))

    def funding_as_of(self, symbol: str, at_us: int, side: PositionSide | None = None) -> tuple[Funding, ...]:
        """The funding payments by then, oldest first: they are no fills."""
        paid = [funding for book in self._asked(symbol, side) for funding in book.fundings_as_of(at_us)]
        return tuple(sorted(paid, key=lambda funding: funding.at_us))

    def position_as_of(self, symbol: str, at_us: int, side: PositionSide | None = None) -> VenuePosition:
        """The position as it was then, with the mark, the leverage and the own stop of that moment.

        In hedge mode it is that of the side that must be named; without one it is flat there.
        """
        return self._book(symbol, side).position_as_of(at_us)

    def position_stop_as_of(self, symbol: str, at_us: int, side: PositionSide | None = None) -> VenueOrder | None:
        """The position's own stop as it was then; None where there was none."""
        return self._book(symbol, side).position_stop_as_of(at_us)

    def margin_mode(self, at_us: int | None = None) -> MarginMode:
        """The account's margin mode at that moment, now without one. It is only shown: margin is always isolated."""
        return self._margin_modes.last(self.now_us() if at_us is None else at_us) or MarginMode.ISOLATED

    @property
    def position_mode(self) -> PositionMode:
        """The account's position mode."""
        return self._position_mode

    def market(self, symbol: str) -> Market:
        """The market's facts."""
        return self._book(symbol).market

    def mark(self, symbol: str) -> Decimal:
        """The mark price now."""
        return self._book(symbol).mark

    def truth(self, symbol: str, side: PositionSide | None = None) -> Truth:
        """What is so now, never lagged and never faulted: in hedge mode of one side, or of both together."""
        at_us = self.now_us()
        if side is None and self._position_mode is PositionMode.HEDGE:
            long, short = (self._book(symbol, each).truth(at_us) for each in PositionSide)
            return together(long, short)
        return self._book(symbol, side).truth(at_us)

    def trades(self, symbol: str) -> bool:
        """True for the unified symbol or raw id of one of its perpetuals."""
        return symbol in self._symbols

    def symbols(self) -> tuple[str, ...]:
        """The unified symbols of the perpetuals."""
        return tuple(self._books)

    @property
    def sides(self) -> tuple[PositionSide | None, ...]:
        """What a symbol's slots are called now: by no side in one-way mode, by both in hedge mode."""
        return tuple(PositionSide) if self._position_mode is PositionMode.HEDGE else (None,)

    def _asked(self, symbol: str, side: PositionSide | None) -> tuple[Book, ...]:
        return self._all(symbol) if side is None else (self._book(symbol, side),)

    def _all(self, symbol: str) -> tuple[Book, ...]:
        """All books of a symbol: that of one-way mode first, then the sides that were ever asked for."""
        book = self._book(symbol)
        sides = self._sides.get(book.market.symbol)
        return (book, *sides.values()) if sides else (book,)

    def _every(self) -> Iterator[Book]:
        for symbol in self._books:
            yield from self._all(symbol)

    def _book(self, symbol: str, side: PositionSide | None = None) -> Book:
        book = self._named(symbol)
        if side is None:
            return book
        sides = self._sides.setdefault(book.market.symbol, {})
        if side not in sides:
            sides[side] = book.beside(side)
        return sides[side]

    def _named(self, symbol: str) -> Book:
        name = self._symbols.get(symbol)
        if name is None:
            said = unknown(symbol, [book.market for book in self._books.values()])
            raise Refused(RefusalReason.UNKNOWN_SYMBOL, said)
        return self._books[name]
