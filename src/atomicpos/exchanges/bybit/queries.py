"""Bybit v5 linear perpetuals: what each read asks, word by word.

The implicit v5 methods of ccxt hand back the whole reply: the unified reads turn a malformed or filtered reply into
an empty list, and ``fetch_order`` by client id can return another order (F07; ccxt 4.5.90).
"""

from __future__ import annotations

from atomicpos.models import MICROSECONDS

from ..transport import Ask, Params
from .words import CATEGORY

PAGE = 100
"""Executions on one page, the most that Bybit gives."""

ORDERS_PAGE = 50
"""Orders on one page, the most that Bybit gives."""

POSITIONS_PAGE = 200
"""Positions on one page, the most that Bybit gives."""

WINDOW_US = 7 * 24 * 3600 * MICROSECONDS
"""execution/list answers for at most seven days after its start time (documented)."""


def live_order(market_id: str, client_order_id: str) -> Ask:
    """order/realtime by our id: open orders, and the newest 500 final ones until a server restart (documented)."""
    return Ask("privateGetV5OrderRealtime", _by_link(market_id, client_order_id))


def past_order(market_id: str, client_order_id: str) -> Ask:
    """order/history by our id: final orders of any status.

    Documented: orders without any fill (cancelled, rejected, deactivated) stay for 24 hours; then they are absent.
    """
    return Ask("privateGetV5OrderHistory", _by_link(market_id, client_order_id))


def _by_link(market_id: str, client_order_id: str) -> Params:
    return {"category": CATEGORY, "symbol": market_id, "orderLinkId": client_order_id}


def open_orders(market_id: str, cursor: str) -> Ask:
    """order/realtime of one symbol: one page of all its open orders, of every kind.

    ``orderFilter`` stays out on purpose. Without it every kind is listed (documented); its ``tpslOrder`` is described
    for spot orders, and which value shows the stop of a linear position is not verified against the live exchange. A
    filter that hid it would look like a missing stop.
    """
    return Ask("privateGetV5OrderRealtime", _paged({"category": CATEGORY, "symbol": market_id}, ORDERS_PAGE, cursor))


def account_orders(coin: str, cursor: str) -> Ask:
    """order/realtime of all that settles in one coin: one page of all its open orders, of every kind."""
    return Ask("privateGetV5OrderRealtime", _paged({"category": CATEGORY, "settleCoin": coin}, ORDERS_PAGE, cursor))


def executions(market_id: str | None, kind: str, start_us: int, end_us: int | None, cursor: str) -> Ask:
    """execution/list of one execution type, of one symbol or of all linear contracts.

    Without its name, liquidations stay unseen (measured with 4.5.90).
    """
    params: Params = {"category": CATEGORY, "execType": kind, "startTime": start_us // 1000}
    if market_id is not None:
        params["symbol"] = market_id
    if end_us is not None:
        params["endTime"] = end_us // 1000
    return Ask("privateGetV5ExecutionList", _paged(params, PAGE, cursor))


def _paged(params: Params, limit: int, cursor: str) -> Params:
    paged: Params = {**params, "limit": limit}
    return {**paged, "cursor": cursor} if cursor else paged


def position(market_id: str) -> Ask:
    """position/list of one symbol, which answers with a row of size 0 when there is no position."""
    return Ask("privateGetV5PositionList", {"category": CATEGORY, "symbol": market_id})


def account_positions(coin: str, cursor: str) -> Ask:
    """position/list of all that settles in one coin: one page of the positions of a size above zero (documented)."""
    return Ask("privateGetV5PositionList", _paged({"category": CATEGORY, "settleCoin": coin}, POSITIONS_PAGE, cursor))


def ticker(market_id: str) -> Ask:
    """market/tickers of one symbol."""
    return Ask("publicGetV5MarketTickers", {"category": CATEGORY, "symbol": market_id})


def account() -> Ask:
    """account/info: the account's margin mode among others."""
    return Ask("privateGetV5AccountInfo", {})


def key_information() -> Ask:
    """user/query-api: the cheapest signed request; it shows whose key it is, whether it works and may trade."""
    return Ask("privateGetV5UserQueryApi", {})
