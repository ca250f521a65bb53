"""Binance USD-M's orders: looked up one by one, and listed; conditional ones are known to the algo service only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from atomicpos.models import FillKind
from atomicpos.sim.faults import Call
from atomicpos.sim.markets import MARKETS, Market
from atomicpos.sim.orders import VenueOrder
from atomicpos.sim.venue import Venue

from ..spelling import MICROSECONDS_PER_MS, Json
from ..views import View
from .fields import Asked, integer, market, markets_asked
from .order_rows import algo_row, order_row
from .replies import Code, Rejection
from .words import algo_number, client_id, fired, order_number

ALL_ORDERS_MAX = 1000


def order(venue: Venue, asked: Asked) -> Json:
    """``GET /fapi/v1/order``: by ``orderId`` or ``origClientOrderId``, the newest where several have that name."""
    perpetual = market(asked)
    number, name = asked.get("orderId"), asked.get("origClientOrderId")
    if not number and not name:
        raise Rejection(Code.MISSING, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")

    def meant(one: VenueOrder, kind: FillKind) -> bool:
        return str(order_number(one.order_id)) == number if number else client_id(one, kind) == name

    found = [
        order_row(one, perpetual.market_id, kind)
        for one, kind in _plain(View(venue, Call.ORDERS), perpetual)
        if meant(one, kind)
    ]
    if not found:
        raise Rejection(Code.ORDER_UNKNOWN)
    return found[-1]


def open_orders(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v1/openOrders``: plain orders only; none that waits for its trigger is among them (F25)."""
    view = View(venue, Call.ORDERS if asked.get("symbol") else Call.ACCOUNT_ORDERS)
    return [
        order_row(one, perpetual.market_id, kind)
        for perpetual in markets_asked(asked)
        for one, kind in _plain(view, perpetual)
        if one.live
    ]


def all_orders(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v1/allOrders``: plain orders in whatever state, oldest first."""
    perpetual = market(asked)
    start, end = integer(asked, "startTime", 0), integer(asked, "endTime", 10**15)
    rows = [
        order_row(one, perpetual.market_id, kind)
        for one, kind in _plain(View(venue, Call.ORDERS), perpetual)
        if start <= one.created_at_us // MICROSECONDS_PER_MS <= end
    ]
    return rows[: min(integer(asked, "limit", 500), ALL_ORDERS_MAX)]


def algo_order(venue: Venue, asked: Asked) -> Json:
    """``GET /fapi/v1/algoOrder``: by ``algoId`` or ``clientAlgoId``, without a symbol."""
    names = _algo_names(asked)
    found = [
        algo_row(one, perpetual.market_id)
        for perpetual in _holding(venue, names)
        for one in _waiting(View(venue, Call.ORDERS), perpetual, lambda one: _called(one, names))
    ]
    if not found:
        raise Rejection(Code.ORDER_UNKNOWN)
    return found[-1]


def open_algo_orders(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v1/openAlgoOrders``: what waits for its trigger, of one symbol or of all."""
    view = View(venue, Call.ORDERS if asked.get("symbol") else Call.ACCOUNT_ORDERS)
    return [
        algo_row(one, perpetual.market_id)
        for perpetual in markets_asked(asked)
        for one in _waiting(view, perpetual, lambda one: one.live)
    ]


def force_orders(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v1/forceOrders``: liquidations and deleveragings."""
    view = View(venue, Call.FILLS)
    return [
        order_row(one, perpetual.market_id, kind)
        for perpetual in markets_asked(asked)
        for one, kind in _plain(view, perpetual)
        if kind in (FillKind.LIQUIDATION, FillKind.ADL)
    ]


def living(venue: Venue, asked: Asked, *, conditional: bool) -> tuple[str, str] | None:
    """The live order that a DELETE names, as its symbol and the engine's id; None where there is none."""
    if conditional:
        names = _algo_names(asked)
        live = [(p, one) for p in _holding(venue, names) for one in _live(venue, p) if _called(one, names)]
    else:
        number, name = asked.get("orderId"), asked.get("origClientOrderId")
        perpetual = market(asked)
        live = [
            (perpetual, one)
            for one in _live(venue, perpetual)
            if not one.conditional
            and (str(order_number(one.order_id)) == number if number else one.client_order_id == name)
        ]
    return (live[-1][0].symbol, live[-1][1].order_id) if live else None


def _live(venue: Venue, perpetual: Market) -> list[VenueOrder]:
    return [one for one in venue.orders_as_of(perpetual.symbol, venue.now_us()) if one.live and not one.position_stop]


def _plain(view: View, perpetual: Market) -> Iterator[tuple[VenueOrder, FillKind]]:
    """Orders that reached the matching engine, those that a conditional one sent among them."""
    kinds = view.kinds(perpetual.symbol)
    for one in view.orders(perpetual.symbol):
        if not one.position_stop and (not one.conditional or fired(one)):
            yield one, kinds[one.order_id]


def _waiting(view: View, perpetual: Market, wanted: Callable[[VenueOrder], bool]) -> Iterator[VenueOrder]:
    for one in view.orders(perpetual.symbol):
        if one.conditional and not one.position_stop and wanted(one):
            yield one


def _algo_names(asked: Asked) -> tuple[str | None, str | None]:
    number, name = asked.get("algoId") or None, asked.get("clientAlgoId") or None
    if number is None and name is None:
        raise Rejection(Code.MISSING, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!")
    return number, name


def _called(one: VenueOrder, names: tuple[str | None, str | None]) -> bool:
    number, name = names
    if not one.conditional:
        return False
    return str(algo_number(one.order_id)) == number if number else one.client_order_id == name


def _holding(venue: Venue, names: tuple[str | None, str | None]) -> list[Market]:
    """The perpetuals that have such an order: a lookup without a symbol concerns no other one's faults."""
    now_us = venue.now_us()
    return [
        each for each in MARKETS if any(_called(one, names) for one in venue.orders_as_of(each.symbol, now_us))
    ]
