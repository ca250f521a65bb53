"""What a verifier looks at, for its contract to set: by default the venue that the question's own reads are about."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from atomicpos.models import Leg, PositionMode, PositionSide
from atomicpos.ports import (
    Clock,
    FillsReading,
    OrdersReading,
    OutcomeKind,
    PlaceOrder,
    PositionReading,
    PositionStopReading,
    Reads,
    StopsReading,
)

from ...fixtures.venue import BotVenue

T = TypeVar("T")

READ_CALLS = ("orders", "fills", "position", "position_stop", "mark")
FOR_EVER_S = 86_400.0


class VerifierSource(Protocol):
    """Where the verifier under test has its knowledge from. Everything is done before the call returns."""

    async def holds(self, symbol: str, side: PositionSide, quantity: Decimal) -> None:
        """From now on it holds that much there, and nothing on the other side."""
        ...

    def breaks(self) -> None:
        """From now on it can only be asked in vain: it answers with errors, at once."""
        ...

    def hangs(self) -> None:
        """From now on it does not answer at all."""
        ...

    def recovers(self) -> None:
        """From now on it answers again."""
        ...


class VenueSource:
    """The source of a verifier that looks through ``question.reads``: an account on the venue."""

    def __init__(self, venue: BotVenue) -> None:
        self._venue = venue
        self.reads = StallingReads(venue.exchange.reads, venue.clock)

    async def holds(self, symbol: str, side: PositionSide, quantity: Decimal) -> None:
        """Open it by an entry of ours, named by ``entry_id``; close what is there first."""
        held = self._venue.truth(symbol).quantity
        if held:
            closing = (PositionSide.LONG if held > 0 else PositionSide.SHORT).closing
            await self._send(PlaceOrder(symbol, Leg.CLOSE, f"close {symbol}", closing, abs(held), True))
        if quantity:
            await self._send(PlaceOrder(symbol, Leg.ENTRY, entry_id(symbol, side), side.opening, quantity, False))

    def breaks(self) -> None:
        """Every read fails."""
        for call in READ_CALLS:
            self._venue.fails(call, "error")

    def hangs(self) -> None:
        """No read answers."""
        self.reads.stalled = True

    def recovers(self) -> None:
        """Every read answers."""
        self.reads.stalled = False
        self._venue.heals()

    async def _send(self, request: PlaceOrder) -> None:
        outcome = await self._venue.exchange.write(request)
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED, outcome.why


def entry_id(symbol: str, side: PositionSide) -> str:
    """The client order id of the contract's entry there."""
    return f"entry {side.value} {symbol}"


class StallingReads:
    """``ports.Reads`` over others; while it is ``stalled`` none of them answers."""

    def __init__(self, inner: Reads, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self.stalled = False

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        return await self._answered(self._inner.orders(symbol, client_order_ids))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        return await self._answered(self._inner.fills(symbol, since_us, all_kinds=all_kinds))

    async def position(self, symbol: str) -> PositionReading:
        return await self._answered(self._inner.position(symbol))

    async def position_mode(self, symbol: str) -> PositionMode:
        return await self._answered(self._inner.position_mode(symbol))

    async def mark_price(self, symbol: str) -> Decimal:
        return await self._answered(self._inner.mark_price(symbol))

    async def position_stop(self, symbol: str) -> PositionStopReading:
        return await self._answered(self._inner.position_stop(symbol))

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        return await self._answered(self._inner.waiting_stops(symbol, exchange_order_id))

    async def _answered(self, asking: Awaitable[T]) -> T:
        answer = await asking
        while self.stalled:
            await self._clock.sleep(FOR_EVER_S)
        return answer
