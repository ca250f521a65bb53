"""What one read may see: the engine as it was, by the faults of the call and the symbol."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import FillKind
from atomicpos.sim.faults import Call, FaultKind
from atomicpos.sim.orders import Execution, VenueOrder, VenuePosition
from atomicpos.sim.venue import Venue

from .interruptions import Page


class View:
    """One read's window on the engine. A lag shows it older, ``empty`` shows nothing, ``error`` raises Page 500."""

    def __init__(self, venue: Venue, call: Call) -> None:
        self._venue = venue
        self._call = call
        self._now_us = venue.now_us()
        self._blind: dict[str, bool] = {}

    def orders(self, symbol: str) -> tuple[VenueOrder, ...]:
        """The orders, oldest first."""
        return () if self._sees_nothing(symbol) else self._venue.orders_as_of(symbol, self._moment_us(symbol))

    def takeovers(self, symbol: str) -> frozenset[str]:
        """The exchange order ids of liquidations."""
        executions = self._venue.executions_as_of(symbol, self._moment_us(symbol))
        return frozenset(e.order_id for e in executions if e.kind is FillKind.LIQUIDATION)

    def executions(self, symbol: str) -> tuple[Execution, ...]:
        """The executions, oldest first."""
        return () if self._sees_nothing(symbol) else self._venue.executions_as_of(symbol, self._moment_us(symbol))

    def position(self, symbol: str) -> VenuePosition | None:
        """The position, None where nothing is shown."""
        return None if self._sees_nothing(symbol) else self._venue.position_as_of(symbol, self._moment_us(symbol))

    def mark(self, symbol: str) -> Decimal:
        """The mark price."""
        self._sees_nothing(symbol)
        return self._venue.position_as_of(symbol, self._moment_us(symbol)).mark

    def _moment_us(self, symbol: str) -> int:
        return self._now_us - self._venue.faults.lag_us(self._call, symbol)

    def _sees_nothing(self, symbol: str) -> bool:
        """Counts the call once for each symbol it asks about, however often it looks."""
        if symbol not in self._blind:
            self._blind[symbol] = self._strike(symbol)
        return self._blind[symbol]

    def _strike(self, symbol: str) -> bool:
        fault = self._venue.faults.strike(self._call, symbol)
        if fault is not None and fault.kind == FaultKind.ERROR:
            raise Page(500, "Internal Server Error")
        return self._venue.faults.blind(self._call, symbol, self._now_us)
