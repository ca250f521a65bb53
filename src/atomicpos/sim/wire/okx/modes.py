"""Margin mode and leverage as OKX has them: the mode is a part of each order, and each mode has a leverage of its own.

The exchange may hold an isolated and a cross position of one instrument beside each other; this venue holds one, and
refuses an entry in the other mode while it does.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MarginMode
from atomicpos.sim.orders import RefusalReason, Refused
from atomicpos.sim.venue import Venue

from .fields import refused

WORDS = {"isolated": MarginMode.ISOLATED, "cross": MarginMode.CROSS}


class Modes:
    """The mode of each symbol's position, or of its last one; and what each mode's leverage was set to."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._modes: dict[str, MarginMode] = {}
        self._levers: dict[tuple[str, MarginMode], Decimal] = {}

    def of(self, symbol: str) -> MarginMode:
        """The mode of the position that is held, or was held last."""
        return self._modes.get(symbol, self._venue.margin_mode())

    def held(self, symbol: str) -> bool:
        """True when there is a position."""
        return bool(self._venue.truth(symbol).quantity)

    def enter(self, symbol: str, mode: MarginMode) -> None:
        """An order that may open comes in that mode. Raises Rejection while a position of the other mode is held."""
        if self.held(symbol):
            if mode is not self.of(symbol):
                raise refused("tdMode")
            return
        self._modes[symbol] = mode
        self._apply(symbol, self.leverage(symbol, mode))

    def leave(self, symbol: str, mode: MarginMode) -> None:
        """An order that only reduces comes in that mode. Raises Refused where no position is held in it."""
        if self.held(symbol) and mode is not self.of(symbol):
            raise Refused(RefusalReason.NO_POSITION, f"the position is {self.of(symbol)}, the order {mode}")

    def leverage(self, symbol: str, mode: MarginMode) -> Decimal:
        """What that mode's leverage is set to."""
        now = self._venue.position_as_of(symbol, self._venue.now_us()).leverage
        return self._levers.get((symbol, mode), now)

    def set_leverage(self, symbol: str, mode: MarginMode, leverage: Decimal) -> None:
        """Set that mode's leverage; setting it to what it is changes nothing. Raises Refused for too much."""
        if not self.held(symbol) or mode is self.of(symbol):
            self._apply(symbol, leverage)
        self._levers[symbol, mode] = leverage

    def _apply(self, symbol: str, leverage: Decimal) -> None:
        now = self._venue.position_as_of(symbol, self._venue.now_us()).leverage
        if leverage != now:
            self._venue.set_leverage(symbol, leverage)

