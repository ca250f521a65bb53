"""The venue in Binance's dialect, met with the real client and by hand: signatures, codes, rows, ids."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import aiohttp
import ccxt.async_support as ccxt
import pytest

from atomicpos import sim
from atomicpos.sim import connect
from atomicpos.sim.wire.binance.signature import sign
from atomicpos.sim.wire.credentials import Credentials
from atomicpos.sim.wire.server import Server, serve

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
STOP = {"stopLossPrice": "1.33", "reduceOnly": True, "clientOrderId": "s1"}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve("binanceusdm", seed=7)
    yield server
    await server.stop()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Any]:
    client = ccxt.binanceusdm({
        "apiKey": server.api_key, "secret": server.secret, "enableRateLimit": False, "verify": False,
    })  # fmt: skip
    client.timeout_on_exit = 0
    connect(client, server.url)
    yield client
    await client.close()


async def said(server: Server, *, key: str | None = None, secret: str | None = None, **asked: str) -> tuple[int, Any]:
    """Status and body of ``GET /fapi/v3/positionRisk``, signed by hand."""
    asked = {"timestamp": str(time.time_ns() // 1_000_000), **asked}
    query = urlencode({name: value for name, value in asked.items() if value})
    signature = sign(Credentials("", secret or server.secret), query)
    headers = {"X-MBX-APIKEY": server.api_key if key is None else key}
    url = f"{server.url}/fapi/v3/positionRisk?{query}&signature={signature}"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as reply:
        return reply.status, await reply.json()


async def test_what_is_signed_and_fresh_is_answered(server: Server) -> None:
    """The key in a header, the signature over the parameters: a flat account has no rows."""
    assert await said(server) == (200, [])


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"key": ""}, 401, -2014),
        ({"key": "stranger"}, 401, -2015),
        ({"secret": "another"}, 400, -1022),
        ({"timestamp": "1"}, 400, -1021),
        ({"timestamp": "9999999999999"}, 400, -1021),
        ({"timestamp": ""}, 400, -1102),
        ({"recvWindow": "60001"}, 400, -1130),
        ({"symbol": "NOPEUSDT"}, 400, -1121),
    ],
)
async def test_what_is_not_is_refused_with_its_code(
    server: Server, asked: dict[str, str], status: int, code: int
) -> None:
    """Each under the status that the code comes with, and a body of code and sentence alone."""
    answered, body = await said(server, **asked)
    assert (answered, body["code"]) == (status, code)
    assert body.keys() == {"code", "msg"}


async def test_the_real_client_lives_here(client: Any) -> None:
    """ccxt's own unified calls: markets, an entry, a stop, its listing, the position, the trades, a cancel."""
    await client.load_markets()
    entry = await client.create_order(AVL, "market", "buy", 10, None, {"newClientOrderId": "a1"})
    assert (entry["status"], entry["filled"], entry["clientOrderId"]) == ("closed", 10, "a1")
    stop = await client.create_order(AVL, "market", "sell", 10, None, STOP)
    assert (stop["status"], stop["triggerPrice"], stop["reduceOnly"]) == ("open", 1.33, True)
    assert await client.fetch_open_orders(AVL) == []
    assert [order["clientOrderId"] for order in await client.fetch_open_orders(AVL, params={"trigger": True})] == ["s1"]
    (held,) = await client.fetch_positions([AVL])
    assert (held["side"], held["contracts"], held["hedged"]) == ("long", 10, False)
    assert sum(trade["amount"] for trade in await client.fetch_my_trades(AVL)) == 10
    await client.cancel_order(stop["id"], AVL, {"trigger": True})
    assert await client.fetch_open_orders(AVL, params={"trigger": True}) == []


