"""The stop that travels with the entry and becomes the position's own, as the unmodified ccxt client meets it."""

from __future__ import annotations

from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
HNT = "HNT/USDT:USDT"
ENTRY = {"orderLinkId": "entry-1", "stopLoss": {"triggerPrice": "1.3308"}, "slTriggerBy": "MarkPrice"}


async def enter(client: Any, **params: Any) -> Any:
    return await client.create_order(AVL, "market", "buy", 10, None, {**ENTRY, **params})


async def set_stop(client: Any, stop: str, symbol: str = "AVLUSDT", **fields: Any) -> Any:
    body = {"category": "linear", "symbol": symbol, "tpslMode": "Full", "positionIdx": 0, "stopLoss": stop}
    return await client.privatePostV5PositionTradingStop({**body, "slTriggerBy": "MarkPrice", **fields})


async def listed(client: Any, **asked: Any) -> list[dict[str, Any]]:
    reply = await client.privateGetV5OrderRealtime({"category": "linear", "symbol": "AVLUSDT", **asked})
    return list(reply["result"]["list"])


async def test_an_attached_stop_is_the_positions_own_from_the_first_fill_on(client: Any, server: Server) -> None:
    """It is listed without an id of ours, unable to open, over the whole position, and leaves no time exposed."""
    await enter(client)
    (stop,) = await listed(client)
    assert {name: stop[name] for name in ("orderLinkId", "stopOrderType", "createType", "tpslMode", "qty", "side")} == {
        "orderLinkId": "",
        "stopOrderType": "StopLoss",
        "createType": "CreateByStopLoss",
        "tpslMode": "Full",
        "qty": "10",
        "side": "Sell",
    }
    assert (stop["reduceOnly"], stop["closeOnTrigger"], stop["orderStatus"]) == (True, True, "Untriggered")
    assert (stop["triggerPrice"], stop["triggerBy"], stop["triggerDirection"]) == ("1.3308", "MarkPrice", 2)
    (position,) = await client.fetch_positions([AVL])
    assert (position["info"]["stopLoss"], position["info"]["tpslMode"]) == ("1.3308", "Full")
    assert server.venue.truth(AVL).exposure_s == 0


async def test_the_entrys_own_row_echoes_what_it_asked_for(client: Any) -> None:
    """The echo is of the request: it stays when the stop has moved since."""
    await enter(client)
    await set_stop(client, "1.331")
    (row,) = await listed(client, orderLinkId="entry-1")
    assert (row["stopLoss"], row["slTriggerBy"], row["tpslMode"]) == ("1.3308", "MarkPrice", "Full")
    assert (row["stopOrderType"], row["triggerPrice"], row["closeOnTrigger"]) == ("", "", False)


async def test_trading_stop_amends_in_place_and_says_nothing(client: Any) -> None:
    """The reply is empty, the stop keeps its exchange order id, and the position shows the new price."""
    await enter(client)
    (before,) = await listed(client)
    reply = await set_stop(client, "1.331")
    (after,) = await listed(client)
    assert (reply["retCode"], reply["result"]) == (0, {})
    assert (after["orderId"], after["triggerPrice"]) == (before["orderId"], "1.331")
    assert int(after["updatedTime"]) >= int(before["updatedTime"])
    (position,) = await client.fetch_positions([AVL])
    assert position["info"]["stopLoss"] == "1.331"


async def test_zero_takes_the_stop_away(client: Any, server: Server) -> None:
    """A stop loss of 0 leaves the position without one."""
    await enter(client)
    await set_stop(client, "0")
    assert await listed(client) == []
    (position,) = await client.fetch_positions([AVL])
    assert position["info"]["stopLoss"] == ""
    assert server.venue.truth(AVL).stops == ()


