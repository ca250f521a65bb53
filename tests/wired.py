"""A bot's own ccxt client on the wire, and the library over it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ccxt.async_support as ccxt

from atomicpos import AtomicPositions, sim
from atomicpos.sim.wire.server import Server


def bybit_client(server: Server, kind: type[Any] = ccxt.bybit, **options: Any) -> Any:
    """The client, pointed at the server; its limiter is off, so that a test takes no longer than it must."""
    return wired_client(server, kind, **options)


def okx_client(server: Server, kind: type[Any] = ccxt.okx, **options: Any) -> Any:
    """The same for OKX; of its markets only those that are traded here are asked for."""
    return wired_client(server, kind, fetchMarkets={"types": ["spot", "swap"]}, **options)


def wired_client(server: Server, kind: type[Any], **options: Any) -> Any:
    """A client of that class with the server's keys."""
    keys = {"apiKey": server.api_key, "secret": server.secret, "password": server.password}
    client = kind({**keys, "enableRateLimit": False, "options": options})
    client.verify = False  # no certificates are read for plain HTTP on loopback
    client.timeout_on_exit = 0
    sim.connect(client, server.url)
    return client


@asynccontextmanager
async def library(client: Any, **knobs: Any) -> AsyncIterator[AtomicPositions]:
    """The library over the client, with a database in memory unless another is named; both are closed."""
    knobs = {"database": "sqlite://", "alerts": lambda event: None, **knobs}
    try:
        async with AtomicPositions(client, **knobs) as positions:
            yield positions
    finally:
        await client.close()
