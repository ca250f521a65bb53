"""What one read may see: the engine as it was, by the faults of the call and the symbol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import FillKind, PositionSide
from atomicpos.sim.faults import Call, FaultKind
from atomicpos.sim.orders import Execution, Funding, VenueOrder, VenuePosition
from atomicpos.sim.venue import Venue

from .interruptions import Page


@dataclass(frozen=True, slots=True)
class _Sight:
    """What one look at a symbol may show: the moment it is of, and which of its calls show nothing."""

    moment_us: int
    blind: frozenset[Call]


class View:
    """One read's window on the engine. A lag shows it older, ``empty`` shows nothing, ``error`` raises Page 500.

    A list that answers two calls at once (open orders, and the position's own stop among them) is as old as the older
    of the two; where only the second shows nothing, the own stop alone is left out. Orders and executions are those of
    both sides in hedge mode; each says which one it belongs to.
    """

    def __init__(self, venue: Venue, *calls: Call) -> None:
        self._venue = venue
        self._calls = calls
        self._now_us = venue.now_us()
        self._sights: dict[str, _Sight] = {}

    def orders(self, symbol: str) -> tuple[VenueOrder, ...]:
        """The orders, oldest first, the position's own stops among them."""
        sight = self._sight(symbol)
        if self._calls[0] in sight.blind:
            return ()
        shown = self._venue.orders_as_of(symbol, sight.moment_us)
        return tuple(order for order in shown if not (order.position_stop and Call.POSITION_STOP in sight.blind))

    def kinds(self, symbol: str) -> Mapping[str, FillKind]:
        """How each order was executed, by exchange order id; ordinarily where nothing was."""
        kinds = defaultdict(lambda: FillKind.TRADE)
        for execution in self._venue.executions_as_of(symbol, self._sight(symbol).moment_us):
            kinds[execution.order_id] = execution.kind
        return kinds

    def executions(self, symbol: str) -> tuple[Execution, ...]:
        """The executions, oldest first."""
        sight = self._sight(symbol)
        return () if sight.blind else self._venue.executions_as_of(symbol, sight.moment_us)

    def funding(self, symbol: str) -> tuple[Funding, ...]:
        """The funding payments, oldest first."""
        sight = self._sight(symbol)
        return () if sight.blind else self._venue.funding_as_of(symbol, sight.moment_us)

    def position(self, symbol: str, side: PositionSide | None = None) -> VenuePosition | None:
        """The position, that of one side in hedge mode; None where nothing is shown."""
        sight = self._sight(symbol)
        return None if sight.blind else self._venue.position_as_of(symbol, sight.moment_us, side)

    def mark(self, symbol: str) -> Decimal:
        """The mark price."""
        return self._venue.position_as_of(symbol, self._sight(symbol).moment_us).mark

    def _sight(self, symbol: str) -> _Sight:
        """Counts each call once for each symbol it asks about, however often it looks."""
        if symbol not in self._sights:
            blind = frozenset(call for call in self._calls if self._strike(call, symbol))
            lag_us = max(self._venue.faults.lag_us(call, symbol) for call in self._calls)
            self._sights[symbol] = _Sight(self._now_us - lag_us, blind)
        return self._sights[symbol]

    def _strike(self, call: Call, symbol: str) -> bool:
        """Count the call; True when it shows nothing."""
        fault = self._venue.faults.strike(call, symbol)
        if fault is not None and fault.kind == FaultKind.ERROR:
            raise Page(500, "Internal Server Error")
        omitted = fault is not None and fault.kind == FaultKind.OMIT
        return omitted or self._venue.faults.blind(call, symbol, self._now_us)
