"""What Bybit lists of the whole account at once: as many calls as there are pages, whatever it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from atomicpos.ports import AccountFill, AccountOrder, AccountPosition, Clock, ReadFailed

from ..fields import Row
from ..markets import namer, settle_coins
from ..paging import Item, Listing, every_page
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .account import BybitAccount
from .windows import windows

POSITION_PAGES_MAX = 100
"""Pages of positions in one settle coin: twenty thousand positions."""

ORDER_PAGES_MAX = 500
"""Pages of open orders in one settle coin: twenty-five thousand orders; Bybit allows 500 a symbol (documented)."""

FILL_PAGES_MAX = 500
"""Pages of executions of one type in one window: fifty thousand executions."""


class BybitListings:
    """``ports.AccountReads`` over one transport; every read stands in the caller's limiter's line."""

    def __init__(self, transport: Transport, clock: Clock, account: BybitAccount) -> None:
        self._transport = transport
        self._clock = clock
        self._account = account

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Every row of a size above zero. In hedge mode a symbol may be shown twice, once a side.

        By settle coin Bybit lists only positions of a size above zero (documented); a row of size 0 is none, whatever
        else it says (F52).
        """
        name, mode = self._names(), self._account.margin_mode

        def position(row: Row) -> AccountPosition:
            view = replace(parse.side_view(row), margin_mode=mode)
            return AccountPosition(name(row), view, parse.position_side(row))

        rows = await self._by_coin("positions", queries.account_positions, position, POSITION_PAGES_MAX)
        return tuple({(row.symbol, row.view.side): row for row in rows if row.view.quantity}.values())

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Every order that is not known to be final; one that moved to another page between two reads counts once."""
        name = self._names()

        def order(row: Row) -> AccountOrder:
            own_stop = parse.is_position_stop(row)
            return AccountOrder(name(row), parse.order_view(row), own_stop, parse.position_side(row))

        rows = await self._by_coin("open orders", queries.account_orders, order, ORDER_PAGES_MAX)
        newest = {(row.symbol, row.view.exchange_order_id, row.view.client_order_id): row for row in rows}
        return tuple(row for row in newest.values() if not row.view.status.final)

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Executions since then, asked for by each of their types, as one symbol's are; funding is none."""
        stretches = windows(since_us, self._clock.now_us())
        looks = [self._fills(kind, start, end) for kind in parse.FILL_KINDS for start, end in stretches]
        found = [row for rows in await asyncio.gather(*looks) for row in rows]
        # the exchange's times are whole milliseconds: a fill in the same one as ``since_us`` belongs to the answer
        seen = {row.fill.fill_id: row for row in found if row.fill.time_us >= since_us // 1000 * 1000}
        return tuple(sorted(seen.values(), key=lambda row: (row.fill.time_us, row.fill.fill_id)))

    async def _fills(self, kind: str, start_us: int, end_us: int | None) -> list[AccountFill]:
        name = self._names()

        def execution(row: Row) -> AccountFill | None:
            fill = parse.any_fill(row)
            return None if fill is None else AccountFill(name(row), fill)

        ask = partial(queries.executions, None, kind, start_us, end_us)
        rows = await self._pages(f"executions {kind} in one window", ask, execution, FILL_PAGES_MAX)
        return [row for row in rows if row is not None]

    async def _by_coin(
        self, what: str, ask: Callable[[str, str], Ask], understand: Callable[[Row], Item], pages_max: int
    ) -> list[Item]:
        """The rows of every coin that linear contracts settle in: one has to be named (documented)."""
        coins = settle_coins(self._transport.markets)
        if not coins:
            raise ReadFailed(f"{what}: the exchange's markets are not loaded")
        looks = (self._pages(f"{what} in {coin}", partial(ask, coin), understand, pages_max) for coin in coins)
        return [row for rows in await asyncio.gather(*looks) for row in rows]

    async def _pages(
        self, what: str, ask: Callable[[str], Ask], understand: Callable[[Row], Item], pages_max: int
    ) -> list[Item]:
        def page(exchanged: Exchanged) -> tuple[list[Item], str]:
            return replies.page(exchanged, what, {}, understand)

        items, _ = await every_page(Listing(what, ask, page, pages_max), self._transport.read)
        return items

    def _names(self) -> Callable[[Row], str]:
        return namer(self._transport.markets, parse.market_id)
