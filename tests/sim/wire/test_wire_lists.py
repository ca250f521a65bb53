"""What the lists show: filters and pages, the own stop among the orders, funding among the fills, faulty readings."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.models import OrderSide
from atomicpos.sim.faults import Fault
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ENTRY = {"orderLinkId": "entry-1", "stopLoss": {"triggerPrice": "1.29"}, "slTriggerBy": "MarkPrice"}
STOP = {"triggerPrice": "1.3", "triggerDirection": 2, "triggerBy": "MarkPrice", "reduceOnly": True}
OWN = "StopLoss"


def plant(server: Server, call: str, kind: str, nth: int | None = None, seconds: float | None = None) -> None:
    server.venue.faults.add(Fault(call, "AVLUSDT", kind, nth, seconds))


async def enter(client: Any, quantity: int = 10) -> None:
    await client.create_order(AVL, "market", "buy", quantity, None, ENTRY)


async def kinds(client: Any, **asked: Any) -> list[str]:
    """The kinds of stop that the list of open orders shows, newest first."""
    reply = await client.privateGetV5OrderRealtime({"category": "linear", "symbol": "AVLUSDT", **asked})
    return [row["stopOrderType"] for row in reply["result"]["list"]]


async def test_each_filter_shows_its_own_kind_of_order(client: Any) -> None:
    """Plain orders, everything that waits for a trigger, the own stop alone; without a filter, all."""
    await enter(client)
    await client.create_order(AVL, "market", "sell", 5, None, STOP)
    shown = {word: await kinds(client, orderFilter=word) for word in ("Order", "StopOrder", "tpslOrder")}
    assert shown == {"Order": [], "StopOrder": ["Stop", OWN], "tpslOrder": [OWN]}
    assert await kinds(client) == ["Stop", OWN]
    with pytest.raises(ccxt.BadRequest, match="orderFilter 'Stops' must be one of Order, StopOrder, tpslOrder"):
        await kinds(client, orderFilter="Stops")


async def test_the_own_stop_is_on_the_last_page_behind_newer_stops(client: Any) -> None:
    """Ten separate stops and the own one at four a page: it is only found by whoever turns all the pages."""
    await enter(client, 100)
    for _ in range(10):
        await client.create_order(AVL, "market", "sell", 10, None, STOP)
    pages, cursor = [], ""
    while True:
        asked = {"category": "linear", "symbol": "AVLUSDT", "limit": 4, **({"cursor": cursor} if cursor else {})}
        result = (await client.privateGetV5OrderRealtime(asked))["result"]
        pages.append([row["stopOrderType"] for row in result["list"]])
        cursor = result["nextPageCursor"]
        if not cursor:
            break
    assert [len(page) for page in pages] == [4, 4, 3]
    assert pages[-1][-1] == OWN


@pytest.mark.parametrize(("call", "filtered"), [("position_stop", []), ("orders", [OWN])])
async def test_open_orders_are_as_old_as_the_older_of_what_they_show(
    client: Any, server: Server, call: str, filtered: list[str]
) -> None:
    """A lag of either hides the whole new list; asked for the own stop alone, only its own lag counts."""
    await client.load_markets()
    await client.is_unified_enabled()
    plant(server, call, "lag", seconds=0.3)
    await enter(client)
    assert (await kinds(client), await kinds(client, orderFilter="tpslOrder")) == ([], filtered)
    await asyncio.sleep(0.32)
    assert await kinds(client) == [OWN]


async def test_a_lag_of_the_own_stop_keeps_no_order_from_being_found_by_its_id(client: Any, server: Server) -> None:
    """A lookup by id looks for that order alone."""
    plant(server, "position_stop", "lag", seconds=60)
    await enter(client)
    assert await kinds(client, orderLinkId="entry-1") == [""]
    assert await kinds(client) == []


async def test_only_the_own_stop_is_left_out_of_a_list(client: Any, server: Server) -> None:
    """An answer may omit it and show the others; the next one shows all."""
    await enter(client)
    await client.create_order(AVL, "market", "sell", 5, None, STOP)
    plant(server, "position_stop", "omit", nth=1)
    assert await kinds(client) == ["Stop"]
    assert await kinds(client) == ["Stop", OWN]


@pytest.mark.parametrize("call", ["orders", "fills", "position"])
async def test_one_answer_can_show_nothing_at_all(client: Any, server: Server, call: str) -> None:
    """It is no error: an empty list, once (F51)."""
    reads = {
        "orders": lambda: client.fetch_open_orders(AVL),
        "fills": lambda: client.fetch_my_trades(AVL),
        "position": lambda: client.fetch_positions([AVL]),
    }
    await enter(client)
    plant(server, call, "omit", nth=2)
    assert [bool(await reads[call]()) for _ in range(3)] == [True, False, True]


async def test_answers_can_go_backwards(client: Any, server: Server) -> None:
    """Every second look at the position is of a time before the entry."""
    await enter(client)
    plant(server, "position", "backwards", seconds=60)
    sizes = [(await client.fetch_positions([AVL]))[0]["contracts"] for _ in range(4)]
    assert sizes == [10.0, 0.0, 10.0, 0.0]


async def test_funding_stands_among_the_executions_and_is_none(client: Any, server: Server) -> None:
    """It shows without a type or under its own name, never among the trades, and moves no quantity."""
    await enter(client)
    server.venue.funding(AVL)
    asked = {"category": "linear", "symbol": "AVLUSDT"}
    everything = (await client.privateGetV5ExecutionList(asked))["result"]["list"]
    named = (await client.privateGetV5ExecutionList({**asked, "execType": "Funding"}))["result"]["list"]
    assert {row["execType"] for row in everything} == {"Trade", "Funding"}
    assert [(row["execType"], row["execQty"], row["orderLinkId"]) for row in named] == [("Funding", "10", "")]
    assert {fill["info"]["execType"] for fill in await client.fetch_my_trades(AVL)} == {"Trade"}
    assert server.venue.truth(AVL).quantity == 10


async def turned(client: Any, path: str, **asked: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list, by its cursors."""
    pages: list[list[dict[str, Any]]] = []
    cursor: str | None = None
    while cursor != "":
        about = {"category": "linear", **asked, **({} if cursor is None else {"cursor": cursor})}
        result = (await getattr(client, path)(about))["result"]
        pages.append(result["list"])
        cursor = result["nextPageCursor"]
    return pages


