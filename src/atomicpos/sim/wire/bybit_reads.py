"""Bybit v5 lists: which rows a request asks for, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from atomicpos.models import OrderStatus
from atomicpos.sim.markets import MARKETS, Market
from atomicpos.sim.orders import Execution, VenueOrder

from .bybit_markets import LINEAR, category_of, linear_market
from .bybit_replies import Code, Rejection
from .bybit_rows import EXECUTION_TYPES, execution_row, order_row, position_row, status_word
from .spelling import MICROSECONDS_PER_MS, Json
from .views import View

Query = Mapping[str, str]
Row = tuple[int, str, Json]
"""When it happened, its id, and what is shown of it."""

ORDER_PAGE = (20, 50)
"""Rows of a page of orders: by default, and at most (the vendor's documentation)."""
EXECUTION_PAGE = (50, 100)
POSITION_PAGE = (20, 200)

OTHER_EXECUTION_TYPES = ("Funding", "Delivery", "BlockTrade", "MovePosition", "SessionSettlePnL")
"""Types that may be asked for and never happen here."""

WINDOW_MS = 7 * 24 * 3600 * 1000
"""A list answers for at most seven days after its start time (the vendor's documentation)."""

FAR_FUTURE_MS = 10**15


def realtime(view: View, asked: Query) -> Json:
    """``/v5/order/realtime``: open orders; asked by id, recent final ones too (measured with ccxt 4.5.90)."""
    by_id = _names_an_order(asked)
    return _orders(view, asked, lambda order: by_id or not order.status.final)


def history(view: View, asked: Query) -> Json:
    """``/v5/order/history``: final orders, of one status where ``orderStatus`` is given."""
    word = asked.get("orderStatus")
    return _orders(view, asked, lambda order: order.status.final and word in (None, status_word(order)))


def executions(view: View, asked: Query) -> Json:
    """``/v5/execution/list``: all types, or the one named by ``execType``."""
    kind = asked.get("execType")
    known = (*EXECUTION_TYPES.values(), *OTHER_EXECUTION_TYPES)
    if kind is not None and kind not in known:
        raise Rejection(Code.PARAMETER, f"execType {kind!r} must be one of {', '.join(known)}")
    rows = [
        (execution.at_us, execution.execution_id, execution_row(execution, market.market_id))
        for market in _markets(asked)
        for execution in view.executions(market.symbol)
        if _execution_asked(execution, asked) and kind in (None, EXECUTION_TYPES[execution.kind])
    ]
    return _page(asked, rows, EXECUTION_PAGE)


def positions(view: View, asked: Query) -> Json:
    """``/v5/position/list``: by symbol one row even when flat; by settle coin only what is open."""
    if "symbol" not in asked and "settleCoin" not in asked:
        raise Rejection(Code.PARAMETER, "either symbol or settleCoin must be given")
    seen = [(market, view.position(market.symbol)) for market in _markets(asked)]
    rows = [
        (position.updated_at_us or 0, market.market_id, position_row(position, market.market_id))
        for market, position in seen
        if position is not None and ("symbol" in asked or position.quantity)
    ]
    return _page(asked, rows, POSITION_PAGE)


def _orders(view: View, asked: Query, wanted: Callable[[VenueOrder], bool]) -> Json:
    rows = [row for market in _markets(asked) for row in _order_rows(view, market, asked, wanted)]
    return _page(asked, rows, ORDER_PAGE)


def _order_rows(view: View, market: Market, asked: Query, wanted: Callable[[VenueOrder], bool]) -> Iterator[Row]:
    mark, takeovers = view.mark(market.symbol), view.takeovers(market.symbol)
    for order in view.orders(market.symbol):
        if _order_asked(order, asked) and wanted(order):
            row = order_row(order, market.market_id, mark, takeover=order.order_id in takeovers)
            yield order.created_at_us, order.order_id, row


def _markets(asked: Query) -> tuple[Market, ...]:
    if category_of(asked) != LINEAR or asked.get("settleCoin", "USDT") != "USDT":
        return ()
    return (linear_market(asked["symbol"]),) if "symbol" in asked else tuple(MARKETS)


def _names_an_order(asked: Query) -> bool:
    return bool(asked.get("orderId") or asked.get("orderLinkId"))


def _order_asked(order: VenueOrder, asked: Query) -> bool:
    conditional = asked.get("orderFilter")
    return (
        asked.get("orderId") in (None, "", order.order_id)
        and asked.get("orderLinkId") in (None, "", order.client_order_id)
        and (conditional is None or (conditional == "StopOrder") == _waits(order))
        and _within(order.created_at_us, asked)
    )


def _waits(order: VenueOrder) -> bool:
    return order.trigger_price is not None and order.status is not OrderStatus.FILLED


def _execution_asked(execution: Execution, asked: Query) -> bool:
    return (
        asked.get("orderId") in (None, "", execution.order_id)
        and asked.get("orderLinkId") in (None, "", execution.client_order_id)
        and _within(execution.at_us, asked)
    )


def _within(at_us: int, asked: Query) -> bool:
    start = _integer(asked, "startTime", 0)
    end = _integer(asked, "endTime", start + WINDOW_MS if "startTime" in asked else FAR_FUTURE_MS)
    return start <= at_us // MICROSECONDS_PER_MS <= end


def _page(asked: Query, rows: Iterable[Row], sizes: tuple[int, int]) -> Json:
    """Newest first; the cursor is the last row's id, so that rows which arrive meanwhile shift nothing."""
    default, largest = sizes
    newest = sorted(rows, key=lambda row: row[0], reverse=True)
    start = _after(newest, asked.get("cursor", ""))
    size = min(max(_integer(asked, "limit", default), 1), largest)
    page = newest[start : start + size]
    cursor = page[-1][1] if start + size < len(newest) else ""
    return {"category": category_of(asked), "list": [row for _, _, row in page], "nextPageCursor": cursor}


def _after(rows: list[Row], cursor: str) -> int:
    return next((place + 1 for place, row in enumerate(rows) if row[1] == cursor), 0) if cursor else 0


def _integer(asked: Query, name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdecimal():
        raise Rejection(Code.PARAMETER, f"{name} {text!r} must be a whole number")
    return int(text)
