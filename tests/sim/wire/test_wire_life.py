"""The unmodified ccxt client lives a position's whole life against the venue."""

from __future__ import annotations

from typing import Any

import pytest

from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
HNT = "HNT/USDT:USDT"
STOP = {"triggerPrice": "1.3", "triggerDirection": "descending", "triggerBy": "MarkPrice", "reduceOnly": True}


async def test_markets_load_with_default_options_and_hold_the_spot_twin(client: Any) -> None:
    """All four categories load, and the raw id AVLUSDT names a perpetual and a spot market with other prices."""
    markets = await client.load_markets()
    assert {market["symbol"] for market in client.markets_by_id["AVLUSDT"]} == {"AVL/USDT", AVL}
    assert len([market for market in markets.values() if market["linear"]]) == 15
    assert markets[AVL]["info"]["lotSizeFilter"]["maxMktOrderQty"] == "200000"
    perpetual, spot = await client.fetch_ticker(AVL), await client.fetch_ticker("AVL/USDT")
    assert perpetual["markPrice"] == 1.358
    assert perpetual["bid"] < perpetual["last"] < perpetual["ask"]
    assert spot["last"] == 2.741


async def test_a_position_is_opened_protected_read_back_and_closed(client: Any, server: Server) -> None:
    """Entry, stop, both read back, stop cancelled, position closed: and the engine agrees at each turn."""
    entry = await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1", "positionIdx": 0})
    assert (entry["id"] is not None, entry["clientOrderId"], entry["status"], entry["filled"]) == (
        True,
        "entry-1",
        None,
        None,
    )
    await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "stop-1", **STOP})
    (stop,) = await client.fetch_open_orders(AVL)
    assert (stop["clientOrderId"], stop["triggerPrice"], stop["reduceOnly"]) == ("stop-1", 1.3, True)
    assert (stop["info"]["orderStatus"], stop["info"]["triggerBy"]) == ("Untriggered", "MarkPrice")
    (position,) = await client.fetch_positions([AVL])
    assert (position["side"], position["contracts"]) == ("long", 10.0)
    truth = server.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity, truth.entries) == (10, 10, 1)

    await client.cancel_order(None, AVL, {"orderLinkId": "stop-1"})
    await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "close-1", "reduceOnly": True})
    (flat,) = await client.fetch_positions([AVL])
    assert (flat["side"], flat["contracts"]) == (None, 0.0)
    assert server.venue.truth(AVL).quantity == 0
    assert await client.fetch_open_orders(AVL) == []


async def test_a_stop_is_cancelled_by_the_exchange_order_id_too(client: Any) -> None:
    """Without a client order id the exchange's own id names the order."""
    await client.create_order(AVL, "market", "buy", 10)
    stop = await client.create_order(AVL, "market", "sell", 10, None, STOP)
    cancelled = await client.cancel_order(stop["id"], AVL)
    assert cancelled["id"] == stop["id"]
    (row,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderId": stop["id"]})
    assert (row["info"]["orderStatus"], row["status"], row["clientOrderId"]) == ("Deactivated", "canceled", None)


async def test_a_stop_fires_when_the_mark_reaches_it(client: Any, server: Server) -> None:
    """A triggered stop shows as filled under its own ids, and its fill carries its client order id."""
    await client.create_order(AVL, "market", "buy", 10)
    await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "stop-1", **STOP})
    server.venue.set_mark(AVL, server.venue.mark(AVL) * 0 + 1)
    (stop,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "stop-1"})
    assert (stop["info"]["orderStatus"], stop["filled"], stop["triggerPrice"]) == ("Filled", 10.0, 1.3)
    fills = await client.fetch_my_trades(AVL, None, None, {"orderLinkId": "stop-1"})
    assert sum(fill["amount"] for fill in fills) == 10.0


async def test_leverage_is_set_once_and_refused_when_unchanged(client: Any) -> None:
    """The second setting of the same leverage is 110043, and the position row shows it."""
    await client.set_leverage(5, AVL)
    with pytest.raises(Exception, match="110043"):
        await client.set_leverage(5, AVL)
    (flat,) = await client.fetch_positions([AVL])
    assert flat["leverage"] == 5.0


async def test_the_clock_is_told_in_milliseconds(client: Any) -> None:
    """The venue's time is the machine's, within a second."""
    assert abs(await client.fetch_time() - client.milliseconds()) < 1000