async def hold_three(client: Any, server: Server) -> None:
    """A position with its own stop on one symbol; other hands' positions on two more."""
    await enter(client)
    for symbol in ("MNTUSDT", "SOLUSDT"):
        market = server.venue.market(symbol)
        server.venue.foreign_order(symbol, OrderSide.BUY, market.min_quantity)


@pytest.mark.parametrize(
    ("path", "ids"),
    [("privateGetV5PositionList", 3), ("privateGetV5OrderRealtime", 1), ("privateGetV5ExecutionList", 3)],
)
async def test_a_whole_account_is_listed_by_settle_coin(client: Any, server: Server, path: str, ids: int) -> None:
    """Only what is held, what lives, what executed; nothing settles in another coin."""
    await hold_three(client, server)
    asked = {} if "Execution" in path else {"settleCoin": "USDT"}
    (page,) = await turned(client, path, limit=50, **asked)
    assert len({row["symbol"] for row in page}) == ids
    if asked:
        assert await turned(client, path, settleCoin="USDC") == [[]]


async def test_a_cursor_is_handed_on_as_it_came(client: Any, server: Server) -> None:
    """It is escaped for the next query, as Bybit's are; ccxt signs it so, and no row is lost or shown twice."""
    await hold_three(client, server)
    first = await client.privateGetV5PositionList({"category": "linear", "settleCoin": "USDT", "limit": 1})
    assert "%3A" in first["result"]["nextPageCursor"]
    pages = await turned(client, "privateGetV5PositionList", settleCoin="USDT", limit=1)
    assert [[row["symbol"] for row in page] for page in pages] == [["AVLUSDT"], ["SOLUSDT"], ["MNTUSDT"]]


async def test_a_list_that_changes_between_two_pages_is_not_begun_again(client: Any, server: Server) -> None:
    """The next page begins after the row the last one ended with, though that row is gone and a newer one came."""
    await enter(client, 100)
    stops = [await client.create_order(AVL, "market", "sell", 10, None, STOP) for _ in range(3)]
    asked = {"category": "linear", "settleCoin": "USDT", "limit": 2}
    first = (await client.privateGetV5OrderRealtime(asked))["result"]
    assert [row["orderId"] for row in first["list"]] == [stops[2]["id"], stops[1]["id"]]
    server.venue.cancel(AVL, order_id=stops[1]["id"])
    await client.create_order(AVL, "market", "sell", 10, None, STOP)
    second = (await client.privateGetV5OrderRealtime({**asked, "cursor": first["nextPageCursor"]}))["result"]
    assert [row["stopOrderType"] for row in second["list"]] == ["Stop", OWN]
    assert second["list"][0]["orderId"] == stops[0]["id"]


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("privateGetV5OrderRealtime", {}, "one of symbol, baseCoin and settleCoin must be given"),
        ("privateGetV5PositionList", {}, "either symbol or settleCoin must be given"),
        ("privateGetV5PositionList", {"settleCoin": "USDT", "cursor": "page-2"}, "cursor 'page-2' must be one of ours"),
    ],
)
async def test_a_list_about_nothing_or_from_nowhere_is_refused(
    client: Any, path: str, asked: dict[str, str], said: str
) -> None:
    """With 10001 and what is wrong, as the exchange does, and never with an empty list."""
    with pytest.raises(ccxt.BadRequest, match=said):
        await getattr(client, path)({"category": "linear", **asked})
