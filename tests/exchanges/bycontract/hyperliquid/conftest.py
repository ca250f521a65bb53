"""Hyperliquid at a desk: two paths, and what is asked stands in the body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Desk, Sent, desk_of
from rows_of_hyperliquid import ADDRESS, ASSET, CHEAP, KEY, MARKET, state

from atomicpos.exchanges.ccxt_adapter import CcxtExchange

Hyperliquid = tuple[Desk, CcxtExchange, dict[str, Any]]


@pytest.fixture
async def hyperliquid() -> AsyncIterator[Hyperliquid]:
    """The desk, the adapter, and what each kind of read and action is answered with, by its type."""
    client = ccxt.hyperliquid({"walletAddress": ADDRESS, "privateKey": KEY})
    client.set_markets([client.parse_market(raw) for raw in (MARKET, CHEAP)])
    said: dict[str, Any] = {"activeAssetData": ASSET, "clearinghouseState": state()}

    def choose(sent: Sent) -> object:
        return said.get(sent.body["type"] if sent.path == "/info" else sent.body["action"]["type"])

    async with desk_of(client) as (desk, exchange):
        desk.choose = choose
        yield desk, exchange, said
    await client.close()
