"""OKX keeps the promises of every exchange: the unmodified ccxt client, over HTTP on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atomicpos.exchanges import connect
from atomicpos.models import PositionMode
from atomicpos.ports import WrongPositionMode
from atomicpos.sim import SystemClock
from atomicpos.testing.contracts import ExchangeContract, ExchangeWorld
from atomicpos.testing.fixtures import WireVenue


@pytest.mark.wire
class TestOkxOverTheWire(ExchangeContract):
    """Contracts of ten on the market that is traded, so that what is not converted shows at once."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        venue = WireVenue("okx")
        client, clock = venue.client(), SystemClock()
        exchange = connect(client, clock)
        await exchange.open()
        yield ExchangeWorld(
            exchange, venue, clock, market_id="AVL-USDT-SWAP", mode_with_each_order=True, flat_is_shown=False
        )
        await exchange.close()
        await client.close()
        venue.stop()

    async def test_f51_what_one_read_of_the_fills_omits_the_next_one_shows(self, world: ExchangeWorld) -> None:
        """A list is read until a page is empty, so the second reading begins with the third request."""
        await world.done(world.entry())
        world.venue.fails("fills", "omit", nth=3)
        shown = [len((await world.reads.fills(world.symbol, world.since_us)).fills) for _ in range(3)]
        assert shown == [2, 0, 2]

    @pytest.mark.parametrize("call", ["position", "position_stop"])
    async def test_f51_what_one_read_omits_the_next_one_shows(self, world: ExchangeWorld, call: str) -> None:
        """As everywhere; the fills have a test of their own."""
        await super().test_f51_what_one_read_omits_the_next_one_shows(world, call)

    async def test_hedge_mode_is_no_position_but_an_error(self, world: ExchangeWorld) -> None:
        """A flat account lists no row in either mode: its mode is read, and from then on an empty list is no answer."""
        world.venue.at(lambda engine: engine.set_position_mode("hedge"))
        assert await world.reads.position_mode(world.symbol) is PositionMode.HEDGE
        with pytest.raises(WrongPositionMode):
            await world.reads.position(world.symbol)
