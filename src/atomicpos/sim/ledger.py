"""The account's history: every symbol's book under one clock, and the pure views of it at any moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from atomicpos.models import MarginMode, PositionMode

from .book import Book
from .history import Log
from .markets import MARKETS, Market, unknown
from .orders import Execution, Funding, Happening, RefusalReason, Refused, Truth, VenueOrder, VenuePosition


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
        self._symbols = {name: market.symbol for market in markets for name in (market.symbol, market.market_id)}
        self._margin_modes: Log[MarginMode] = Log()
        self._position_mode = PositionMode.ONE_WAY

    def now_us(self) -> int:
        """The engine's time, which never runs backwards whatever its clock does."""
        self._last_us = max(self._last_us, self._clock_us())
        return self._last_us

    def orders_as_of(self, symbol: str, at_us: int) -> tuple[VenueOrder, ...]:
        """Each order that existed then, final ones and the position's own stops included, oldest first."""
        return self._book(symbol).orders_as_of(at_us)

    def executions_as_of(self, symbol: str, at_us: int) -> tuple[Execution, ...]:
        """What had executed by then, oldest first."""
        return self._book(symbol).executions_as_of(at_us)

    def funding_as_of(self, symbol: str, at_us: int) -> tuple[Funding, ...]:
        """The funding payments by then, oldest first: they are no fills."""
        return self._book(symbol).fundings_as_of(at_us)

    def position_as_of(self, symbol: str, at_us: int) -> VenuePosition:
        """The position as it was then, with the mark, the leverage and the own stop of that moment."""
        return self._book(symbol).position_as_of(at_us)

    def position_stop_as_of(self, symbol: str, at_us: int) -> VenueOrder | None:
        """The position's own stop as it was then; None where there was none."""
        return self._book(symbol).position_stop_as_of(at_us)

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

    def truth(self, symbol: str) -> Truth:
        """What is so now, never lagged and never faulted."""
        return self._book(symbol).truth(self.now_us())

    def trades(self, symbol: str) -> bool:
        """True for the unified symbol or raw id of one of its perpetuals."""
        return symbol in self._symbols

    def symbols(self) -> tuple[str, ...]:
        """The unified symbols of the perpetuals."""
        return tuple(self._books)

    def _book(self, symbol: str) -> Book:
        name = self._symbols.get(symbol)
        if name is None:
            said = unknown(symbol, [book.market for book in self._books.values()])
            raise Refused(RefusalReason.UNKNOWN_SYMBOL, said)
        return self._books[name]
