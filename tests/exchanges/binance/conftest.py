"""A venue that speaks Binance USD-M for each test, a real ccxt client pointed at it, and our adapter over it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.sim.wire.server import Server, serve


@pytest.fixture
async def venue() -> AsyncIterator[Server]:
    server = await serve("binanceusdm", seed=7)
    yield server
    await server.stop()


@pytest.fixture
async def client(venue: Server) -> AsyncIterator[Any]:
    """The bot's own client, without its limiter: what the limiter does has tests of its own."""
    own = ccxt.binanceusdm({"apiKey": venue.api_key, "secret": venue.secret, "enableRateLimit": False})
    own.verify = False  # no certificates are read for plain HTTP on loopback
    own.timeout_on_exit = 0
    sim.connect(own, venue.url)
    yield own
    await own.close()


@pytest.fixture
async def exchange(client: Any) -> AsyncIterator[CcxtExchange]:
    adapter = connect(client, sim.SystemClock())
    await adapter.open()
    yield adapter
    await adapter.close()
