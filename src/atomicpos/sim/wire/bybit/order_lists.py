"""Bybit v5 lists of orders: the open ones and the final ones, with the position's own stop among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from atomicpos.models import OrderStatus
from atomicpos.sim.faults import Call
from atomicpos.sim.markets import Market
from atomicpos.sim.orders import VenueOrder
from atomicpos.sim.venue import Venue

from ..spelling import Json
from ..views import View
from .fields import refused
from .order_rows import order_row
from .pages import ORDER_PAGE, Query, Row, markets_asked, page, within
from .words import status_word

FILTERS: dict[str, Callable[[VenueOrder], bool]] = {
    "Order": lambda order: not _waits(order),
    "StopOrder": lambda order: _waits(order),
    "tpslOrder": lambda order: order.position_stop and _waits(order),
}
"""``orderFilter``: plain orders; all that wait for a trigger, the position's own stop among them; that stop alone."""


def realtime(venue: Venue, asked: Query) -> Json:
    """``/v5/order/realtime``: open orders; asked by id, recent final ones too (measured with ccxt 4.5.90).

    It is about a symbol, or about all that settles in a coin: one of them must be given (the vendor's documentation).
    """
    if not {"symbol", "baseCoin", "settleCoin"} & asked.keys():
        raise refused("one of symbol, baseCoin and settleCoin must be given")
    by_id = _names_an_order(asked)
    return _orders(View(venue, *_calls(asked)), asked, lambda order: by_id or not order.status.final)


def history(venue: Venue, asked: Query) -> Json:
    """``/v5/order/history``: final orders, of one status where ``orderStatus`` is given."""
    word = asked.get("orderStatus")
    view = View(venue, Call.ORDERS)
    return _orders(view, asked, lambda order: order.status.final and word in (None, status_word(order)))


def _calls(asked: Query) -> tuple[Call, ...]:
    """What a look at open orders looks for: by id, one order; by filter, the own stop; else both at once.

    Without a symbol it is the listing of the whole account.
    """
    if _names_an_order(asked) or asked.get("orderFilter") == "Order":
        return (Call.ORDERS,)
    if "symbol" not in asked:
        return (Call.ACCOUNT_ORDERS,)
    if asked.get("orderFilter") == "tpslOrder":
        return (Call.POSITION_STOP,)
    return (Call.ORDERS, Call.POSITION_STOP)


def _orders(view: View, asked: Query, wanted: Callable[[VenueOrder], bool]) -> Json:
    passes = _filter(asked)
    rows = [
        row
        for market in markets_asked(asked)
        for row in _rows(view, market, lambda order: passes(order) and _asked(order, asked) and wanted(order))
    ]
    return page(asked, rows, ORDER_PAGE)


def _rows(view: View, market: Market, wanted: Callable[[VenueOrder], bool]) -> Iterator[Row]:
    if not (listed := list(filter(wanted, view.orders(market.symbol)))):
        return
    mark, kinds = view.mark(market.symbol), view.kinds(market.symbol)
    for order in listed:
        row = order_row(order, market.market_id, mark, kinds[order.order_id])
        yield order.created_at_us, order.order_id, row


def _filter(asked: Query) -> Callable[[VenueOrder], bool]:
    word = asked.get("orderFilter")
    if not word:
        return lambda order: True
    if word not in FILTERS:
        raise refused(f"orderFilter {word!r} must be one of {', '.join(FILTERS)}")
    return FILTERS[word]


def _names_an_order(asked: Query) -> bool:
    return bool(asked.get("orderId") or asked.get("orderLinkId"))


def _asked(order: VenueOrder, asked: Query) -> bool:
    return (
        asked.get("orderId") in (None, "", order.order_id)
        and asked.get("orderLinkId") in (None, "", order.client_order_id)
        and within(order.created_at_us, asked)
    )


def _waits(order: VenueOrder) -> bool:
    """True for a stop that has not fired."""
    return order.conditional and order.status is not OrderStatus.FILLED
