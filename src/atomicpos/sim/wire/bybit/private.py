"""Bybit v5's private stream, ``/v5/private``: signing in, subscribing, pings; topics order, execution and position.

Requests, replies and messages are in the vendor's documented form; ccxt.pro 4.5.90 speaks to it unmodified.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from atomicpos.models import FillKind
from atomicpos.sim.orders import Execution, Happening, VenueOrder
from atomicpos.sim.venue import Venue

from ..credentials import Credentials
from ..spelling import MICROSECONDS_PER_MS, Json
from ..stream import Telling, send
from .execution_rows import execution_row
from .order_rows import order_row
from .position_rows import position_row

PATH = "/v5/private"
TOPICS = ("order", "execution", "position")
CATEGORY = "linear"


class PrivateStream:
    """Answers sockets. What happened before a socket subscribed is not told to it."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int]) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One socket, from its opening to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(self._venue, self._credentials, self._now_us)
        async with Telling(self._venue, socket, request, connection.message):
            async for received in socket:
                if received.type is WSMsgType.TEXT:
                    await send(socket, connection.reply(received.data))
        return socket


class _Connection:
    """What one socket may do and wants to hear."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int]) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._number = f"conn-{id(self):x}"
        self._signed_in = False
        self._topics: set[str] = set()
        self._sent = 0

    # --- requests ---------------------------------------------------------------------------------------------

    def reply(self, text: str) -> Json:
        """The answer to one request; what cannot be understood is refused."""
        asked = _object(text)
        match asked.get("op"):
            case "auth":
                return self._sign_in(asked)
            case "ping":
                return self._said(asked, op="pong", args=[str(self._now_ms())])
            case "subscribe":
                return self._subscribe(asked)
        return self._refused(asked, "error:invalid op")

    def _sign_in(self, asked: Json) -> Json:
        """Args: key, the moment in milliseconds until which this holds, and HMAC-SHA256 of ``GET/realtime`` + it."""
        key, expires, signature = (*map(str, _listed(asked)), "", "", "")[:3]
        secret = self._credentials.secret.encode()
        expected = hmac.new(secret, f"GET/realtime{expires}".encode(), hashlib.sha256).hexdigest()
        good = hmac.compare_digest(key.encode(), self._credentials.api_key.encode())
        good = hmac.compare_digest(signature.encode(), expected.encode()) and good
        if not good or not expires.isdecimal() or int(expires) < self._now_ms():
            return self._refused(asked, "Params Error" if good else "API key or signature is invalid")
        self._signed_in = True
        return self._said(asked, success=True, ret_msg="", op="auth")

    def _subscribe(self, asked: Json) -> Json:
        wanted = {str(topic).removesuffix(f".{CATEGORY}") for topic in _listed(asked)}
        if not self._signed_in:
            return self._refused(asked, "Request not authorized")
        if not wanted or wanted - set(TOPICS):
            return self._refused(asked, f"error:handler not found,topic:{','.join(sorted(wanted))}")
        self._topics |= wanted
        return self._said(asked, success=True, ret_msg="", op="subscribe")

    def _refused(self, asked: Json, why: str) -> Json:
        request = {"op": asked.get("op", ""), "args": asked.get("args")}
        return self._said(asked, success=False, ret_msg=why, op=asked.get("op", ""), request=request)

    def _said(self, asked: Json, **said: Any) -> Json:
        numbered = {"req_id": asked["req_id"]} if "req_id" in asked else {}
        return {**numbered, **said, "conn_id": self._number}

    # --- messages ---------------------------------------------------------------------------------------------

    def message(self, happening: Happening) -> Json | None:
        """The message that tells of it, where its topic is subscribed to."""
        topic, row = self._row(happening)
        if topic not in self._topics:
            return None
        self._sent += 1
        return {
            "id": f"{self._number}-{self._sent}",
            "topic": topic,
            "creationTime": self._now_ms(),
            "data": [{"category": CATEGORY, **row}],
        }

    def _row(self, happening: Happening) -> tuple[str, Json]:
        market_id = self._venue.market(happening.symbol).market_id
        if isinstance(happening, VenueOrder):
            return "order", order_row(happening, market_id, self._venue.mark(happening.symbol), FillKind.TRADE)
        if isinstance(happening, Execution):
            return "execution", execution_row(happening, market_id)
        row = position_row(happening, market_id, happening.slot)
        row["entryPrice"] = row.pop("avgPrice")  # the one field that the topic names otherwise than the list
        return "position", row

    def _now_ms(self) -> int:
        return self._now_us() // MICROSECONDS_PER_MS


def _object(text: str) -> Json:
    try:
        asked = json.loads(text)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _listed(asked: Json) -> list[object]:
    listed = asked.get("args")
    return listed if isinstance(listed, list) else []
