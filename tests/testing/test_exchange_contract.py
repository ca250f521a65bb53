"""Both exchanges keep the same promises: the one in process, and the caller's own ccxt client over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atomicpos.exchanges import connect
from atomicpos.sim import SystemClock
from atomicpos.testing.contracts import ExchangeContract, ExchangeWorld
from atomicpos.testing.fixtures import BotVenue, VirtualTime, WireVenue


class TestSimExchange(ExchangeContract):
    """In process and in virtual time."""

    @pytest.fixture
    def world(self, venue: BotVenue, virtual_clock: VirtualTime) -> ExchangeWorld:
        venue.may_be_naked()  # the contract is about single requests
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


@pytest.mark.wire
class TestBinanceOverTheWire(ExchangeContract):
    """The same client code in Binance's dialect: no stop of the position's own, and a flat slot has no row."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[ExchangeWorld]:
        venue, clock = WireVenue("binanceusdm"), SystemClock()
        client = venue.client()
        exchange = connect(client, clock)
        await exchange.open()
        yield ExchangeWorld(exchange, venue, clock, ids_come_free=True)
        await exchange.close()
        await client.close()
        venue.stop()
