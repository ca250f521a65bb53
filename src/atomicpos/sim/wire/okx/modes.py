"""Margin mode and leverage as OKX has them: the mode is a part of each order, and each mode has a leverage of its own.

The exchange may hold an isolated and a cross position of one instrument beside each other; this venue holds one, and
refuses an entry in the other mode while it does.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MarginMode, PositionSide
from atomicpos.sim.orders import RefusalReason, Refused, VenuePosition
from atomicpos.sim.venue import Venue

from .fields import refused

Side = PositionSide | None

WORDS = {"isolated": MarginMode.ISOLATED, "cross": MarginMode.CROSS}


class Modes:
    """The mode of each slot's position, or of its last one; and what each mode's leverage was set to.

    A slot is a symbol, or one side of it in long/short mode. Cross leverage is both sides' there, isolated each side's.
    """

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._modes: dict[tuple[str, Side], MarginMode] = {}
        self._levers: dict[tuple[str, Side, MarginMode], Decimal] = {}

    def of(self, symbol: str, side: Side) -> MarginMode:
        """The mode of the position that is held, or was held last."""
        return self._modes.get((symbol, side), self._venue.margin_mode())

    def held(self, symbol: str, side: Side) -> bool:
        """True when there is a position."""
        return bool(self._now(symbol, side).quantity)

    def enter(self, symbol: str, side: Side, mode: MarginMode) -> None:
        """An order that may open comes in that mode. Raises Rejection while a position of the other mode is held."""
        if self.held(symbol, side):
            if mode is not self.of(symbol, side):
                raise refused("tdMode")
            return
        self._modes[symbol, side] = mode
        self._apply(symbol, side, self.leverage(symbol, side, mode))

    def leave(self, symbol: str, side: Side, mode: MarginMode) -> None:
        """An order that only reduces comes in that mode. Raises Refused where no position is held in it."""
        if self.held(symbol, side) and mode is not self.of(symbol, side):
            why = f"the position is {self.of(symbol, side)}, the order {mode}"
            raise Refused(RefusalReason.NO_POSITION, why)

    def leverage(self, symbol: str, side: Side, mode: MarginMode) -> Decimal:
        """What that mode's leverage is set to."""
        return self._levers.get((symbol, side, mode), self._now(symbol, side).leverage)

    def set_leverage(self, symbol: str, side: Side, mode: MarginMode, leverage: Decimal) -> None:
        """Set that mode's leverage; setting it to what it is changes nothing. Raises Refused for too much.

        Without a side it is that of every side.
        """
        for each in self._venue.sides if side is None else (side,):
            if not self.held(symbol, each) or mode is self.of(symbol, each):
                self._apply(symbol, each, leverage)
            self._levers[symbol, each, mode] = leverage

    def _apply(self, symbol: str, side: Side, leverage: Decimal) -> None:
        if leverage != self._now(symbol, side).leverage:
            self._venue.set_leverage(symbol, leverage, side)

    def _now(self, symbol: str, side: Side) -> VenuePosition:
        return self._venue.position_as_of(symbol, self._venue.now_us(), side)
