"""The listings of the whole account in process: what they show, late, left out or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stage import AVL, ENTRY, STOP, attached, elapsed_s, play

from atomicpos.models import FillKind, OrderSide, PositionSide
from atomicpos.ports import AccountReads, Exchange, ReadFailed
from atomicpos.sim.clock import EPOCH_US, VirtualClock
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault
from atomicpos.sim.listings import PAGES
from atomicpos.sim.loop import run
from atomicpos.sim.markets import numbered
from atomicpos.sim.venue import Venue

BTC = "BTC/USDT:USDT"
NAMES: dict[str, Callable[[AccountReads], Any]] = {
    "account_positions": lambda account: account.positions(),
    "account_orders": lambda account: account.open_orders(),
    "account_fills": lambda account: account.fills(0),
}


async def two_held(exchange: SimExchange) -> None:
    """A position with its own stop on each of two symbols."""
    await exchange.write(attached(ENTRY, "1.3"))
    await exchange.write(
        replace(attached(ENTRY, "100000"), symbol=BTC, quantity=Decimal("0.001"), client_order_id="other")
    )


async def symbols(exchange: SimExchange, name: str) -> list[str]:
    """The symbols that a listing shows, once for each row."""
    return [row.symbol for row in await NAMES[name](exchange.account)]


def test_the_account_is_listed_as_it_is() -> None:
    """Positions, living orders with the own stops marked, and fills of every kind and hand, oldest first."""

    async def scene(exchange: SimExchange) -> None:
        port: Exchange = exchange
        assert isinstance(port.account, AccountReads)
        await two_held(exchange)
        await exchange.write(STOP)
        exchange.venue.foreign_order("ETHUSDT", OrderSide.SELL, Decimal("0.01"))
        exchange.venue.liquidate(BTC)
        held = {row.symbol: row.view for row in await exchange.account.positions()}
        assert {symbol: (view.side, view.quantity) for symbol, view in held.items()} == {
            AVL: (PositionSide.LONG, 10), "ETH/USDT:USDT": (PositionSide.SHORT, Decimal("0.01")),
        }  # fmt: skip
        assert held[AVL] == (await exchange.reads.position(AVL)).position
        orders = {row.view.client_order_id: (row.symbol, row.position_stop) for row in await port.account.open_orders()}
        assert orders == {"stop": (AVL, False), None: (AVL, True)}
        fills = await exchange.account.fills(0)
        assert [row.fill.time_us for row in fills] == sorted(row.fill.time_us for row in fills)
        assert {row.symbol for row in fills} == {AVL, BTC, "ETH/USDT:USDT"}
        assert [row.symbol for row in fills if row.fill.kind is FillKind.LIQUIDATION] == [BTC]
        assert await exchange.account.fills(exchange.venue.now_us() + 1) == ()

    play(scene)


@pytest.mark.parametrize("name", NAMES)
def test_a_listing_is_one_request_and_one_round_trip(name: str) -> None:
    """Whatever it shows on a page, and noted under a name of its own."""

    async def scene(exchange: SimExchange) -> None:
        await two_held(exchange)
        start_s, made = elapsed_s(), len(exchange.requests)
        await NAMES[name](exchange.account)
        assert round(elapsed_s() - start_s, 6) == 0.15
        assert [(call, symbol) for _, call, symbol in exchange.requests[made:]] == [(name, "*")]

    play(scene)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("kind", "seconds"), [("omit", None), ("empty", 60), ("lag", 60)])
def test_a_fault_of_one_symbol_leaves_that_symbol_out(name: str, kind: str, seconds: float | None) -> None:
    """The other rows are shown as they are, and so is the symbol itself to whoever asks for it by name."""

    async def scene(exchange: SimExchange) -> None:
        await two_held(exchange)
        assert set(await symbols(exchange, name)) == {BTC}
        assert (await exchange.reads.position(AVL)).position.quantity == 10

    play(scene, Fault(name, AVL, kind, seconds=seconds))


@pytest.mark.parametrize("name", NAMES)
def test_an_error_fails_the_whole_listing_and_no_single_read(name: str) -> None:
    """One page that cannot be had is no answer; the next one is."""

    async def scene(exchange: SimExchange) -> None:
        await two_held(exchange)
        assert set(await symbols(exchange, name)) == {AVL, BTC}
        start_s = elapsed_s()
        with pytest.raises(ReadFailed, match=f"{name}: an injected error"):
            await symbols(exchange, name)
        assert round(elapsed_s() - start_s, 6) == 0.15
        assert (await exchange.reads.position(AVL)).position.quantity == 10
        assert set(await symbols(exchange, name)) == {AVL, BTC}

    play(scene, Fault(name, None, "error", nth=2))


def test_a_listing_can_be_older_than_the_one_before() -> None:
    """Every second answer shows the venue of some seconds ago: a position that was listed is gone from the next."""

    async def scene(exchange: SimExchange) -> None:
        await two_held(exchange)
        shown = [await symbols(exchange, "account_positions") for _ in range(3)]
        assert shown == [[AVL, BTC], [], [AVL, BTC]]

    play(scene, Fault("account_positions", None, "backwards", seconds=60))


def test_requests_grow_with_pages() -> None:
    """A thousand positions are five pages, each of them a request and a round trip."""

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        markets = numbered(1000)
        exchange = SimExchange(Venue(clock.now_us, markets=markets), clock)
        for market in markets:
            exchange.venue.foreign_order(market.symbol, OrderSide.BUY, Decimal(1))
        assert len(await exchange.account.positions()) == 1000
        assert len(exchange.requests) == 1000 // PAGES["account_positions"]
        assert elapsed_s() == 0.75
        assert await exchange.account.open_orders() == ()
        assert len(exchange.requests) == 6

    run(main)


def test_a_venue_of_numbered_markets_trades_them_and_nothing_else() -> None:
    """Ten thousand symbols by unified symbol and raw id; faults know them; the fifteen of every day are not there."""

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        exchange = SimExchange(Venue(clock.now_us, markets=numbered(10_000)), clock)
        for name in ("N09999USDT", "n00000/usdt:usdt"):
            assert (await exchange.instrument(name)).market_id.lower() == name.lower().replace("/usdt:", "")
        exchange.venue.faults.add(Fault("account_positions", "N00001USDT", "omit"))
        exchange.venue.foreign_order("N00001USDT", OrderSide.BUY, Decimal(1))
        assert (await exchange.account.positions(), exchange.venue.trades("AVLUSDT")) == ((), False)
        with pytest.raises(ReadFailed, match="no such symbol"):
            await exchange.reads.position(AVL)
        assert exchange.requests[0][0] == EPOCH_US

    run(main)


def test_what_a_big_venue_says_of_an_unknown_name_is_short() -> None:
    """It names a few of its markets and counts the rest."""
    venue = Venue(lambda: 0, markets=numbered(100))
    with pytest.raises(Exception, match=r"no perpetual is called 'XUSDT'; the venue has N00000USDT,.* and 80 more$"):
        venue.market("XUSDT")
    with pytest.raises(ValueError, match="count is -1"):
        numbered(-1)
