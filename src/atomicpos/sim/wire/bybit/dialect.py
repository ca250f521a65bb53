"""The Bybit v5 dialect: which path is answered by what, signed or not, under which faults."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from atomicpos.sim.faults import Call
from atomicpos.sim.venue import Venue

from ..credentials import Credentials
from ..delivery import Delivery
from ..interruptions import arriving
from ..manner import Manner
from ..spelling import Json, reply
from ..views import View
from . import markets, order_lists, reads
from .pages import limited
from .private import PATH, PrivateStream
from .replies import Code, Rejection, envelope, rejection
from .signature import check, fresh
from .writes import Writes

Asked = Mapping[str, Any]
Answer = Callable[[Asked, Delivery], Json]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Bybit:
    """One account of the venue behind Bybit's paths. Replies carry ``retCode`` as Bybit's do, over HTTP 200."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int], manner: Manner) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._manner = manner

    def routes(self) -> list[web.RouteDef]:
        """All paths of the dialect."""
        public, signed, writes = self._public(), self._reads(), Writes(self._venue).paths()
        stream = PrivateStream(self._venue, self._credentials, self._now_us)
        return [
            web.get(PATH, stream.answer),
            *(web.get(path, self._endpoint(_read(answer))) for path, answer in public.items()),
            *(web.get(path, self._endpoint(self._paged(answer), signed=True)) for path, answer in signed.items()),
            *(web.post(path, self._endpoint(answer, signed=True)) for path, answer in writes.items()),
        ]

    def _public(self) -> dict[str, Callable[[Asked], Json]]:
        return {
            "/v5/market/time": lambda asked: markets.server_time(self._now_us()),
            "/v5/market/instruments-info": lambda asked: markets.instruments(asked, self._manner.circumstances),
            "/v5/market/tickers": lambda asked: markets.tickers(View(self._venue, Call.MARK), asked),
        }

    def _reads(self) -> dict[str, Callable[[Asked], Json]]:
        venue = self._venue
        return {
            "/v5/user/query-api": lambda asked: markets.key_information(
                self._credentials.api_key, may_trade=self._manner.circumstances.may_trade
            ),
            "/v5/account/info": lambda asked: markets.account_information(venue.margin_mode(), self._now_us()),
            "/v5/asset/coin/query-info": lambda asked: markets.coins(),
            "/v5/order/realtime": lambda asked: order_lists.realtime(venue, asked),
            "/v5/order/history": lambda asked: order_lists.history(venue, asked),
            "/v5/execution/list": self._executions,
            "/v5/position/list": self._positions,
        }

    def _executions(self, asked: Asked) -> Json:
        call = Call.FILLS if "symbol" in asked else Call.ACCOUNT_FILLS
        return reads.executions(View(self._venue, call), asked)

    def _positions(self, asked: Asked) -> Json:
        call = Call.POSITION if "symbol" in asked else Call.ACCOUNT_POSITIONS
        view = View(self._venue, call)
        return reads.positions(view, asked, self._venue.sides, only_closable=self._venue.only_closable)

    def _paged(self, answer: Callable[[Asked], Json]) -> Answer:
        return lambda asked, way: answer(limited(asked, self._manner.page_rows))

    def _endpoint(self, answer: Answer, *, signed: bool = False) -> Endpoint:
        async def respond(request: web.Request) -> web.Response:
            body = await request.text()
            way = Delivery(fresh=lambda: fresh(request.headers, self._now_us()))
            try:
                if signed:
                    self._check(request, body)
                said = envelope(answer(_asked(request, body), way), self._now_us())
            except Rejection as refused:
                said = rejection(refused, self._now_us())
            return await arriving(reply(self._manner.spelled(said)), way)

        return respond

    def _check(self, request: web.Request, body: str) -> None:
        circumstances = self._manner.circumstances
        if circumstances.address_refused:
            raise Rejection(Code.ADDRESS)
        payload = body if request.method == "POST" else request.rel_url.raw_query_string
        check(request.headers, payload, self._credentials, self._now_us())
        if request.method == "POST" and not circumstances.may_trade:
            raise Rejection(Code.NOT_PERMITTED)


def _read(answer: Callable[[Asked], Json]) -> Answer:
    return lambda asked, way: answer(asked)


def _asked(request: web.Request, body: str) -> Asked:
    return _object(body) if request.method == "POST" else request.query


def _object(body: str) -> Asked:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Rejection(Code.PARAMETER, "the body must be a JSON object")
    return parsed
