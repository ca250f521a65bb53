"""The listings of the account through real ccxt: real cursors, and as many requests as there are pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, Leg, OrderSide, OrderStatus, TriggerBy
from atomicpos.ports import AttachedStop, PlaceOrder, ReadFailed
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
LISTS = {"positions": "/v5/position/list", "orders": "/v5/order/realtime", "fills": "/v5/execution/list"}


SYMBOLS = [f"{base}/USDT:USDT" for base in ("AVL", "BTC", "ETH", "MNT", "SOL")]
"""In order; one step of each is enough for an order, which then fills in one piece."""


async def fill_up(venue: Server, exchange: CcxtExchange) -> None:
    """A position of one step with its own stop on each of them."""
    for symbol in SYMBOLS:
        market = venue.venue.market(symbol)
        stop = AttachedStop(market.price * Decimal("0.95") // market.tick * market.tick, TriggerBy.MARK)
        await exchange.write(PlaceOrder(symbol, Leg.ENTRY, f"ap-{market.base}", OrderSide.BUY, market.min_quantity,
                                        False, attached_stop=stop))  # fmt: skip


async def test_the_account_is_listed_as_the_venue_has_it(venue: Server, exchange: CcxtExchange) -> None:
    """Each position, its own stop and its fill, under the unified symbols; other hands' doings among them."""
    await fill_up(venue, exchange)
    foreign = venue.venue.foreign_order(AVL, OrderSide.BUY, Decimal(1))
    venue.venue.liquidate(SYMBOLS[1])
    living = [symbol for symbol in SYMBOLS if symbol != SYMBOLS[1]]
    held = {row.symbol: row.view for row in await exchange.account.positions()}
    assert {symbol: view.quantity for symbol, view in held.items()} == {
        symbol: venue.venue.truth(symbol).quantity for symbol in living
    }
    stops = {row.symbol: row for row in await exchange.account.open_orders()}
    assert sorted(stops) == living
    assert all(row.position_stop and row.view.status is OrderStatus.UNTRIGGERED for row in stops.values())
    assert all(row.view.trigger_price == held[symbol].stop_price for symbol, row in stops.items())
    fills = await exchange.account.fills(venue.venue.now_us() - 60_000_000)
    assert [row.symbol for row in fills if row.fill.kind is FillKind.LIQUIDATION] == [SYMBOLS[1]]
    assert [row.symbol for row in fills if row.fill.exchange_order_id == foreign.order_id] == [AVL]
    assert len(fills) == 7


@pytest.mark.parametrize(("page_rows", "pages"), [(1, 5), (2, 3), (5, 1), (None, 1)])
async def test_requests_count_pages_and_not_positions(
    venue: Server, exchange: CcxtExchange, page_rows: int | None, pages: int
) -> None:
    """Five positions on pages of one, two and five rows: every row is found, and no request is made beside."""
    await fill_up(venue, exchange)
    page_set = await _set_page_rows(venue, page_rows)
    before = dict(venue.arrivals.counts)
    positions, orders = await exchange.account.positions(), await exchange.account.open_orders()
    fills = await exchange.account.fills(venue.venue.now_us() - 60_000_000)
    assert page_set == page_rows
    assert [sorted(row.symbol for row in rows) for rows in (positions, orders, fills)] == [SYMBOLS] * 3
    made = {name: venue.arrivals.counts[path] - before.get(path, 0) for name, path in LISTS.items()}
    assert made == {"positions": pages, "orders": pages, "fills": pages + 3}, "three types without an execution"


async def _set_page_rows(venue: Server, page_rows: int | None) -> int | None:
    about = {"page_rows": page_rows}
    async with aiohttp.ClientSession() as session, session.post(f"{venue.url}/_venue/mode", json=about) as reply:
        return (await reply.json())["page_rows"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", LISTS)
async def test_faults_strike_the_listings_by_names_of_their_own(
    venue: Server, exchange: CcxtExchange, name: str
) -> None:
    """One symbol left out of a listing, one listing that fails, and the single reads beside them as they were."""
    await fill_up(venue, exchange)
    venue.venue.faults.add(Fault(f"account_{name}", SYMBOLS[2], "omit", nth=1))
    assert sorted(await _listed(exchange, venue, name)) == [s for s in SYMBOLS if s != SYMBOLS[2]]
    assert (await exchange.reads.position(SYMBOLS[2])).position.quantity > 0
    assert sorted(await _listed(exchange, venue, name)) == SYMBOLS
    venue.venue.faults.add(Fault(f"account_{name}", None, "error"))
    with pytest.raises(ReadFailed):
        await _listed(exchange, venue, name)
    assert (await exchange.reads.position_stop(SYMBOLS[2])).stop is not None


@pytest.mark.parametrize("name", LISTS)
async def test_a_listing_may_lag_behind_the_single_reads(venue: Server, exchange: CcxtExchange, name: str) -> None:
    """It shows the account of a minute ago, with nothing on it, while each symbol shows what it holds."""
    await fill_up(venue, exchange)
    venue.venue.faults.add(Fault(f"account_{name}", None, "lag", seconds=60))
    assert await _listed(exchange, venue, name) == []
    assert (await exchange.reads.position(SYMBOLS[0])).position.quantity > 0


async def _listed(exchange: CcxtExchange, venue: Server, name: str) -> list[str]:
    account: Any = exchange.account
    if name == "fills":
        return [row.symbol for row in await account.fills(venue.venue.now_us() - 60_000_000)]
    return [row.symbol for row in await (account.positions() if name == "positions" else account.open_orders())]


async def test_the_account_has_the_exchanges_own_number(exchange: CcxtExchange) -> None:
    """The key tells whose it is when it is tried: no request is made for it."""
    assert exchange.account_id == "1"
