"""What a lookup finds, and what it does not: by id, by type, by page, on flat symbols."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
HNT = "HNT/USDT:USDT"


def stop_at(price: str, link: str) -> dict[str, Any]:
    return {"triggerPrice": price, "triggerDirection": 2, "triggerBy": "MarkPrice", "reduceOnly": True} | {
        "orderLinkId": link
    }


async def test_a_symbol_asked_for_by_name_has_a_row_even_when_flat(client: Any) -> None:
    """A flat symbol answers with a row of size 0 without a side; a listing of all shows only what is open."""
    (flat,) = await client.fetch_positions([HNT])
    assert (flat["contracts"], flat["side"], flat["info"]["updatedTime"]) == (0.0, None, "0")
    assert await client.fetch_positions() == []
    await client.create_order(HNT, "market", "sell", "10.00")
    (short,) = await client.fetch_positions()
    assert (short["symbol"], short["side"], short["contracts"]) == (HNT, "short", 10.0)
    assert int(short["info"]["updatedTime"]) > 0


async def test_a_final_order_is_found_by_our_id_in_both_lists(client: Any) -> None:
    """Asked by id, the open-order list shows a recent final order; unasked it shows none."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    (recent,) = await client.fetch_open_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    (past,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    assert recent["info"] == past["info"]
    assert await client.fetch_open_orders(AVL) == []
    assert await client.fetch_open_orders(AVL, None, None, {"orderLinkId": "entry-2"}) == []


async def test_a_market_orders_price_is_its_cap_and_not_what_it_paid(client: Any) -> None:
    """History shows a price well above the average of a buy, on the tick."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    (row,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    assert Decimal(row["info"]["price"]) > Decimal(row["info"]["avgPrice"]) * Decimal("1.04")
    assert Decimal(row["info"]["price"]) % Decimal("0.0001") == 0
    assert (row["info"]["cumExecQty"], row["info"]["leavesQty"]) == ("10", "0")


async def test_a_liquidation_is_seen_only_when_its_type_is_named(client: Any, server: Server) -> None:
    """The default listing shows trades alone; BustTrade shows the liquidation, without a client order id."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    server.venue.liquidate(AVL)
    trades = await client.fetch_my_trades(AVL)
    assert {fill["info"]["orderLinkId"] for fill in trades} == {"entry-1"}
    busts = await client.fetch_my_trades(AVL, None, None, {"execType": "BustTrade"})
    assert sum(fill["amount"] for fill in busts) == 10.0
    assert {(fill["info"]["orderLinkId"], fill["side"]) for fill in busts} == {("", "sell")}
    assert await client.fetch_my_trades(AVL, None, None, {"execType": "AdlTrade"}) == []
    (taken,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderId": busts[0]["order"]})
    assert taken["info"]["createType"] == "CreateByTakeOver_PassThrough"
    with pytest.raises(Exception, match="10001"):
        await client.fetch_my_trades(AVL, None, None, {"execType": "None"})


async def test_a_listing_is_cut_into_pages_newest_first(client: Any) -> None:
    """Three stops at two a page: the cursor leads to the third, and none is shown twice."""
    await client.create_order(AVL, "market", "buy", 30)
    for number in range(3):
        await client.create_order(AVL, "market", "sell", 10, None, stop_at(f"1.{number + 1}", f"stop-{number}"))
    asked = {"category": "linear", "symbol": "AVLUSDT", "limit": 2}
    first = (await client.privateGetV5OrderRealtime(asked))["result"]
    second = (await client.privateGetV5OrderRealtime({**asked, "cursor": first["nextPageCursor"]}))["result"]
    assert [row["orderLinkId"] for row in first["list"]] == ["stop-2", "stop-1"]
    assert [row["orderLinkId"] for row in second["list"]] == ["stop-0"]
    assert second["nextPageCursor"] == ""


async def test_fills_before_the_asked_moment_are_left_out(client: Any) -> None:
    """``since`` is honoured by the venue itself."""
    await client.create_order(AVL, "market", "buy", 10)
    fills = await client.fetch_my_trades(AVL)
    assert await client.fetch_my_trades(AVL, fills[-1]["timestamp"])
    assert await client.fetch_my_trades(AVL, fills[-1]["timestamp"] + 1) == []
