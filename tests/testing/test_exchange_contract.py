"""Both exchanges keep the same promises: the one in process, and the caller's own ccxt client over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from atomicpos.exchanges import connect
from atomicpos.models import PositionSide
from atomicpos.profile import Protection
from atomicpos.sim import SIM_PROFILE, SimExchange, SystemClock
from atomicpos.testing.contracts import ExchangeContract, ExchangeWorld, HedgeContract
from atomicpos.testing.contracts.exchange.unnamed_stop import UnnamedStopContract
from atomicpos.testing.fixtures import BotVenue, VirtualTime, WireVenue


class TestSimExchange(ExchangeContract):
    """In process and in virtual time."""

    @pytest.fixture
    def world(self, venue: BotVenue, virtual_clock: VirtualTime) -> ExchangeWorld:
        venue.may_be_naked()  # the contract is about single requests
        return ExchangeWorld(venue.exchange, venue, virtual_clock, lag_s=4)


class TestSimExchangeWithUnnamedStops(UnnamedStopContract):
    """In process, where a stop that travels with an entry gets an id of the exchange's alone. Whatever else the engine
    can do it can here too, so that of the rest of the contract only that part is another."""

    @pytest.fixture
    def world(self, venue: BotVenue, virtual_clock: VirtualTime) -> ExchangeWorld:
        venue.may_be_naked()
        profile = replace(SIM_PROFILE, protection=Protection.ATTACHED_UNNAMED)
        venue.exchange = SimExchange(venue.engine, virtual_clock, profile=profile)
        return ExchangeWorld(venue.exchange, venue, virtual_clock, lag_s=4)


@pytest.mark.wire
class TestCcxtOverTheWire(ExchangeContract):
    """An unmodified ccxt client, over HTTP on loopback."""

    @pytest.fixture
    async def world(self, wire_venue: WireVenue) -> AsyncIterator[ExchangeWorld]:
        client, clock = wire_venue.client(), SystemClock()
        exchange = connect(client, clock)
        await exchange.open()
        yield ExchangeWorld(exchange, wire_venue, clock)
        await exchange.close()
        await client.close()


@asynccontextmanager
async def binance_world(side: PositionSide | None = None) -> AsyncIterator[ExchangeWorld]:
    """Binance's dialect: no stop of the position's own, and a flat slot has no row."""
    venue, clock = WireVenue("binanceusdm"), SystemClock()
    if side is not None:
        venue.at(lambda engine: engine.set_position_mode("hedge"))
    client = venue.client()
    exchange = connect(client, clock)
    await exchange.open()
    facing = exchange if side is None else exchange.hedged(side)
    yield ExchangeWorld(facing, venue, clock, flat_is_shown=False, leverage_is_shared=True, side=side)
    await exchange.close()
    await client.close()
    venue.stop()


@pytest.mark.wire
class TestBinanceOverTheWire(ExchangeContract):
    """The same client code in Binance's dialect, in one-way mode."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        async with binance_world() as made:
            yield made


@pytest.mark.wire
class TestBinanceOverTheWireInHedgeMode(ExchangeContract, HedgeContract):
    """In Binance's dialect, through the long side of hedge mode."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        async with binance_world(PositionSide.LONG) as made:
            yield made


class TestSimExchangeInHedgeMode(ExchangeContract, HedgeContract):
    """In process, through the long side of hedge mode."""

    @pytest.fixture
    def world(self, venue: BotVenue, virtual_clock: VirtualTime) -> ExchangeWorld:
        venue.may_be_naked()
        venue.engine.set_position_mode("hedge")
        exchange = venue.exchange = SimExchange(
            venue.engine, virtual_clock, profile=replace(SIM_PROFILE, hedge_mode=True)
        )
        side = PositionSide.LONG
        return ExchangeWorld(exchange.hedged(side), venue, virtual_clock, lag_s=4, side=side)


@pytest.mark.wire
class TestCcxtOverTheWireInHedgeMode(ExchangeContract, HedgeContract):
    """The unmodified client on an account in hedge mode, through its long side."""

    @pytest.fixture
    async def world(self, wire_venue: WireVenue) -> AsyncIterator[ExchangeWorld]:
        wire_venue.at(lambda engine: engine.set_position_mode("hedge"))
        client, clock = wire_venue.client(), SystemClock()
        exchange = connect(client, clock)
        await exchange.open()
        side = PositionSide.LONG
        yield ExchangeWorld(exchange.hedged(side), wire_venue, clock, side=side)
        await exchange.close()
        await client.close()
