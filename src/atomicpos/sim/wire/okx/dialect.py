"""The OKX v5 dialect: which path is answered by what, signed or not, under which faults."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
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
from . import markets
from .fields import refused
from .modes import Modes
from .pages import limited
from .private import PrivateStreams
from .reads import Reads
from .replies import Rejection, envelope, rejection
from .signature import check, check_expiry, expired, fresh
from .writes import Writes

Asked = Any
Answer = Callable[[Asked, Delivery], Json]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]

DATED = frozenset({"/api/v5/trade/order", "/api/v5/trade/batch-orders"})
"""Where a request may say until when it may be taken (``expTime``, documented); algo orders and cancels may not."""


class Okx:
    """One account of the venue behind OKX's paths; the codes of its replies are text."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int], manner: Manner) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._manner = manner
        self._modes = Modes(venue)

    def routes(self) -> list[web.RouteDef]:
        """All paths of the dialect."""
        signed = Reads(self._venue, self._modes, self._manner.circumstances).paths()
        writes = Writes(self._venue, self._modes).paths()
        return [
            *PrivateStreams(self._venue, self._credentials, self._now_us, self._modes).routes(),
            *(web.get(path, self._endpoint(_read(answer))) for path, answer in self._public().items()),
            *(web.get(path, self._endpoint(self._paged(answer), signed=True)) for path, answer in signed.items()),
            web.get("/api/v5/asset/currencies", self._endpoint(_read(lambda asked: markets.currencies()), signed=True)),
            *(web.post(path, self._endpoint(answer, signed=True)) for path, answer in writes.items()),
        ]

    def _public(self) -> dict[str, Callable[[Asked], list[Json]]]:
        def seen() -> View:
            return View(self._venue, Call.MARK)

        return {
            "/api/v5/public/time": lambda asked: markets.server_time(self._now_us()),
            "/api/v5/public/instruments": lambda asked: markets.instruments(asked, self._manner.circumstances),
            "/api/v5/public/mark-price": lambda asked: markets.mark_prices(seen(), asked),
            "/api/v5/public/price-limit": lambda asked: markets.price_limits(seen(), asked),
            "/api/v5/market/ticker": lambda asked: markets.tickers(seen(), asked),
        }

    def _paged(self, answer: Callable[[Asked], list[Json]]) -> Answer:
        return lambda asked, way: envelope(answer(limited(asked, self._manner.page_rows)))

    def _endpoint(self, answer: Answer, *, signed: bool = False) -> Endpoint:
        async def respond(request: web.Request) -> web.Response:
            body = await request.text()
            way = Delivery(fresh=lambda: self._still(request))
            status = 200
            try:
                if signed:
                    self._check(request, body)
                said = answer(_asked(request, body), way)
            except Rejection as refused_:
                said, status = rejection(refused_), refused_.status
            return await arriving(reply(said, status), way)

        return respond

    def _check(self, request: web.Request, body: str) -> None:
        circumstances = self._manner.circumstances
        if circumstances.address_refused:
            raise Rejection(50110)
        check(request.headers, f"{request.method}{request.raw_path}{body}", self._credentials, self._now_us())
        if request.method == "POST" and not circumstances.may_trade:
            raise Rejection(50120)
        if request.path in DATED:
            check_expiry(request.headers, self._now_us())

    def _still(self, request: web.Request) -> bool:
        """Whether a request that was under way so long is taken: its timestamp, and its own time where it has one."""
        if request.path in DATED and expired(request.headers, self._now_us()):
            return False
        return fresh(request.headers, self._now_us())


def _read(answer: Callable[[Asked], list[Json]]) -> Answer:
    return lambda asked, way: envelope(answer(asked))


def _asked(request: web.Request, body: str) -> Asked:
    if request.method != "POST":
        return request.query
    try:
        return json.loads(body)
    except ValueError:
        raise refused("body") from None
