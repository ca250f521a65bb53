"""Each kind of fault, as the unmodified ccxt client experiences it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.faults import KINDS, Fault
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
STOP = {"triggerPrice": "1.3", "triggerDirection": 2, "triggerBy": "MarkPrice", "reduceOnly": True}


def plant(server: Server, call: str, kind: str, nth: int | None = None, seconds: float | None = None) -> None:
    server.venue.faults.add(Fault(call, "AVLUSDT", kind, nth, seconds))


async def enter(client: Any) -> Any:
    return await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})


async def shown(client: Any) -> tuple[int, int, float]:
    """How many orders and fills are listed, and the position's size."""
    orders = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    positions = await client.fetch_positions([AVL])
    return len(orders), len(await client.fetch_my_trades(AVL)), sum(p["contracts"] for p in positions)


@pytest.mark.parametrize("call", ["orders", "fills", "position"])
async def test_a_lagging_list_shows_the_past_and_then_the_entry(client: Any, server: Server, call: str) -> None:
    """Only the lagging list misses the entry, and only until the lag is over."""
    await client.load_markets()
    await client.is_unified_enabled()
    plant(server, call, "lag", seconds=0.3)
    await enter(client)
    seen = dict(zip(("orders", "fills", "position"), await shown(client), strict=True))
    assert [name for name, count in seen.items() if not count] == [call]
    await asyncio.sleep(0.32)
    assert all(await shown(client))


async def test_an_empty_list_shows_nothing_for_a_while_after_the_entry(client: Any, server: Server) -> None:
    """A blinded position list has not even the row of size 0, and sees again when its time is over."""
    plant(server, "position", "empty", seconds=0.3)
    assert len(await client.fetch_positions([AVL])) == 1
    await enter(client)
    assert await client.fetch_positions([AVL]) == []
    await asyncio.sleep(0.32)
    (position,) = await client.fetch_positions([AVL])
    assert position["contracts"] == 10.0


@pytest.mark.parametrize("call", ["orders", "fills", "position", "mark"])
async def test_a_failing_read_is_an_error_and_never_empty(client: Any, server: Server, call: str) -> None:
    """A read that fails once raises, and works the next time."""
    reads = {
        "orders": lambda: client.fetch_open_orders(AVL),
        "fills": lambda: client.fetch_my_trades(AVL),
        "position": lambda: client.fetch_positions([AVL]),
        "mark": lambda: client.fetch_ticker(AVL),
    }
    plant(server, call, "error", nth=1)
    with pytest.raises(ccxt.ExchangeNotAvailable, match="500"):
        await reads[call]()
    await reads[call]()


async def test_a_lost_request_never_reaches_the_engine(client: Any, server: Server) -> None:
    """The connection drops, and there is no entry."""
    plant(server, "place_entry", "lose_request", nth=1)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await enter(client)
    assert server.venue.truth(AVL).entries == 0
    await enter(client)


async def test_a_lost_reply_leaves_the_entry_filled(client: Any, server: Server) -> None:
    """The client gives up on the same error as for a lost request, but the position is there."""
    plant(server, "place_entry", "lose_reply", nth=1, seconds=0.05)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await enter(client)
    assert server.venue.truth(AVL).quantity == 10


async def test_a_lost_reply_outlasts_the_clients_patience(client: Any, server: Server) -> None:
    """Without seconds the reply hangs for longer than the client waits, and stopping the venue ends it at once."""
    await client.load_markets()
    await client.is_unified_enabled()
    plant(server, "place_entry", "lose_reply")
    client.timeout = 150
    with pytest.raises(ccxt.RequestTimeout):
        await enter(client)
    assert server.venue.truth(AVL).quantity == 10


@pytest.mark.parametrize(("kind", "entries"), [("http_502_executed", 1), ("http_502_not_executed", 0)])
async def test_a_502_page_says_nothing_about_execution(client: Any, server: Server, kind: str, entries: int) -> None:
    """Both kinds answer with the same page; only the engine knows."""
    plant(server, "place_entry", kind)
    with pytest.raises(ccxt.ExchangeNotAvailable, match="502 Bad Gateway"):
        await enter(client)
    assert server.venue.truth(AVL).entries == entries


async def test_an_injected_refusal_is_definite(client: Any, server: Server) -> None:
    """An entry is refused for want of funds, a stop, a close and a cancel as a bad request; none changes anything."""
    for call in ("place_entry", "place_stop", "place_close", "cancel", "set_leverage"):
        plant(server, call, "refuse", nth=1)
    with pytest.raises(ccxt.InsufficientFunds, match="110007"):
        await enter(client)
    await client.create_order(AVL, "market", "buy", 10)
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "stop-1", **STOP})
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.create_order(AVL, "market", "sell", 10, None, {"reduceOnly": True})
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.set_leverage(7, AVL)
    await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "stop-1", **STOP})
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.cancel_order(None, AVL, {"orderLinkId": "stop-1"})
    assert (server.venue.truth(AVL).quantity, len(server.venue.truth(AVL).stops)) == (10, 1)


async def test_an_entry_that_never_fills_is_acknowledged_and_then_cancelled(client: Any, server: Server) -> None:
    """The acknowledgement looks like any other; history shows it cancelled with nothing filled."""
    plant(server, "place_entry", "never_fill")
    assert (await enter(client))["id"]
    (row,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    assert (row["info"]["orderStatus"], row["filled"], row["average"]) == ("Cancelled", 0.0, None)
    assert (server.venue.truth(AVL).entries, server.venue.truth(AVL).quantity) == (1, 0)


@pytest.mark.parametrize("seconds", [0, 0.1])
async def test_a_liquidation_follows_the_entry(client: Any, server: Server, seconds: float) -> None:
    """The entry fills and the exchange takes the position: at once, or after the named time."""
    plant(server, "place_entry", "liquidate", seconds=seconds)
    await enter(client)
    assert bool(server.venue.truth(AVL).quantity) is bool(seconds)
    await asyncio.sleep(seconds and seconds + 0.05)
    assert server.venue.truth(AVL).quantity == 0
    assert await client.fetch_my_trades(AVL, None, None, {"execType": "BustTrade"})


async def test_a_fault_strikes_the_nth_call_only(client: Any, server: Server) -> None:
    """The second close is lost, the first and the third are not."""
    await client.create_order(AVL, "market", "buy", 30)
    plant(server, "place_close", "lose_request", nth=2)
    close = {"reduceOnly": True}
    await client.create_order(AVL, "market", "sell", 10, None, close)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await client.create_order(AVL, "market", "sell", 10, None, close)
    await client.create_order(AVL, "market", "sell", 10, None, close)
    assert server.venue.truth(AVL).quantity == 10


def test_every_kind_of_fault_is_tried_on_the_wire() -> None:
    """A new kind needs a test in one of the files beside this one."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_wire_*.py"))
    assert [kind for kind in KINDS if f'"{kind}"' not in source] == []
