"""What Binance USD-M lists of the whole account at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from atomicpos.evidence import OrderView
from atomicpos.ports import AccountFill, AccountOrder, AccountPosition, ReadFailed

from .. import frames
from ..fields import Row
from ..markets import linear_symbols, namer
from ..transport import Ask
from . import parse, queries, replies
from .reads import Shared
from .trades import Trades

INCOME_PAGES_MAX = 100
"""Pages of income: a hundred thousand rows."""


class BinanceListings:
    """``ports.AccountReads``; every read stands in the caller's limiter's line."""

    def __init__(self, shared: Shared) -> None:
        self._transport = shared.transport
        self._trades = Trades(shared.transport, shared.clock, shared.known, urgent=False)

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Every row of an amount other than zero. In hedge mode a symbol may be shown twice, once a side."""
        name = self._names()

        def position(row: Row) -> AccountPosition:
            return AccountPosition(name(row), parse.side_view(row), parse.position_side(row))

        return tuple(row for row in await self._rows("positions", queries.positions(), position) if row.view.quantity)

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Plain orders and conditional ones, which are in a listing of their own (F25); none is the position's own."""
        name = self._names()

        def reading(view: Callable[[Row], OrderView]) -> Callable[[Row], AccountOrder]:
            return lambda row: AccountOrder(name(row), view(row), position_side=parse.position_side(row))

        listed = await asyncio.gather(
            self._rows("open orders", queries.open_orders(), reading(parse.order_view)),
            self._rows("open conditional orders", queries.open_conditional_orders(), reading(parse.conditional_view)),
        )
        return tuple(row for rows in listed for row in rows if not row.view.status.final)

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Executions since then on every symbol that paid a commission: userTrades answers for one symbol only.

        A trade without a commission row would be missing here; each symbol's own read shows it.
        """
        names = linear_symbols(self._transport.markets)
        markets = await self._traded(since_us)
        looks = await asyncio.gather(*(self._trades.fills(market, since_us, None) for market in markets))
        found = [
            AccountFill(names.get(market, market), fill)
            for market, (fills, _) in zip(markets, looks, strict=True)
            for fill in fills
        ]
        return tuple(sorted(found, key=lambda row: (row.fill.time_us, row.symbol, int(row.fill.fill_id))))

    async def _traded(self, since_us: int) -> list[str]:
        """The symbols with income since then, funding and all."""
        markets: set[str] = set()
        for page in range(1, INCOME_PAGES_MAX + 1):
            exchanged = await self._transport.read(queries.incomes(since_us, page))
            listed = replies.rows(exchanged, "income", {})
            markets |= {str(row["symbol"]) for row in listed if row.get("symbol")}
            if len(listed) < queries.INCOME_PAGE:
                return sorted(markets)
        raise ReadFailed(f"income: more than {INCOME_PAGES_MAX} pages")

    async def _rows(self, what: str, ask: Ask, read: Callable[[Row], frames.Parsed]) -> list[frames.Parsed]:
        exchanged = await self._transport.read(ask)
        return [frames.parsed(read, row, exchanged.raw) for row in replies.rows(exchanged, what, {})]

    def _names(self) -> Callable[[Row], str]:
        return namer(self._transport.markets, parse.market_id)
