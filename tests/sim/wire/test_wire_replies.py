"""What can become of a reply, or of the request itself, as the unmodified ccxt client meets it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.faults import Fault
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
STOP = {"triggerPrice": "1.3", "triggerDirection": 2, "triggerBy": "MarkPrice", "reduceOnly": True}


def plant(server: Server, call: str, kind: str, seconds: float | None = None, nth: int | None = 1) -> None:
    server.venue.faults.add(Fault(call, "AVLUSDT", kind, nth, seconds))


async def ready(client: Any) -> None:
    """Everything that the first order would load besides."""
    await client.load_markets()
    await client.is_unified_enabled()


async def enter(client: Any) -> Any:
    return await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})


@pytest.mark.parametrize(("kind", "entries"), [("html_200_executed", 1), ("html_200_not_executed", 0), ("cut_body", 1)])
async def test_what_ccxt_cannot_read_it_passes_over_in_silence(
    client: Any, server: Server, kind: str, entries: int
) -> None:
    """A page with status 200 and half a JSON raise nothing: the order has no id, and only the engine knows."""
    plant(server, "place_entry", kind)
    assert (await enter(client))["id"] is None
    assert server.venue.truth(AVL).entries == entries


async def test_a_reply_that_breaks_off_is_an_error_without_a_code(client: Any, server: Server) -> None:
    """With seconds, the whole length is announced and the connection drops: a bare error, and it was carried out."""
    plant(server, "place_entry", "cut_body", seconds=0)
    with pytest.raises(ccxt.ExchangeError) as broken:
        await enter(client)
    assert "retCode" not in str(broken.value)
    assert server.venue.truth(AVL).quantity == 10


@pytest.mark.parametrize("call", ["place_entry", "set_stop", "set_leverage", "cancel"])
async def test_every_write_can_be_answered_with_half_a_reply(client: Any, server: Server, call: str) -> None:
    """Half a reply has no code, whatever was asked."""
    await client.create_order(AVL, "market", "buy", 10)
    await client.create_order(AVL, "market", "sell", 10, None, {"orderLinkId": "stop-1", **STOP})
    body = {"category": "linear", "symbol": "AVLUSDT"}
    writes = {
        "place_entry": lambda: client.privatePostV5OrderCreate(
            {**body, "side": "Buy", "orderType": "Market", "qty": "10"}
        ),
        "set_stop": lambda: client.privatePostV5PositionTradingStop({**body, "stopLoss": "1.3"}),
        "set_leverage": lambda: client.privatePostV5PositionSetLeverage(
            {**body, "buyLeverage": "5", "sellLeverage": "5"}
        ),
        "cancel": lambda: client.privatePostV5OrderCancel({**body, "orderLinkId": "stop-1"}),
    }
    plant(server, call, "cut_body")
    assert isinstance(await writes[call](), str)


async def test_a_late_reply_comes_after_its_order_is_visible(client: Any, server: Server) -> None:
    """The order is listed and filled while its own request still waits for the answer (F17)."""
    await ready(client)
    plant(server, "place_entry", "late_reply", seconds=0.2)
    started = time.monotonic()
    asked = asyncio.create_task(enter(client))
    await asyncio.sleep(0.05)
    (row,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    assert (row["filled"], asked.done()) == (10.0, False)
    assert (await asked)["id"] == row["id"]
    assert time.monotonic() - started >= 0.2


async def test_a_refusal_can_be_late_too(client: Any, server: Server) -> None:
    """What was refused is told late as well."""
    plant(server, "place_close", "late_reply", seconds=0.05)
    with pytest.raises(ccxt.InvalidOrder, match="110017"):
        await client.create_order(AVL, "market", "sell", 10, None, {"reduceOnly": True})


async def test_a_late_request_arrives_after_its_sender_was_told_of_a_failure(client: Any, server: Server) -> None:
    """The connection drops at once; the order is carried out all the same, a moment later."""
    await ready(client)
    plant(server, "place_entry", "late_request", seconds=0.25)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await enter(client)
    assert server.venue.truth(AVL).entries == 0
    await asyncio.sleep(0.3)
    assert server.venue.truth(AVL).quantity == 10


async def test_a_request_that_comes_after_its_window_is_never_carried_out(client: Any, server: Server) -> None:
    """The receive window that the client signed is the fence: a request that ages on its way dies there."""
    client.options["recvWindow"] = 250
    await ready(client)
    plant(server, "place_entry", "late_request", seconds=0.3)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await enter(client)
    await asyncio.sleep(0.35)
    assert server.venue.truth(AVL).entries == 0


async def test_a_request_that_arrives_twice_is_answered_with_the_second(client: Any, server: Server) -> None:
    """An order under an id of ours is a duplicate then (F10), a close finds nothing left, and it is done once."""
    plant(server, "place_entry", "duplicate")
    with pytest.raises(ccxt.InvalidOrder, match='"retCode":110072,"retMsg":"OrderLinkedID is duplicate"'):
        await enter(client)
    plant(server, "place_close", "duplicate")
    with pytest.raises(ccxt.InvalidOrder, match="110017"):
        await client.create_order(AVL, "market", "sell", 10, None, {"reduceOnly": True})
    assert (server.venue.truth(AVL).entries, server.venue.truth(AVL).quantity) == (1, 0)


async def test_one_request_too_many_is_refused_and_not_carried_out(client: Any, server: Server) -> None:
    """10006 comes with HTTP status 200, and the next request is taken."""
    plant(server, "place_entry", "rate_limit")
    with pytest.raises(ccxt.RateLimitExceeded, match='"retCode":10006,"retMsg":"Too many visits'):
        await enter(client)
    assert server.venue.truth(AVL).entries == 0
    await enter(client)


async def test_a_write_for_the_whole_account_is_struck_by_a_fault_on_any_symbol(client: Any, server: Server) -> None:
    """The margin mode names no symbol; a fault planted on one strikes it once."""
    plant(server, "set_margin_mode", "refuse")
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.set_margin_mode("cross")
    await client.set_margin_mode("cross")
