"""KuCoin futures at a desk, with two contracts as the exchange shows them, in isolated margin and one-way mode."""

from __future__ import annotations

from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest
from captured import Desk, desk_of
from rows_of_kucoin import CHEAP, CONTRACT, data

from atomicpos.exchanges.ccxt_adapter import CcxtExchange


@pytest.fixture
async def kucoin() -> AsyncIterator[tuple[Desk, CcxtExchange]]:
    client = ccxt.kucoinfutures({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1"})
    client.timeout_on_exit = 0

    async def loads(desk: Desk) -> None:
        desk.says("GET /api/v1/contracts/active", data([CONTRACT, CHEAP]))
        client.set_markets(await client.fetch_contract_markets())

    async with desk_of(client, loads) as (desk, exchange):
        desk.says("GET /api/v2/position/getPositionMode", data({"positionMode": 0}))
        desk.says("GET /api/v2/position/getMarginMode", data({"symbol": "AVLUSDTM", "marginMode": "ISOLATED"}))
        desk.says("GET /api/v2/getCrossUserLeverage", data({"symbol": "AVLUSDTM", "leverage": "3"}))
        yield desk, exchange
    await client.close()
