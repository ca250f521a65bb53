"""Bitget's classic futures at a desk, in isolated margin and one-way mode."""

from __future__ import annotations

from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest
from captured import Desk, desk_of
from rows_of_bitget import ACCOUNT, CHEAP, CONTRACT, data
from rows_of_unified import CHEAP as UNIFIED_CHEAP
from rows_of_unified import CONTRACT as UNIFIED_CONTRACT
from rows_of_unified import SETTINGS

from atomicpos.exchanges.ccxt_adapter import CcxtExchange


@pytest.fixture
async def bitget() -> AsyncIterator[tuple[Desk, CcxtExchange]]:
    client = ccxt.bitget({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1"})
    client.timeout_on_exit = 0
    client.options["fetchMarkets"] = {"types": ["swap"]}

    async def loads(desk: Desk) -> None:
        """A market list for each of ccxt's three product types."""
        desk.says("GET /api/v2/mix/market/contracts", data([CONTRACT, CHEAP]), data([]), data([]))
        client.set_markets(await client.fetch_default_markets({}))

    async with desk_of(client, loads) as (desk, exchange):
        desk.says("GET /api/v2/mix/account/account", data(ACCOUNT))
        yield desk, exchange
    await client.close()


@pytest.fixture
async def unified() -> AsyncIterator[tuple[Desk, CcxtExchange]]:
    """Bitget's unified account at a desk, as the caller's option says, in one-way mode and cross margin."""
    client = ccxt.bitget({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1", "options": {"uta": True}})
    client.timeout_on_exit = 0

    async def loads(desk: Desk) -> None:
        """A market list for each of ccxt's four categories."""
        rows = [UNIFIED_CONTRACT, UNIFIED_CHEAP]
        desk.choose = lambda sent: data(rows if sent.query.get("category") == "USDT-FUTURES" else [])
        client.set_markets(await client.fetch_uta_markets({}))
        desk.choose = None

    async with desk_of(client, loads) as (desk, exchange):
        desk.says("GET /api/v3/account/settings", data(SETTINGS))
        yield desk, exchange
    await client.close()
