"""Binance USD-M's user data stream: listen keys over REST, one socket under ``/private/ws``, three kinds of message.

Requests and messages are in the vendor's documented form; ccxt.pro 4.5.90 speaks to it unmodified.
"""

from __future__ import annotations

import hmac
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from atomicpos.models import FillKind, OrderStatus
from atomicpos.sim.orders import Execution, Happening, VenueOrder, VenuePosition
from atomicpos.sim.venue import Venue

from ..credentials import Credentials
from ..spelling import MICROSECONDS_PER_MS, Json, number, reply
from ..stream import Telling, as_executed
from .order_rows import algo_row, order_row
from .replies import Code, Rejection, rejection
from .signature import KEY_HEADER
from .words import POSITION_SIDES

KEY_PATH = "/fapi/v1/listenKey"
SOCKET_PATHS = ("/private/ws", "/ws/{key}", "/private/ws/{key}")
"""Where ccxt 4.5.90 connects to, and where the documented older addresses are."""


class UserStream:
    """One listen key at a time, as an account has it."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int]) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._key: str | None = None
        self.renewals = 0

    def routes(self) -> list[web.RouteDef]:
        """The key's three requests, and the socket."""
        return [
            web.post(KEY_PATH, self._answered(self._begin)),
            web.put(KEY_PATH, self._answered(self._renew)),
            web.delete(KEY_PATH, self._answered(self._end)),
            *(web.get(path, self._socket) for path in SOCKET_PATHS),
        ]

    # --- the key ----------------------------------------------------------------------------------------------

    def _answered(self, answer: Callable[[], Json]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def respond(request: web.Request) -> web.Response:
            """No signature: the key of the account is enough (documented)."""
            try:
                given = request.headers.get(KEY_HEADER, "")
                if not hmac.compare_digest(given.encode(), self._credentials.api_key.encode()):
                    raise Rejection(Code.KEY)
                return reply(answer())
            except Rejection as refused:
                return reply(rejection(refused), status=refused.status)

        return respond

    def _begin(self) -> Json:
        """The key that is valid, renewed, or a new one (documented)."""
        if self._key is None:
            self._key = f"{random.Random(self._credentials.secret).getrandbits(256):064x}"
        return {"listenKey": self._key}

    def _renew(self) -> Json:
        if self._key is None:
            raise Rejection(-1125, "This listenKey does not exist.")
        self.renewals += 1
        return {"listenKey": self._key}

    def _end(self) -> Json:
        self._key = None
        return {}

    # --- the socket -------------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        given = request.match_info.get("key") or request.rel_url.query.get("listenKey") or ""
        key = self._key
        if key is None or not hmac.compare_digest(given.encode(), key.encode()):
            return reply({"code": -1125, "msg": "This listenKey does not exist."}, status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async with Telling(self._venue, socket, request, self.message):
            async for _ in socket:
                continue  # it takes no requests that matter here
        return socket

    # --- messages ---------------------------------------------------------------------------------------------

    def message(self, happening: Happening) -> Json | None:
        """The message that tells of it; None for a version of an order that its executions told of already."""
        market_id = self._venue.market(happening.symbol).market_id
        if isinstance(happening, Execution):
            return self._dated("ORDER_TRADE_UPDATE", happening.at_us, {"o": self._executed(happening, market_id)})
        if isinstance(happening, VenuePosition):
            update = {"m": "ORDER", "B": [], "P": [self._position(happening, market_id)]}
            return self._dated("ACCOUNT_UPDATE", happening.updated_at_us or self._now_us(), {"a": update})
        if happening.conditional:
            return self._dated("ALGO_UPDATE", happening.updated_at_us, {"o": _algo(happening, market_id)})
        if happening.status in (OrderStatus.FILLED, OrderStatus.PARTIAL):
            return None
        told = _plain(happening, market_id, "EXPIRED" if happening.status is OrderStatus.DEAD else "NEW")
        return self._dated("ORDER_TRADE_UPDATE", happening.updated_at_us, {"o": told})

    def _executed(self, execution: Execution, market_id: str) -> Json:
        """The order as it is after this execution, and the execution itself."""
        after, place = as_executed(self._venue, execution)
        plain = replace(after, trigger_price=None)
        return {
            **_plain(plain, market_id, "TRADE", execution.kind),
            "l": number(execution.quantity), "L": number(execution.price), "t": place,
            "T": execution.at_us // MICROSECONDS_PER_MS,
        }  # fmt: skip

    def _position(self, position: VenuePosition, market_id: str) -> Json:
        return {
            "s": market_id, "pa": number(position.signed), "ep": number(position.average) or "0", "cr": "0", "up": "0",
            "mt": self._venue.margin_mode().value, "iw": "0", "bep": number(position.average) or "0",
            "ps": POSITION_SIDES[position.slot],
        }  # fmt: skip

    def _dated(self, kind: str, at_us: int, content: Json) -> Json:
        return {"e": kind, "E": self._now_us() // MICROSECONDS_PER_MS, "T": at_us // MICROSECONDS_PER_MS, **content}


def _plain(order: VenueOrder, market_id: str, word: str, kind: FillKind = FillKind.TRADE) -> Json:
    """A plain order in the short names; ``word`` says what has happened to it."""
    row = order_row(order, market_id, kind)
    return {
        "s": market_id, "c": row["clientOrderId"], "S": row["side"], "o": row["type"], "f": row["timeInForce"],
        "q": row["origQty"], "p": row["price"], "ap": row["avgPrice"], "sp": "0", "x": word, "X": row["status"],
        "i": row["orderId"], "l": "0", "z": row["executedQty"], "L": "0", "n": "0", "N": "USDT",
        "T": row["updateTime"], "t": 0, "b": "0", "a": "0", "m": False, "R": row["reduceOnly"],
        "wt": row["workingType"], "ot": row["origType"], "ps": row["positionSide"], "cp": row["closePosition"],
        "rp": "0", "pP": False, "si": 0, "ss": 0, "V": "EXPIRE_MAKER", "pm": "NONE", "gtd": 0,
    }  # fmt: skip


def _algo(order: VenueOrder, market_id: str) -> Json:
    """A conditional order in the short names."""
    row = algo_row(order, market_id)
    return {
        "caid": row["clientAlgoId"], "aid": row["algoId"], "at": row["algoType"], "o": row["orderType"],
        "s": market_id, "S": row["side"], "ps": row["positionSide"], "f": row["timeInForce"], "q": row["quantity"],
        "X": row["algoStatus"], "ai": row["actualOrderId"], "ap": row["actualPrice"], "aq": number(order.filled),
        "act": "MARKET" if row["actualOrderId"] else "0", "tp": row["triggerPrice"], "p": "0", "V": "EXPIRE_MAKER",
        "wt": row["workingType"], "pm": "NONE", "cp": row["closePosition"], "pP": False, "R": row["reduceOnly"],
        "tt": row["triggerTime"], "gtd": 0, "rm": "",
    }  # fmt: skip
