"""The Binance USD-M dialect: which path is answered by what, signed or not, under which faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from atomicpos.sim.faults import Call
from atomicpos.sim.venue import PositionMode, Venue

from ..credentials import Credentials
from ..delivery import Delivery
from ..interruptions import arriving
from ..manner import Manner
from ..spelling import Json, reply
from ..views import View
from . import markets, order_lists, reads
from .fields import Asked
from .private import UserStream
from .replies import Code, Rejection, rejection
from .signature import KEY_HEADER, check, fresh, unsigned
from .writes import Writes

Said = Json | list[Json]
Answer = Callable[[Asked, Delivery], Said]
Read = Callable[[Asked], Said]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]

ASKED_WITH_MARKETS = (
    "/sapi/v1/capital/config/getall", "/sapi/v1/margin/allPairs", "/sapi/v1/margin/isolated/allPairs",
)  # fmt: skip
"""What ccxt 4.5.90 reads of the wallet and of spot margin when it loads the markets: there is nothing of it here."""


class Binance:
    """One account of the venue behind Binance's USD-M paths. Refusals are a code and a sentence over HTTP 4xx."""

    def __init__(self, venue: Venue, credentials: Credentials, now_us: Callable[[], int], manner: Manner) -> None:
        self._venue = venue
        self._credentials = credentials
        self._now_us = now_us
        self._manner = manner

    def routes(self) -> list[web.RouteDef]:
        """All paths of the dialect."""
        writes = Writes(self._venue)
        return [
            *UserStream(self._venue, self._credentials, self._now_us).routes(),
            *(web.get(path, self._endpoint(_read(answer))) for path, answer in self._public().items()),
            *(web.get(path, self._endpoint(_read(answer), signed=True)) for path, answer in self._reads().items()),
            *(web.post(path, self._endpoint(answer, signed=True)) for path, answer in writes.posted().items()),
            *(web.delete(path, self._endpoint(answer, signed=True)) for path, answer in writes.deleted().items()),
        ]

    def _public(self) -> Mapping[str, Read]:
        venue = self._venue
        return {
            "/fapi/v1/ping": lambda asked: {},
            "/fapi/v1/time": lambda asked: markets.server_time(self._now_us()),
            "/fapi/v1/exchangeInfo": lambda asked: markets.exchange_info(self._now_us(), self._manner.circumstances),
            "/fapi/v1/premiumIndex": lambda asked: markets.premium_index(
                View(venue, Call.MARK), asked, self._now_us()
            ),
        }

    def _reads(self) -> Mapping[str, Read]:
        venue = self._venue
        return {
            **dict.fromkeys(ASKED_WITH_MARKETS, lambda asked: []),
            "/sapi/v1/account/apiRestrictions": lambda asked: markets.key_restrictions(
                may_trade=self._manner.circumstances.may_trade
            ),
            "/fapi/v3/balance": lambda asked: markets.balances(),
            "/fapi/v1/accountConfig": lambda asked: markets.account_config(venue.position_mode),
            "/fapi/v1/symbolConfig": lambda asked: markets.symbol_config(venue, asked),
            "/fapi/v1/leverageBracket": markets.leverage_brackets,
            "/fapi/v1/positionSide/dual": self._dual,
            "/fapi/v1/order": lambda asked: order_lists.order(venue, asked),
            "/fapi/v1/openOrders": lambda asked: order_lists.open_orders(venue, asked),
            "/fapi/v1/allOrders": lambda asked: order_lists.all_orders(venue, asked),
            "/fapi/v1/algoOrder": lambda asked: order_lists.algo_order(venue, asked),
            "/fapi/v1/openAlgoOrders": lambda asked: order_lists.open_algo_orders(venue, asked),
            "/fapi/v1/forceOrders": lambda asked: order_lists.force_orders(venue, asked),
            "/fapi/v1/userTrades": lambda asked: reads.user_trades(venue, asked, self._manner.page_rows),
            "/fapi/v1/income": lambda asked: reads.income(venue, asked),
            "/fapi/v3/positionRisk": lambda asked: reads.positions(venue, asked),
        }

    def _dual(self, asked: Asked) -> Json:
        return {"dualSidePosition": self._venue.position_mode is PositionMode.HEDGE}

    def _endpoint(self, answer: Answer, *, signed: bool = False) -> Endpoint:
        async def respond(request: web.Request) -> web.Response:
            parameters = request.rel_url.raw_query_string + await request.text()
            asked = dict(parse_qsl(unsigned(parameters), keep_blank_values=True))
            way = Delivery(fresh=lambda: fresh(asked, self._now_us()))
            try:
                if signed:
                    self._check(request, parameters, asked)
                said = reply(answer(asked, way))
            except Rejection as refused:
                said = reply(self._spelled(rejection(refused)), status=refused.status)
            return await arriving(said, way)

        return respond

    def _check(self, request: web.Request, parameters: str, asked: Asked) -> None:
        """One code, -2015, for a wrong key, an address that is not listed and what the key may not do (documented)."""
        circumstances = self._manner.circumstances
        if circumstances.address_refused:
            raise Rejection(Code.KEY)
        check(request.headers.get(KEY_HEADER, ""), parameters, asked, self._credentials, self._now_us())
        if request.method != "GET" and not circumstances.may_trade:
            raise Rejection(Code.KEY)

    def _spelled(self, said: Json) -> Json:
        return {**said, "code": str(said["code"])} if self._manner.string_codes else said


def _read(answer: Read) -> Answer:
    return lambda asked, way: answer(asked)
