"""OKX v5's private streams: login, channels orders, positions and orders-algo, pings that are plain text.

Requests, replies and messages are in the vendor's documented form; ccxt.pro 4.5.90 speaks to it unmodified.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from aiohttp import WSMsgType, web

from atomicpos.models import FillKind, OrderStatus
from atomicpos.sim.orders import Execution, Happening, VenueOrder
from atomicpos.sim.venue import Venue

from ..credentials import Credentials
from ..spelling import MICROSECONDS_PER_MS, Json
from ..stream import Telling, as_executed, send
from .account_rows import fill_row, position_row
from .modes import Modes
from .order_rows import algo_row, order_row
from .signature import sign
from .words import SWAP

PRIVATE, BUSINESS = "/ws/v5/private", "/ws/v5/business"
CHANNELS = {PRIVATE: ("orders", "positions"), BUSINESS: ("orders-algo",)}
"""Which address has which channel (documented)."""
EARLY_S = 30
"""How far a login's timestamp may lie from the server's clock (documented)."""

_FILL = ("tradeId", "fillPx", "fillSz", "fillTime", "execType")


class PrivateStreams:
    """Answers sockets of both addresses. What happened before a channel was subscribed to is not told."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int], modes: Modes) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._modes = modes

    def routes(self) -> list[web.RouteDef]:
        """Both addresses."""
        return [web.get(path, self._answer) for path in CHANNELS]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(self._venue, self._credentials, self._now_us, self._modes, CHANNELS[request.path])
        async with Telling(self._venue, socket, request, connection.message):
            async for received in socket:
                if received.type is not WSMsgType.TEXT:
                    continue
                if received.data == "ping":
                    await socket.send_str("pong")
                    continue
                for said in connection.replies(received.data):
                    await send(socket, said)
        return socket


class _Connection:
    """What one socket may do and wants to hear."""

    def __init__(
        self, venue: Venue, credentials: Credentials, now_us: Callable[[], int], modes: Modes, offers: tuple[str, ...]
    ) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._modes = modes
        self._offers = offers
        self._logged_in = False
        self._channels: set[str] = set()

    # --- requests ---------------------------------------------------------------------------------------------

    def replies(self, text: str) -> list[Json]:
        """One reply for each argument of the request."""
        try:
            asked = json.loads(text)
            arguments = [one for one in asked["args"] if isinstance(one, dict)]
        except (ValueError, KeyError, TypeError):
            return [_error("60012", "Illegal request")]
        match asked.get("op"):
            case "login":
                return [self._login(one) for one in arguments[:1]]
            case "subscribe":
                return [self._subscribe(one) for one in arguments]
        return [_error("60012", "Illegal request")]

    def _login(self, argument: Json) -> Json:
        """Key, passphrase, seconds since the epoch, and the base64 signature of those seconds and a fixed path."""
        timestamp = str(argument.get("timestamp", ""))
        given = [str(argument.get(name, "")) for name in ("apiKey", "passphrase", "sign")]
        own = self._credentials
        right = [own.api_key, own.passphrase, sign(own, f"{timestamp}GET/users/self/verify")]
        if not hmac.compare_digest("\n".join(given).encode(), "\n".join(right).encode()):
            return _error("60009", "Login failed.")
        seconds = self._now_us() / 1e6
        if not timestamp.isdecimal() or abs(seconds - int(timestamp)) > EARLY_S:
            return _error("60006", "Timestamp request expired")
        self._logged_in = True
        return {"event": "login", "code": "0", "msg": "", "connId": "a4d3ae55"}

    def _subscribe(self, argument: Json) -> Json:
        channel = argument.get("channel")
        if not self._logged_in:
            return _error("60011", "Please log in")
        if channel not in self._offers or argument.get("instType") not in (SWAP, "ANY"):
            return _error("60018", f"Wrong URL or channel:{channel},instType:{argument.get('instType')} doesn't exist")
        self._channels.add(str(channel))
        return {"event": "subscribe", "arg": argument, "connId": "a4d3ae55"}

    # --- messages ---------------------------------------------------------------------------------------------

    def message(self, happening: Happening) -> Json | None:
        """The message that tells of it, where its channel is subscribed to and no other message tells of it."""
        told = self._row(happening)
        if told is None or told[0] not in self._channels:
            return None
        return {"arg": {"channel": told[0], "instType": SWAP, "uid": "44705892343619584"}, "data": [told[1]]}

    def _row(self, happening: Happening) -> tuple[str, Json] | None:
        if isinstance(happening, Execution):
            return "orders", self._executed(happening)
        if not isinstance(happening, VenueOrder):
            mode = self._modes.of(happening.symbol, happening.slot)
            return "positions", position_row(happening, mode, happening.slot)
        mode = self._modes.of(happening.symbol, happening.position_side)
        if happening.conditional:
            return "orders-algo", algo_row(happening, mode)
        if happening.status in (OrderStatus.FILLED, OrderStatus.PARTIAL):
            return None  # its executions told of that
        return "orders", {**order_row(happening, mode, FillKind.TRADE), **dict.fromkeys(_FILL, "")}

    def _executed(self, execution: Execution) -> Json:
        """The order as it is after this execution, with the execution itself in the same row."""
        after, _ = as_executed(self._venue, execution)
        row = order_row(after, self._modes.of(execution.symbol, execution.position_side), execution.kind)
        fill = fill_row(execution, of_a_stop=after.conditional)
        return {**row, **{name: fill[name] for name in _FILL}, "uTime": str(execution.at_us // MICROSECONDS_PER_MS)}


def _error(code: str, why: str) -> Json:
    return {"event": "error", "code": code, "msg": why, "connId": "a4d3ae55"}
