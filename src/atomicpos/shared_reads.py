"""One listing of the account answers for every position on it: calls grow with pages, not with positions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from .ports import (
    AccountOrder,
    AccountPosition,
    AccountReads,
    Clock,
    FillsReading,
    OrdersReading,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    Reads,
)

Listing = TypeVar("Listing")
Row = TypeVar("Row", AccountPosition, AccountOrder)

GATHER_S = 0.02
"""How long a listing waits for others who want to ask it too, before it is asked for."""
LISTED_WITHIN_S = 30.0
"""How long one listing may take, all its pages included; then it has failed, and the next one is asked for."""


class OneForAll(Generic[Listing]):
    """One answer for all who asked before it was asked for; one who comes later gets the next one.

    So nobody is told what was so before the question, and at most one request is under way.
    """

    def __init__(self, ask: Callable[[], Awaitable[Listing]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[Listing] | None = None

    async def __call__(self) -> Listing:
        """The next answer. Raises what asking raised, to all who asked."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._asked())
            self._next.add_done_callback(_heard)
        return await asyncio.shield(self._next)

    async def _asked(self) -> Listing:
        async with self._turn:
            await self._clock.sleep(GATHER_S)
            self._next = None
            try:
                async with asyncio.timeout(LISTED_WITHIN_S):
                    return await self._ask()
            except TimeoutError:
                raise ReadFailed(f"the account was not listed within {LISTED_WITHIN_S:g} s") from None


class SharedReads:
    """``ports.Reads`` from the account's listings; what a listing does not show is asked for by its own name.

    A listing may leave out what is there, fail, or not come within ``patience_s``: so it only ever answers with what
    it shows.
    """

    def __init__(self, reads: Reads, account: AccountReads, clock: Clock, patience_s: float) -> None:
        self._reads = reads
        self._patience_s = patience_s
        self.positions = OneForAll(account.positions, clock)
        """Every position of the account, asked once for all."""
        self.open_orders = OneForAll(account.open_orders, clock)
        """Every living order of the account, asked once for all."""

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Each order that is listed as alive; the others are looked up by their ids."""
        listed = {o.view.client_order_id: o.view for o in await self._listed(self.open_orders) if o.symbol == symbol}
        shown = tuple(listed[own_id] for own_id in client_order_ids if own_id in listed)
        left = [own_id for own_id in client_order_ids if own_id not in listed]
        if not left:
            return OrdersReading(shown, ())
        looked_up = await self._reads.orders(symbol, left)
        return OrdersReading((*shown, *looked_up.orders), looked_up.absent_ids, looked_up.raw, looked_up.failures)

    async def position(self, symbol: str) -> PositionReading:
        """The slot as listed; one that is not listed is read by itself."""
        listed = [p.view for p in await self._listed(self.positions) if p.symbol == symbol]
        return PositionReading(listed[0]) if len(listed) == 1 else await self._reads.position(symbol)

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The position's own stop as listed; when none or several are, it is read by itself."""
        listed = [o.view for o in await self._listed(self.open_orders) if o.symbol == symbol and o.position_stop]
        return PositionStopReading(listed[0]) if len(listed) == 1 else await self._reads.position_stop(symbol)

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """The symbol's own fills."""
        return await self._reads.fills(symbol, since_us, all_kinds=all_kinds)

    async def mark_price(self, symbol: str) -> Decimal:
        """The symbol's own mark price."""
        return await self._reads.mark_price(symbol)

    async def _listed(self, listing: OneForAll[tuple[Row, ...]]) -> tuple[Row, ...]:
        """What is listed; a listing that fails or does not come shows nothing, and all is asked for by itself."""
        try:
            async with asyncio.timeout(self._patience_s):
                return await listing()
        except (ReadFailed, TimeoutError):
            return ()


def _heard(task: asyncio.Task[Listing]) -> None:
    # all who asked may have gone away: the error is theirs, and nobody else's
    if not task.cancelled():
        task.exception()
