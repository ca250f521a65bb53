"""What tests of every layer share. Its presence also puts ``world`` within their reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import ccxt.async_support as ccxt
import pytest
from hypothesis import HealthCheck, settings

from atomicpos import sim
from atomicpos.sim.wire.server import Server, serve

# Two shared cores: how long one example takes says nothing about the code.
settings.register_profile("atomicpos", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("atomicpos")


def bybit_client(server: Server, kind: type[Any] = ccxt.bybit, **options: Any) -> Any:
    """A bot's own client, pointed at the server; its limiter is off, so that a test takes no longer than it must."""
    config = {"apiKey": server.api_key, "secret": server.secret, "enableRateLimit": False, "options": options}
    client = kind(config)
    client.verify = False  # no certificates are read for plain HTTP on loopback
    client.timeout_on_exit = 0
    sim.connect(client, server.url)
    return client


@pytest.fixture
async def bybit() -> AsyncIterator[Server]:
    """A venue on the wire, in the test's own loop."""
    server = await serve("bybit", port=0, seed=7)
    yield server
    await server.stop()
