"""Limit orders that fill at once or not at all, and what the venue refuses of size, price, number and mode."""

from __future__ import annotations

from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
STOP = {"triggerPrice": "1.3", "triggerDirection": 2, "triggerBy": "MarkPrice", "reduceOnly": True}
IOC = {"timeInForce": "IOC", "orderLinkId": "entry-1"}


async def history(client: Any) -> dict[str, Any]:
    (row,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    return dict(row["info"])


async def test_a_worst_price_inside_the_book_fills(client: Any) -> None:
    """The row shows the limit as its price, and what was paid as its average."""
    await client.create_order(AVL, "limit", "buy", 10, "1.37", IOC)
    row = await history(client)
    assert (row["orderType"], row["timeInForce"], row["price"]) == ("Limit", "IOC", "1.37")
    assert (row["orderStatus"], row["cumExecQty"]) == ("Filled", "10")
    assert 1.358 < float(row["avgPrice"]) < 1.37


async def test_a_worst_price_before_the_book_fills_nothing(client: Any, server: Server) -> None:
    """The order is cancelled with nothing filled, by no user."""
    await client.create_order(AVL, "limit", "buy", 10, "1.358", IOC)
    row = await history(client)
    assert (row["orderStatus"], row["cumExecQty"], row["leavesQty"]) == ("Cancelled", "0", "0")
    assert row["rejectReason"] == "EC_NoImmediateQtyToFill"
    assert server.venue.truth(AVL).quantity == 0


REFUSED: list[tuple[str, str, float | str, str | None, dict[str, Any], str]] = [
    ("limit", "buy", 10, "1.5", IOC, '"retCode":110003,"retMsg":"Order price is out of the allowable range"'),
    ("limit", "sell", 10, "1.2", IOC, '"retCode":110003,'),
    ("limit", "buy", 10, "1.36", {"timeInForce": "GTC"}, "timeInForce 'GTC': this venue takes limit orders as IOC"),
    ("market", "buy", 200001, None, {}, "exceeds maximum limit allowed: too large, order_qty:20000100000000 > max_qty"),
    ("market", "buy", 10, None, {"tpslMode": "Partial", "stopLoss": "1.3"}, "tpslMode 'Partial' must be one of Full"),
    ("market", "buy", 10, None, {"slOrderType": "Limit", "stopLoss": "1.3"}, "slOrderType 'Limit' must be"),
    ("market", "buy", 10, None, {"takeProfit": "1.5"}, "takeProfit '1.5' is not supported"),
    ("market", "sell", 10, None, {"reduceOnly": True}, '"retCode":110017,"retMsg":"current position is zero'),
    ("market", "buy", 10, None, {**STOP, "triggerDirection": 1, "reduceOnly": False}, "110092.*expect Rising, but "),
    ("market", "sell", 10, None, {**STOP, "triggerPrice": "1.4", "reduceOnly": False}, "110093.*expect Falling, but"),
]


@pytest.mark.parametrize(("kind", "side", "quantity", "price", "params", "sentence"), REFUSED)
async def test_a_refusal_has_the_exchanges_code_and_sentence(
    client: Any, server: Server, kind: str, side: str, quantity: float, price: str | None, params: Any, sentence: str
) -> None:
    """What is refused leaves no order and no position."""
    with pytest.raises(ccxt.ExchangeError, match=sentence):
        await client.create_order(AVL, kind, side, quantity, price, params)
    truth = server.venue.truth(AVL)
    assert (truth.quantity, truth.entries, truth.stops) == (0, 0, ())


@pytest.mark.parametrize(("quantity", "sentence"), [("0.001", "minimum limit allowed"), ("10.005", "Qty invalid")])
async def test_a_quantity_off_the_step_or_below_the_minimum_is_10001(client: Any, quantity: str, sentence: str) -> None:
    """ccxt would cut the quantity by itself: sent raw, the venue says what is wrong with it."""
    body = {"category": "linear", "symbol": "HNTUSDT", "side": "Buy", "orderType": "Market", "qty": quantity}
    with pytest.raises(ccxt.BadRequest, match=sentence):
        await client.privatePostV5OrderCreate(body)


async def test_an_eleventh_stop_is_one_too_many(client: Any, server: Server) -> None:
    """110009; the position's own stop does not count."""
    await client.create_order(AVL, "market", "buy", 100, None, {"stopLoss": {"triggerPrice": "1.29"}})
    for _ in range(10):
        await client.create_order(AVL, "market", "sell", 10, None, STOP)
    with pytest.raises(ccxt.InvalidOrder, match='"retCode":110009,"retMsg":"The number of stop orders exceeds'):
        await client.create_order(AVL, "market", "sell", 10, None, STOP)
    assert len(server.venue.truth(AVL).stops) == 11


async def test_instruments_tell_the_band_that_the_venue_holds_orders_to(client: Any, server: Server) -> None:
    """A limit at the edge of the band is taken, one tick beyond it is refused."""
    market = (await client.load_markets())[AVL]
    ratio = float(market["info"]["riskParameters"]["priceLimitRatioX"])
    edge = round(1.358 * (1 + ratio), 4)
    await client.create_order(AVL, "limit", "buy", 10, f"{edge:.4f}", {"timeInForce": "IOC"})
    with pytest.raises(ccxt.InvalidOrder, match="110003"):
        await client.create_order(AVL, "limit", "buy", 10, f"{edge + 0.0001:.4f}", {"timeInForce": "IOC"})
    assert server.venue.truth(AVL).entries == 1


async def test_the_margin_mode_is_the_accounts_and_is_read_back(client: Any) -> None:
    """Isolated at first; cross after it was set; unchanged is 110026; none of it while a position is open."""
    assert (await client.privateGetV5AccountInfo())["result"]["marginMode"] == "ISOLATED_MARGIN"
    assert (await client.set_margin_mode("cross"))["result"]["reasons"] == []
    assert (await client.privateGetV5AccountInfo())["result"]["marginMode"] == "REGULAR_MARGIN"
    with pytest.raises(ccxt.MarginModeAlreadySet, match="110026"):
        await client.set_margin_mode("cross")
    with pytest.raises(ccxt.BadRequest, match="PORTFOLIO_MARGIN is not supported"):
        await client.set_margin_mode("portfolio")
    await client.create_order(AVL, "market", "buy", 10)
    with pytest.raises(ccxt.ExchangeError, match=r'"retCode":3400045,.*"reasons":\[{"reasonCode"'):
        await client.set_margin_mode("isolated")


async def test_hedge_mode_shows_two_rows_and_takes_no_order_of_one_way_mode(client: Any, server: Server) -> None:
    """Both sides are listed under their own index, the empty one with size 0 (F14)."""
    server.venue.set_position_mode("hedge")
    await client.create_order(AVL, "market", "sell", 10, None, {"stopLoss": {"triggerPrice": "1.4"}, "hedged": True})
    asked = {"category": "linear", "symbol": "AVLUSDT"}
    rows = (await client.privateGetV5PositionList(asked))["result"]["list"]
    shown = sorted((row["positionIdx"], row["side"], row["size"], row["stopLoss"]) for row in rows)
    assert shown == [(1, "", "0", ""), (2, "Sell", "10", "1.4")]
    with pytest.raises(ccxt.BadRequest, match="position idx not match position mode"):
        await client.create_order(AVL, "market", "buy", 10)
