"""Bybit's private stream as the venue speaks it: signed in, subscribed, told in the documented form, under faults."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.sim import Fault
from atomicpos.sim.venue import PlaceRequest
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

ALL = ["order", "execution", "position"]


class Spoken:
    """One socket, spoken to by hand."""

    def __init__(self, server: Server, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._server = server
        self._socket = socket

    async def ask(self, **request: Any) -> dict[str, Any]:
        await self._socket.send_str(json.dumps(request))
        return await self.next()

    async def next(self, within_s: float = 2) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((await self._socket.receive(within_s)).data)
        return said

    async def sign_in(self, secret: str | None = None, late_ms: int = 0) -> dict[str, Any]:
        expires = str(int(time.time() * 1000) + 10_000 - late_ms)
        key = (secret or self._server.secret).encode()
        signature = hmac.new(key, f"GET/realtime{expires}".encode(), hashlib.sha256).hexdigest()
        return await self.ask(op="auth", args=[self._server.api_key, expires, signature])

    async def silent(self, seconds: float = 0.1) -> bool:
        try:
            await self._socket.receive(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def spoken(server: Server) -> AsyncIterator[Spoken]:
    url = server.url.replace("http", "ws") + "/v5/private"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield Spoken(server, socket)


@asynccontextmanager
async def subscribed(server: Server, *topics: str) -> AsyncIterator[Spoken]:
    async with spoken(server) as told:
        await told.sign_in()
        await told.ask(op="subscribe", req_id="7", args=list(topics or ALL))
        yield told


def buy(server: Server, quantity: int = 10, own: str = "ours", **more: Any) -> None:
    server.venue.place(PlaceRequest("AVLUSDT", own, OrderSide.BUY, Decimal(quantity), **more))


async def test_who_is_not_signed_in_hears_nothing(server: Server) -> None:
    """A subscription before it, and a wrong or late signature, are refused; nothing is told."""
    async with spoken(server) as told:
        assert (await told.ask(op="subscribe", args=ALL))["success"] is False
        assert (await told.sign_in("not the secret"))["success"] is False
        assert (await told.sign_in(late_ms=60_000))["success"] is False
        assert (await told.ask(op="subscribe", args=ALL))["success"] is False
        buy(server)
        assert await told.silent()


async def test_requests_are_answered_as_documented(server: Server) -> None:
    """Signing in, subscribing and pings carry op, success and the request's own number."""
    async with spoken(server) as told:
        assert (await told.sign_in()).items() >= {"success": True, "op": "auth", "ret_msg": ""}.items()
        said = await told.ask(op="subscribe", req_id="9", args=["order.linear", "position"])
        assert said.items() >= {"success": True, "op": "subscribe", "req_id": "9"}.items()
        assert (await told.ask(op="ping", req_id="10"))["op"] == "pong"
        assert (await told.ask(op="subscribe", args=["wallet"]))["success"] is False
        assert (await told.ask(op="nonsense"))["success"] is False


async def test_a_market_order_is_told_in_rows_of_the_lists(server: Server) -> None:
    """Its versions, its executions and the position, each under its topic, in the words of the lists."""
    async with subscribed(server) as told:
        buy(server, stop_loss=Decimal("1.3"), stop_loss_by=TriggerBy.MARK)
        heard: dict[str, list[dict[str, Any]]] = {topic: [] for topic in ALL}
        while not any(row["stopLoss"] == "1.3" for row in heard["position"]):
            message = await told.next()
            assert message.keys() == {"id", "topic", "creationTime", "data"}
            heard[message["topic"]] += message["data"]
        assert {row["category"] for rows in heard.values() for row in rows} == {"linear"}
        ours = [row for row in heard["order"] if row["orderLinkId"] == "ours"]
        assert [row["orderStatus"] for row in ours] == ["New", "Filled"]
        assert sum(Decimal(row["execQty"]) for row in heard["execution"]) == 10
        assert {row["orderLinkId"] for row in heard["execution"]} == {"ours"}
        last = heard["position"][-1]
        assert (last["size"], last["side"]) == ("10", "Buy")
        assert Decimal(last["entryPrice"]) > 0
        assert "avgPrice" not in last


async def test_a_mark_that_moves_is_not_told_of_and_a_flat_slot_has_no_side(server: Server) -> None:
    """Nothing is pushed for the price; a position that is closed shows size 0 and an empty side."""
    async with subscribed(server, "position") as told:
        buy(server)
        while (await told.next())["data"][0]["size"] != "10":
            continue
        server.venue.set_mark("AVLUSDT", server.venue.mark("AVLUSDT") + Decimal("0.01"))
        assert await told.silent()
    async with subscribed(server, "position") as told:
        server.venue.foreign_order("AVLUSDT", OrderSide.SELL, Decimal(10), reduce_only=True)
        rows = [(await told.next())["data"][0] for _ in range(2)]
        assert (rows[-1]["size"], rows[-1]["side"]) == ("0", "")


@pytest.mark.parametrize(("kind", "seconds"), [("omit", None), ("duplicate", None), ("lag", 0.2), ("backwards", 0.2)])
async def test_faults_of_the_stream(server: Server, kind: str, seconds: float | None) -> None:
    """A message is lost, comes twice, late, or is overtaken by the next; the connection stands."""
    server.venue.faults.add(Fault("stream", "AVLUSDT", kind, None, seconds))
    async with subscribed(server, "execution") as told:
        began = time.monotonic()
        buy(server)
        if kind == "omit":
            assert await told.silent()
            return
        count = 4 if kind == "duplicate" else 2
        found = [(await told.next())["data"][0] for _ in range(count)]
        took = time.monotonic() - began
        ids = [row["execId"] for row in found]
        told_ids = [e.execution_id for e in server.venue.executions_as_of("AVLUSDT", server.venue.now_us())]
        expected = {"duplicate": [i for i in told_ids for _ in range(2)], "lag": told_ids, "backwards": told_ids}
        assert ids == expected[kind]
        assert (took >= 0.2) is (kind != "duplicate")


async def test_a_message_overtakes_the_one_before(server: Server) -> None:
    """Under ``backwards`` the second of three messages comes after the third."""
    async with subscribed(server, "execution") as told:
        buy(server, own="a")
        for _ in range(2):
            await told.next()
        server.venue.faults.add(Fault("stream", "AVLUSDT", "backwards", None, 0.2))
        buy(server, own="b")
        buy(server, own="c")
        links = [(await told.next())["data"][0]["orderLinkId"] for _ in range(4)]
        assert links == ["b", "c", "b", "c"]


async def test_the_connection_drops_instead_of_a_message(server: Server) -> None:
    """``error`` strikes one message: the socket is reset, and another may come at once."""
    server.venue.faults.add(Fault("stream", None, "error", 1))
    async with subscribed(server) as told:
        buy(server)
        received = await told._socket.receive(2)
        assert received.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)
    async with subscribed(server) as again:
        buy(server, own="second")
        assert (await again.next())["topic"] == "order"
