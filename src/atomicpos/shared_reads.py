"""One listing of the account answers for every position on it: calls grow with pages, not with positions."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from .events import ABOUT, OPENING
from .models import PositionMode, PositionSide
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
    StopsReading,
)

Listing = TypeVar("Listing")
Row = TypeVar("Row", AccountPosition, AccountOrder)

GATHER_S = 0.02
"""How long a listing waits for others who want to ask it too, before it is asked for."""
LISTED_WITHIN_S = 30.0
"""How long one listing may take, all its pages included; then it has failed, and the next one is asked for."""
FIRST_PAGES = 500
"""So many positions are listed within the usual times: ten pages of their orders, at fifty a page."""
S_PER_POSITION = 0.02
"""How much longer a listing may take for each further one: a second a page. Without it a large account would be read
position by position, in very many more calls, whenever its pages take longer than a look."""


class Listed(Generic[Row]):
    """One listing of the account, sorted by symbol once: thousands may look into it."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows: tuple[Row, ...] = rows
        """All of it, as it was listed."""
        self._by_symbol: dict[str, list[Row]] = {}
        for row in rows:
            self._by_symbol.setdefault(row.symbol, []).append(row)

    def of(self, symbol: str) -> tuple[Row, ...]:
        """Those of that symbol, in the order of the listing."""
        return tuple(self._by_symbol.get(symbol, ()))


class OneForAll(Generic[Listing]):
    """One answer for all who asked before it was asked for; one who comes later gets the next one.

    So nobody is told what was so before the question, and at most one request is under way.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[Listing]], clock: Clock, longer_s: Callable[[], float] = lambda: 0.0
    ) -> None:
        """``longer_s``: how much more than ``LISTED_WITHIN_S`` one listing may take by now."""
        self._ask = ask
        self._clock = clock
        self._longer_s = longer_s
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[Listing] | None = None
        self._asking: set[asyncio.Task[Listing]] = set()

    async def __call__(self) -> Listing:
        """The next answer. Raises what asking raised, to all who asked."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._asked())
            self._asking.add(self._next)
            self._next.add_done_callback(self._heard)
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Stop asking; who still waits is told so by a cancellation."""
        asking = tuple(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _heard(self, task: asyncio.Task[Listing]) -> None:
        # all who asked may have gone away: the error is theirs, and nobody else's
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()

    async def _asked(self) -> Listing:
        ABOUT.set("")  # whoever asked first: it is about them all
        OPENING.set("")
        async with self._turn:
            await self._clock.sleep(GATHER_S)
            self._next = None
            within_s = LISTED_WITHIN_S + self._longer_s()
            try:
                async with asyncio.timeout(within_s):
                    return await self._ask()
            except TimeoutError:
                raise ReadFailed(f"the account was not listed within {within_s:g} s") from None


class SharedReads:
    """``ports.Reads`` from the account's listings; what a listing does not show is asked for by its own name.

    A listing may leave out what is there, fail, or not come within ``patience_s``: so it only ever answers with what
    it shows.
    """

    def __init__(
        self, reads: Reads, account: AccountReads, clock: Clock, patience_s: float,
        positions: Callable[[], int] = lambda: 0, orders_listed_from: int = 0,
    ) -> None:
        """``positions``: how many of ours there are; ``patience_s`` grows with them, as the listings' pages do.

        With fewer than ``orders_listed_from`` orders are looked up by themselves alone.
        """
        self._reads = reads
        self._side: PositionSide | None = None
        self._patience_s = patience_s
        self._count = positions
        self._orders_listed_from = orders_listed_from
        self.positions = OneForAll(_by_symbol(account.positions), clock, self.longer_s)
        """Every position of the account, asked once for all."""
        self.open_orders = OneForAll(_by_symbol(account.open_orders), clock, self.longer_s)
        """Every living order of the account, asked once for all."""

    def hedged(self, side: PositionSide, reads: Reads) -> SharedReads:
        """The same listings, of which only that side of hedge mode counts; ``reads`` are those of that side."""
        bound = copy.copy(self)
        bound._side, bound._reads = side, reads
        return bound

    async def close(self) -> None:
        """Stop asking."""
        await asyncio.gather(self.positions.close(), self.open_orders.close())

    def longer_s(self) -> float:
        """How much longer than usual a listing of the account may take, for all the positions there are."""
        return max(self._count() - FIRST_PAGES, 0) * S_PER_POSITION

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Each order that is listed as alive; the others are looked up by their ids."""
        if self.orders_are_dear():
            return await self._reads.orders(symbol, client_order_ids)
        listed = {o.view.client_order_id: o.view for o in await self._listed(self.open_orders, symbol)}
        shown = tuple(listed[own_id] for own_id in client_order_ids if own_id in listed)
        left = [own_id for own_id in client_order_ids if own_id not in listed]
        if not left:
            return OrdersReading(shown, ())
        looked_up = await self._reads.orders(symbol, left)
        return OrdersReading((*shown, *looked_up.orders), looked_up.absent_ids, looked_up.raw, looked_up.failures)

    async def position(self, symbol: str) -> PositionReading:
        """The slot as listed; one that is not listed is read by itself."""
        listed = [p.view for p in await self._listed(self.positions, symbol)]
        return PositionReading(listed[0]) if len(listed) == 1 else await self._reads.position(symbol)

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The position's own stop as listed; when none or several are, it is read by itself."""
        if self.orders_are_dear():
            return await self._reads.position_stop(symbol)
        listed = [o.view for o in await self._listed(self.open_orders, symbol) if o.position_stop]
        return PositionStopReading(listed[0]) if len(listed) == 1 else await self._reads.position_stop(symbol)

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """The symbol's own: one that is not listed as alive is asked for as well."""
        return await self._reads.waiting_stops(symbol, exchange_order_id)

    def orders_are_dear(self) -> bool:
        """Whether one listing of all orders costs more than a look at those of every position of ours."""
        return self._count() < self._orders_listed_from

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """The symbol's own fills."""
        return await self._reads.fills(symbol, since_us, all_kinds=all_kinds)

    async def position_mode(self, symbol: str) -> PositionMode:
        """The symbol's own position mode."""
        return await self._reads.position_mode(symbol)

    async def mark_price(self, symbol: str) -> Decimal:
        """The symbol's own mark price."""
        return await self._reads.mark_price(symbol)

    async def _listed(self, listing: OneForAll[Listed[Row]], symbol: str) -> tuple[Row, ...]:
        """What is listed of the slot; a listing that fails or does not come shows nothing: all is then asked for by
        itself. So is what is listed in the other position mode, and the read says so.
        """
        try:
            async with asyncio.timeout(self._patience_s + self.longer_s()):
                listed = (await listing()).of(symbol)
        except (ReadFailed, TimeoutError):
            return ()
        return tuple(row for row in listed if row.position_side is self._side)


def _by_symbol(ask: Callable[[], Awaitable[tuple[Row, ...]]]) -> Callable[[], Awaitable[Listed[Row]]]:
    """Sort a listing once for all who look into it."""

    async def asked() -> Listed[Row]:
        return Listed(await ask())

    return asked
