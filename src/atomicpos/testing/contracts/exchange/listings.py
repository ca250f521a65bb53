"""The whole account at once: what is there is listed, as each symbol's own read shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from atomicpos.ports import ReadFailed

from .world import TEN, ExchangeWorld

Listing = Callable[[ExchangeWorld], Awaitable[tuple[object, ...]]]

LISTINGS: dict[str, Listing] = {
    "account_positions": lambda world: world.exchange.account.positions(),
    "account_orders": lambda world: world.exchange.account.open_orders(),
    "account_fills": lambda world: world.exchange.account.fills(world.since_us),
}
"""Each listing, in the words of the venue's faults."""


class ListingContract:
    """A listing shows what is there, or it fails."""

    @pytest.mark.parametrize("call", LISTINGS)
    async def test_an_account_with_nothing_lists_nothing(self, world: ExchangeWorld, call: str) -> None:
        """No position, no order, no fill: an empty list."""
        assert await LISTINGS[call](world) == ()

    async def test_what_is_listed_is_what_each_read_shows(self, world: ExchangeWorld) -> None:
        """Positions and fills are the same as one by one, under their unified symbols."""
        await world.done(*world.guarded())
        (held,) = await world.exchange.account.positions()
        view = (await world.reads.position(world.symbol)).position
        assert (held.symbol, held.view.side, held.view.quantity) == (world.symbol, view.side, view.quantity)
        assert (held.view.entry_price, held.view.stop_price) == (view.entry_price, view.stop_price)
        fills = await world.exchange.account.fills(world.since_us)
        assert {row.symbol for row in fills} == {world.symbol}
        assert sum(row.fill.quantity for row in fills) == TEN

    async def test_living_orders_are_listed_and_the_positions_own_stop_is_marked(self, world: ExchangeWorld) -> None:
        """A stop of ours by its id, and the one on the position as what it is; what is final is not among them."""
        entry = world.with_stop(world.away(-3)) if world.takes_a_stop else world.entry()
        guard = (world.symbol, None, True) if world.keeps_own_stop else (world.symbol, "apguard", False)
        own = {guard} if world.takes_a_stop else set()
        await world.done(entry, world.stop())
        rows = await world.exchange.account.open_orders()
        assert {(row.symbol, row.view.client_order_id, row.position_stop) for row in rows} == {
            (world.symbol, "apstop", False), *own,
        }  # fmt: skip
        await world.done(world.cancel())
        left = await world.exchange.account.open_orders()
        assert {(row.symbol, row.view.client_order_id, row.position_stop) for row in left} == own

    async def test_what_is_held_on_two_symbols_is_listed_twice(self, world: ExchangeWorld) -> None:
        """Each symbol has its row."""
        await world.done(world.entry(), world.entry(symbol=world.other_symbol, client_order_id="apother"))
        rows = await world.exchange.account.positions()
        assert {(row.symbol, row.view.quantity) for row in rows} == {(world.symbol, TEN), (world.other_symbol, TEN)}

    @pytest.mark.parametrize("call", LISTINGS)
    async def test_f51_a_listing_that_fails_is_never_empty(self, world: ExchangeWorld, call: str) -> None:
        """An error is raised."""
        await world.done(*world.guarded())
        world.venue.fails(call, "error")
        with pytest.raises(ReadFailed):
            await LISTINGS[call](world)

    @pytest.mark.parametrize("call", LISTINGS)
    async def test_a_listing_may_lag_by_itself(self, world: ExchangeWorld, call: str) -> None:
        """It shows the account of a while ago, and the account of now when that while has passed."""
        await world.done(*world.guarded())
        world.venue.fails(call, "lag", seconds=world.lag_s * 2)
        assert await LISTINGS[call](world) == ()
        await world.clock.sleep(world.lag_s * 2)
        assert await LISTINGS[call](world)
