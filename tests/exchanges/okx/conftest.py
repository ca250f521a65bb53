"""OKX on loopback, the real ccxt client pointed at it, and our adapter over that client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from atomicpos.exchanges import connect
from atomicpos.exchanges.okx.exchange import OkxExchange
from atomicpos.sim import SystemClock
from atomicpos.sim.wire.server import Server, serve
from wired import okx_client


@pytest.fixture
async def okx() -> AsyncIterator[Server]:
    server = await serve("okx", seed=5)
    yield server
    await server.stop()


@pytest.fixture
async def okx_bot(okx: Server) -> AsyncIterator[Any]:
    """The bot's own client, without its limiter."""
    client = okx_client(okx)
    yield client
    await client.close()


@pytest.fixture
async def exchange(okx_bot: Any) -> AsyncIterator[OkxExchange]:
    adapter = connect(okx_bot, SystemClock())
    assert isinstance(adapter, OkxExchange)
    await adapter.open()
    yield adapter
    await adapter.close()