async def test_an_unchanged_stop_is_not_modified(client: Any) -> None:
    """34040 has no class of its own in ccxt."""
    await enter(client)
    with pytest.raises(ccxt.ExchangeError, match=r'"retCode":34040,"retMsg":"not modified"'):
        await set_stop(client, "1.3308")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("1.4", {}, r"StopLoss:140000000 set for Buy position should lower than base_price:135800000\?\?MarkPrice"),
    ("1.4", {"slTriggerBy": "LastPrice"}, r"base_price:135800000\?\?LastPrice"),
    ("1.33005", {}, "stop_loss invalid"),
    ("1.33", {"tpslMode": "Partial"}, "tpslMode 'Partial' must be one of Full"),
    ("1.33", {"takeProfit": "1.5"}, "takeProfit '1.5' is not supported"),
    ("1.33", {"positionIdx": 1}, "position idx not match position mode"),
    ("", {}, "stopLoss must be given"),
    ("soon", {}, "stopLoss 'soon' must be a number above 0"),
]


@pytest.mark.parametrize(("stop", "fields", "sentence"), REFUSED)
async def test_what_trading_stop_cannot_take_is_10001(
    client: Any, server: Server, stop: str, fields: dict[str, Any], sentence: str
) -> None:
    """The one code has a sentence for each reason, and the old stop stands."""
    await enter(client)
    with pytest.raises(ccxt.BadRequest, match=f'"retCode":10001,"retMsg":"[^"]*{sentence}'):
        await set_stop(client, stop, **fields)
    assert str(server.venue.truth(AVL).stops[0].trigger_price) == "1.3308"


async def test_a_flat_symbol_takes_no_stop(client: Any) -> None:
    """The sentence is the one that a position not yet visible was answered with in the field (F26)."""
    with pytest.raises(ccxt.BadRequest, match="can not set tp/sl/ts for zero position"):
        await set_stop(client, "1.3")


@pytest.mark.parametrize(
    ("side", "stop", "sentence"),
    [
        ("buy", "3.24", r"StopLoss:324000000 set for Buy position should lower than base_price:161600000\?\?LastPrice"),
        ("sell", "1.5", r"StopLoss:150000000 set for Sell position should greater base_price:161600000\?\?LastPrice"),
    ],
)
async def test_an_attached_stop_beyond_the_price_refuses_the_entry(
    client: Any, server: Server, side: str, stop: str, sentence: str
) -> None:
    """The prices in the sentence are those of the field report, scaled as there (F20)."""
    with pytest.raises(ccxt.BadRequest, match=sentence):
        await client.create_order(HNT, "market", side, "10", None, {"stopLoss": {"triggerPrice": stop}})
    assert server.venue.truth(HNT).entries == 0


async def test_the_own_stop_follows_the_position_and_dies_with_it(client: Any, server: Server) -> None:
    """It covers what was added and what is left, and is gone when the position is."""
    await enter(client)
    await client.create_order(AVL, "market", "buy", 20)
    assert [row["qty"] for row in await listed(client)] == ["30"]
    await client.create_order(AVL, "market", "sell", 30, None, {"reduceOnly": True})
    assert await listed(client) == []
    (dead,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderStatus": "Deactivated"})
    assert (dead["info"]["stopOrderType"], dead["info"]["cancelType"]) == ("StopLoss", "CancelByTpSlTsClear")
    assert server.venue.truth(AVL).stops == ()


async def test_the_own_stop_fires_and_its_fills_say_so(client: Any, server: Server) -> None:
    """Its executions are trades without an id of ours, created by the stop loss."""
    await enter(client)
    server.venue.set_mark(AVL, server.venue.truth(AVL).stops[0].trigger_price or server.venue.mark(AVL))
    fills = [fill["info"] for fill in await client.fetch_my_trades(AVL) if fill["side"] == "sell"]
    assert {(fill["execType"], fill["createType"], fill["stopOrderType"], fill["orderLinkId"]) for fill in fills} == {
        ("Trade", "CreateByStopLoss", "StopLoss", "")
    }
    (fired,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderId": fills[0]["orderId"]})
    assert (fired["info"]["orderStatus"], fired["filled"]) == ("Filled", 10.0)
    assert server.venue.truth(AVL).quantity == 0


async def test_truth_shows_the_own_stop_among_the_stops(client: Any, server: Server) -> None:
    """It is marked, and it counts as cover."""
    await enter(client)
    truth = server.venue.truth(AVL)
    assert [(stop.position_stop, stop.client_order_id) for stop in truth.stops] == [(True, None)]
    assert truth.stop_quantity == 10
