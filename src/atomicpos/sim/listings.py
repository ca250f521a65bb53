"""The in-process listings of the whole account: pages of rows, each symbol's as they were its own lag ago."""

from __future__ import annotations

from collections.abc import Awaitable

from atomicpos.ports import AccountFill, AccountOrder, AccountPosition, Clock, ReadFailed

from .fault_words import Call, FaultKind
from .venue import Venue
from .views import fill_of, order_view, position_view

EVERYWHERE = "*"
"""What a request about no symbol is noted under."""

PAGES = {Call.ACCOUNT_POSITIONS: 200, Call.ACCOUNT_ORDERS: 50, Call.ACCOUNT_FILLS: 100}
"""Rows on a page of each listing, as Bybit documents them."""


class SimListings:
    """``ports.AccountReads`` on the venue: each page is a request and a round trip; faults strike whole listings.

    A fault that names a symbol strikes that symbol's rows; only ``error`` spoils all of them.
    """

    def __init__(
        self, venue: Venue, clock: Clock, round_trip_s: float, requests: list[tuple[int, str, str]]
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._half_s = round_trip_s / 2
        self._requests = requests

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Whatever is held, in the order of the venue's markets; in hedge mode by side."""
        moments = await self._out(Call.ACCOUNT_POSITIONS)
        held = [
            (symbol, self._venue.position_as_of(symbol, at_us, side), side, at_us)
            for symbol, at_us in moments
            for side in self._venue.sides
        ]
        rows = tuple(
            AccountPosition(symbol, position_view(position, self._venue.margin_mode(at_us)), side)
            for symbol, position, side, at_us in held
            if position.quantity
        )
        await self._back(Call.ACCOUNT_POSITIONS, len(rows))
        return rows

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Whatever waits or rests, the positions' own stops marked."""
        moments = await self._out(Call.ACCOUNT_ORDERS)
        rows = tuple(
            AccountOrder(symbol, order_view(order), order.position_stop, order.position_side)
            for symbol, at_us in moments
            for order in self._venue.orders_as_of(symbol, at_us)
            if order.live
        )
        await self._back(Call.ACCOUNT_ORDERS, len(rows))
        return rows

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Whatever executed since then, of every kind, oldest first."""
        moments = await self._out(Call.ACCOUNT_FILLS)
        rows = [
            AccountFill(symbol, fill_of(execution))
            for symbol, at_us in moments
            for execution in self._venue.executions_as_of(symbol, at_us)
            if execution.at_us >= since_us
        ]
        await self._back(Call.ACCOUNT_FILLS, len(rows))
        return tuple(sorted(rows, key=lambda row: (row.fill.time_us, row.fill.fill_id)))

    async def _out(self, call: Call) -> list[tuple[str, int]]:
        """Reach the engine: each symbol that is shown, with the moment that it shows. Raises ReadFailed."""
        await self._leave(call)
        now_us = self._venue.now_us()
        struck = {symbol: self._venue.faults.strike(call, symbol) for symbol in self._venue.symbols()}
        kinds = {symbol: fault.kind for symbol, fault in struck.items() if fault is not None}
        if FaultKind.ERROR in kinds.values():
            await self._clock.sleep(self._half_s)
            raise ReadFailed(f"{call.value}: an injected error")
        faults = self._venue.faults
        return [
            (symbol, now_us - faults.lag_us(call, symbol))
            for symbol in struck
            if kinds.get(symbol) != FaultKind.OMIT and not faults.blind(call, symbol, now_us)
        ]

    def _leave(self, call: Call) -> Awaitable[None]:
        self._requests.append((self._clock.now_us(), call.value, EVERYWHERE))
        return self._clock.sleep(self._half_s)

    async def _back(self, call: Call, rows: int) -> None:
        """The way back, and another round trip for each further page."""
        await self._clock.sleep(self._half_s)
        for _ in range(1, -(-rows // PAGES[call])):
            await self._leave(call)
            await self._clock.sleep(self._half_s)
