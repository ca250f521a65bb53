"""What OKX lists of the whole account at once: as many calls as there are pages, whatever it holds.

A market that was not loaded is left out: the size of its contract is not known, and nothing of ours can be there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from atomicpos.models import PositionSide
from atomicpos.ports import AccountFill, AccountOrder, AccountPosition, Clock, ReadFailed

from .. import frames
from ..fields import Row
from ..paging import Item, Listing, every_page
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .account import OkxAccount
from .contracts import Sizes

PAGES_MAX = 500
"""Pages of open orders or of fills: fifty thousand."""

Read = Callable[[Row, str, Decimal], Item]
"""What a row is, given the unified symbol of its market and the size of its contract."""


class OkxListings:
    """``ports.AccountReads`` over one transport; every read stands in the caller's limiter's line.

    The whole account's, of either position mode: each row says its side.
    """

    def __init__(self, transport: Transport, clock: Clock, account: OkxAccount) -> None:
        self._transport = transport
        self._clock = clock
        self._account = account

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Every row of a quantity above zero. In hedge mode, and in both margin modes, a symbol may come twice."""
        exchanged = await self._transport.read(queries.account_positions())

        def position(row: Row, symbol: str, size: Decimal) -> AccountPosition:
            return AccountPosition(symbol, parse.side_view(row, size), _side_of(row))

        read = self._reading(position)
        rows = [frames.parsed(read, row, exchanged.raw) for row in replies.rows(exchanged, "positions", {})]
        held = [row for row in rows if row is not None and row.view.quantity]
        for row in held:
            self._account.saw(row.symbol, row.position_side, row.view.margin_mode)
        return tuple(held)

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Plain orders, and algo orders of each kind that may be a stop; one on two pages counts once."""

        def plain(row: Row, symbol: str, size: Decimal) -> AccountOrder:
            return AccountOrder(symbol, parse.order_view(row, size, _side_of(row)), position_side=_side_of(row))

        def algo(row: Row, symbol: str, size: Decimal) -> AccountOrder:
            return AccountOrder(symbol, parse.algo_view(row, size, _side_of(row)), position_side=_side_of(row))

        found = await asyncio.gather(
            self._pages("open orders", queries.open_orders, "ordId", plain),
            *(self._pages(f"open algo orders {kinds}", partial(queries.open_algos, kinds), "algoId", algo)
              for kinds in queries.ALGO_KINDS),
        )  # fmt: skip
        newest = {(row.symbol, row.view.exchange_order_id): row for rows in found for row in rows}
        return tuple(row for row in newest.values() if not row.view.status.final)

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Fills since then of every kind, oldest first. Raises ReadFailed for more than three months ago."""
        age_us = self._clock.now_us() - since_us
        if age_us > queries.KEPT_US:
            raise ReadFailed(f"fills: OKX shows those of the last {queries.KEPT_US // queries.DAY_US} days only")

        def fill(row: Row, symbol: str, size: Decimal) -> AccountFill:
            return AccountFill(symbol, parse.fill(row, size))

        lists = (False, True) if age_us > queries.RECENT_US else (False,)
        looks = (self._pages("fills", partial(queries.fills, None, since_us, old), "billId", fill) for old in lists)
        found = [row for rows in await asyncio.gather(*looks) for row in rows]
        # the exchange's times are whole milliseconds: a fill in the same one as ``since_us`` belongs to the answer
        seen = {
            (row.symbol, row.fill.fill_id): row for row in found if row.fill.time_us >= since_us // 1000 * 1000
        }
        return tuple(sorted(seen.values(), key=lambda row: (row.fill.time_us, row.fill.fill_id)))

    async def _pages(self, what: str, ask: Callable[[str], Ask], cursor: str, read: Read[Item]) -> list[Item]:
        understand = self._reading(read)

        def page(exchanged: Exchanged) -> tuple[list[Item | None], str]:
            return replies.page(exchanged, what, cursor, {}, understand)

        items, _ = await every_page(Listing(what, ask, page, PAGES_MAX), self._transport.read)
        return [item for item in items if item is not None]

    def _reading(self, read: Read[Item]) -> Callable[[Row], Item | None]:
        """The row as ``read`` has it; None for one of a market that was not loaded."""
        sizes = Sizes(self._transport.markets).by_id()
        if not sizes:
            raise ReadFailed("listing: the exchange's markets are not loaded")

        def understood(row: Row) -> Item | None:
            known = sizes.get(parse.inst_id(row))
            return None if known is None else read(row, *known)

        return understood


def _side_of(row: Row) -> PositionSide | None:
    """The side of hedge mode that a row is of; None in one-way mode."""
    named = parse.needed_text(row, "posSide")
    return PositionSide(named) if named in ("long", "short") else None