async def test_arrivals_note_the_signed_timestamp_and_never_the_signature(server: Server, client: Any) -> None:
    """In the query of a read as in the body of a write."""
    await client.create_order(AVL, "market", "buy", 10)
    await client.fetch_positions([AVL])
    signed = [entry for entry in server.arrivals.entries if entry.path in ("/fapi/v1/order", "/fapi/v3/positionRisk")]
    assert [entry.method for entry in signed] == ["POST", "GET"]
    for entry in signed:
        assert abs(int(entry.timestamp) - entry.at_us // 1000) < 5000
        assert "signature" not in entry.query + entry.body


async def test_an_id_is_unique_among_open_orders_only(server: Server, client: Any) -> None:
    """Documented: that of an order that has filled is free again; that of a waiting stop is not."""
    for _ in range(2):
        await client.create_order(AVL, "market", "buy", 10, None, {"newClientOrderId": "a1"})
    assert server.venue.truth(AVL).quantity == 20
    await client.create_order(AVL, "market", "sell", 10, None, STOP)
    with pytest.raises(ccxt.InvalidOrder, match="-4116"):
        await client.create_order(AVL, "market", "sell", 10, None, STOP)


async def test_a_conditional_order_is_taken_while_flat_and_checked_when_it_fires(server: Server, client: Any) -> None:
    """Reduce-only without a position it waits; at its trigger it finds nothing to reduce, and opens nothing."""
    await client.create_order(AVL, "market", "sell", 10, None, STOP)
    assert len(server.venue.truth(AVL).stops) == 1
    server.venue.set_mark(AVL, Decimal("1.3000"))
    truth = server.venue.truth(AVL)
    assert (truth.quantity, truth.stops) == (0, ())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"type": "STOP_MARKET", "stopPrice": "1.3"}, -4120),
        ({"type": "TRAILING_STOP_MARKET", "callbackRate": "1"}, -4120),
        ({"type": "LIMIT", "price": "1.3", "timeInForce": "GTC"}, -1115),
        ({"type": "MARKET", "quantity": "10.0"}, -1111),
        ({"type": "MARKET", "quantity": "300000"}, -4005),
        ({"type": "MARKET", "quantity": "0"}, -4003),
        ({"type": "MARKET", "side": "HOLD"}, -1117),
        ({"type": "MARKET", "positionSide": "LONG"}, -4061),
        ({"type": "MARKET", "reduceOnly": "true"}, -2022),
        ({"type": "MARKET", "newClientOrderId": "x" * 37}, -4015),
        ({"type": "LIMIT", "price": "9", "timeInForce": "IOC"}, -4016),
        ({"type": "MARKET", "symbol": "SHIBUSDT", "quantity": "100"}, -4164),
    ],
)
async def test_a_plain_order_is_refused_as_documented(client: Any, asked: dict[str, str], code: int) -> None:
    """Each wrong word has its code, and nothing is opened."""
    words = {"symbol": "AVLUSDT", "side": "BUY", "quantity": "10", **asked}
    with pytest.raises(ccxt.ExchangeError, match=str(code)):
        await client.fapiPrivatePostOrder(words)


async def test_trades_are_asked_for_by_a_week_or_by_a_number_and_not_by_both(client: Any) -> None:
    """Longer than seven days, or both at once, is refused; from a number on they are all there."""
    await client.create_order(AVL, "market", "buy", 10)
    with pytest.raises(ccxt.ExchangeError, match="7 days"):
        await client.fapiPrivateGetUserTrades({"symbol": "AVLUSDT", "startTime": 1, "endTime": 8 * 24 * 3600 * 1000})
    with pytest.raises(ccxt.ExchangeError, match="fromId"):
        await client.fapiPrivateGetUserTrades({"symbol": "AVLUSDT", "startTime": 1, "fromId": 1})
    rows = await client.fapiPrivateGetUserTrades({"symbol": "AVLUSDT", "fromId": 2})
    assert [row["id"] for row in rows] == [2]


async def test_a_rate_limit_is_429_and_a_planted_code_its_own_status(server: Server, client: Any) -> None:
    """Which class ccxt makes of each follows from both."""
    await client.load_markets()
    server.venue.faults.add(sim.Fault("place_entry", AVL, "rate_limit", nth=1))
    server.venue.faults.add(sim.Fault("place_entry", AVL, "refuse", nth=2, code="-1007"))
    with pytest.raises(ccxt.DDoSProtection):
        await client.create_order(AVL, "market", "buy", 10)
    with pytest.raises(ccxt.RequestTimeout):
        await client.create_order(AVL, "market", "buy", 10)
    assert server.venue.truth(AVL).quantity == 0
