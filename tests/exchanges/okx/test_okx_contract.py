"""OKX keeps the promises of every exchange: the unmodified ccxt client, over HTTP, in both position modes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from atomicpos.exchanges import connect
from atomicpos.models import PositionSide
from atomicpos.ports import WrongPositionMode
from atomicpos.sim import SystemClock
from atomicpos.testing.contracts import ExchangeContract, ExchangeWorld, HedgeContract
from atomicpos.testing.fixtures import WireVenue


@asynccontextmanager
async def okx_world(side: PositionSide | None = None) -> AsyncIterator[ExchangeWorld]:
    """Contracts of ten on the market that is traded, so that what is not converted shows at once."""
    venue = WireVenue("okx")
    if side is not None:
        venue.at(lambda engine: engine.set_position_mode("hedge"))
    client, clock = venue.client(), SystemClock()
    exchange = connect(client, clock)
    await exchange.open()
    yield ExchangeWorld(
        exchange if side is None else exchange.hedged(side), venue, clock, market_id="AVL-USDT-SWAP",
        mode_with_each_order=True, flat_is_shown=False, side=side,
    )  # fmt: skip
    await exchange.close()
    await client.close()
    venue.stop()


class OkxContract(ExchangeContract):
    """What is asked in other words here: fills are read page by page, and a flat account has no row."""

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

    async def test_an_empty_list_is_no_answer_once_the_mode_is_another(self, world: ExchangeWorld) -> None:
        """A flat account lists no row in either mode: its mode is read, and from then on an empty list is no answer."""
        other = "hedge" if world.side is None else "one_way"
        world.venue.at(lambda engine: engine.set_position_mode(other))
        assert (await world.reads.position_mode(world.symbol)).value == other
        with pytest.raises(WrongPositionMode):
            await world.reads.position(world.symbol)


@pytest.mark.wire
class TestOkxOverTheWire(OkxContract):
    """In net mode."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        async with okx_world() as made:
            yield made


@pytest.mark.wire
class TestOkxOverTheWireInHedgeMode(OkxContract, HedgeContract):
    """Through the long side of long/short mode."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        async with okx_world(PositionSide.LONG) as made:
            yield made
