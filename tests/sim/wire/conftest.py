"""A venue on loopback and the real ccxt client pointed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim import connect
from atomicpos.sim.wire.server import Server, serve


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve("bybit", port=0, seed=7)
    yield server
    await server.stop()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Any]:
    client = client_of(server, server.secret)
    yield client
    await client.close()


@pytest.fixture
async def stranger(server: Server) -> AsyncIterator[Any]:
    """A client with the right key and the wrong secret."""
    client = client_of(server, "not the secret")
    yield client
    await client.close()


def client_of(server: Server, secret: str) -> Any:
    """The unmodified client; only its own pacing and its pause on close are shortened."""
    client = ccxt.bybit({"apiKey": server.api_key, "secret": secret, "enableRateLimit": False, "verify": False})
    client.timeout_on_exit = 0
    connect(client, server.url)
    return client
