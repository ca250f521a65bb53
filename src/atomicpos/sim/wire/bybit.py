"""The Bybit v5 dialect: which path is answered by what, signed or not, under which faults."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from atomicpos.models import OrderSide
from atomicpos.sim.faults import Call
from atomicpos.sim.orders import Refused
from atomicpos.sim.venue import Venue

from . import bybit_markets, bybit_reads, bybit_writes
from .bybit_replies import Code, Rejection, envelope, rejection
from .signature import Credentials, check
from .spelling import Json, reply
from .striking import InjectedRefusal, place, placing, write
from .views import View

Asked = Mapping[str, Any]
Answer = Callable[[Asked], Json]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSED_BY_FAULT = "the order is refused"


class Bybit:
    """One account of the venue behind Bybit's paths. Replies carry ``retCode`` as Bybit's do, over HTTP 200."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int]) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us

    def routes(self) -> list[web.RouteDef]:
        """All paths of the dialect."""
        return [
            *(web.get(path, self._endpoint(answer)) for path, answer in self._public().items()),
            *(web.get(path, self._signed(answer)) for path, answer in self._reads().items()),
            *(web.post(path, self._signed(answer)) for path, answer in self._writes().items()),
        ]

    def _public(self) -> dict[str, Answer]:
        return {
            "/v5/market/time": lambda asked: bybit_markets.server_time(self._now_us()),
            "/v5/market/instruments-info": bybit_markets.instruments,
            "/v5/market/tickers": lambda asked: bybit_markets.tickers(View(self._venue, Call.MARK), asked),
        }

    def _reads(self) -> dict[str, Answer]:
        venue = self._venue
        return {
            "/v5/user/query-api": lambda asked: bybit_markets.key_information(self._credentials.api_key),
            "/v5/account/info": lambda asked: bybit_markets.account_information(self._now_us()),
            "/v5/asset/coin/query-info": lambda asked: bybit_markets.coins(),
            "/v5/order/realtime": lambda asked: bybit_reads.realtime(View(venue, Call.ORDERS), asked),
            "/v5/order/history": lambda asked: bybit_reads.history(View(venue, Call.ORDERS), asked),
            "/v5/execution/list": lambda asked: bybit_reads.executions(View(venue, Call.FILLS), asked),
            "/v5/position/list": lambda asked: bybit_reads.positions(View(venue, Call.POSITION), asked),
        }

    def _writes(self) -> dict[str, Answer]:
        return {
            "/v5/order/create": self._create,
            "/v5/order/cancel": self._cancel,
            "/v5/position/set-leverage": self._set_leverage,
        }

    def _create(self, body: Asked) -> Json:
        request = bybit_writes.place_request(body)
        try:
            return bybit_writes.acknowledgement(place(self._venue, request))
        except InjectedRefusal:
            code = Code.FUNDS if placing(request) is Call.PLACE_ENTRY else Code.PARAMETER
            raise Rejection(code, REFUSED_BY_FAULT) from None
        except Refused as refused:
            raise bybit_writes.refusal(refused, request.order_side) from None

    def _cancel(self, body: Asked) -> Json:
        symbol, client_id, order_id = bybit_writes.cancelled_ids(body)
        order = self._write(Call.CANCEL, symbol, lambda: self._venue.cancel(symbol, client_id, order_id))
        return bybit_writes.acknowledgement(order)

    def _set_leverage(self, body: Asked) -> Json:
        symbol, leverage = bybit_writes.leverage_asked(body)
        self._write(Call.SET_LEVERAGE, symbol, lambda: self._venue.set_leverage(symbol, leverage))
        return {}

    def _write(self, call: Call, symbol: str, execute: Callable[[], Any]) -> Any:
        try:
            return write(self._venue, call, symbol, execute)
        except InjectedRefusal:
            raise Rejection(Code.PARAMETER, REFUSED_BY_FAULT) from None
        except Refused as refused:
            raise bybit_writes.refusal(refused, OrderSide.BUY) from None

    def _signed(self, answer: Answer) -> Endpoint:
        def verified(request: web.Request, payload: str) -> None:
            check(request.headers, payload, self._credentials, self._now_us())

        return self._endpoint(answer, verified)

    def _endpoint(self, answer: Answer, verify: Callable[[web.Request, str], None] | None = None) -> Endpoint:
        async def respond(request: web.Request) -> web.Response:
            try:
                body = await request.text()
                if verify is not None:
                    verify(request, body if request.method == "POST" else request.rel_url.raw_query_string)
                result = answer(_object(body) if request.method == "POST" else request.query)
            except Rejection as refused:
                return reply(rejection(refused, self._now_us()))
            return reply(envelope(result, self._now_us()))

        return respond


def _object(body: str) -> Asked:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Rejection(Code.PARAMETER, "the body must be a JSON object")
    return parsed
