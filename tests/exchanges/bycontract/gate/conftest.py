"""Gate at a desk, with two contracts as the exchange shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest
from captured import Desk, desk_of
from rows_of_gate import ACCOUNT, CHEAP, CONTRACT, POSITION

from atomicpos.exchanges.ccxt_adapter import CcxtExchange


@pytest.fixture
async def gate() -> AsyncIterator[tuple[Desk, CcxtExchange]]:
    client = ccxt.gate({"apiKey": "key-1", "secret": "secret-1"})
    client.set_markets([client.parse_contract_market(raw, "usdt") for raw in (CONTRACT, CHEAP)])
    async with desk_of(client) as (desk, exchange):
        desk.says("GET /api/v4/futures/usdt/accounts", ACCOUNT)
        desk.says("GET /api/v4/futures/usdt/positions/AVL_USDT", POSITION)
        desk.says("GET /api/v4/futures/usdt/positions/PEPE_USDT", {**POSITION, "contract": "PEPE_USDT"})
        yield desk, exchange
    await client.close()
