"""Gate perpetuals: what each read asks, word by word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from atomicpos.models import MICROSECONDS

from .. import frames
from ..bycontract.cells import by_offset, one_page
from ..bycontract.contract import Contract
from ..fields import Row
from ..paging import Listing
from ..transport import Ask, Exchanged, Params
from .words import spelled

PAGE = 100
"""Rows on one page, the most of the order lists."""
FILLS_PAGE = 1000
PAGES_MAX = 50
LOOK_BACK_US = 7 * 24 * 3600 * MICROSECONDS
"""How far back the list of past orders is searched for an id."""
NOT_FOUND = frozenset({"ORDER_NOT_FOUND", "CLIENT_ID_NOT_FOUND", "AUTO_ORDER_NOT_FOUND"})
NO_POSITION = "POSITION_NOT_FOUND"
"""positions/{contract} of a contract that was never traded."""

_ORDERS = "privateFuturesGetSettleOrders"
_STOPS = "privateFuturesGetSettlePriceOrders"
_FILLS = "privateFuturesGetSettleMyTradesTimerange"


def by_text(contract: Contract, client_order_id: str) -> Listing[Row]:
    """orders/{order_id} by our id: while the order is in the book, and for a minute after (documented)."""
    return _one(contract, spelled(client_order_id))


def by_id(contract: Contract, order_id: str) -> Listing[Row]:
    """orders/{order_id} by the exchange's own id."""
    return _one(contract, order_id)


def _one(contract: Contract, order_id: str) -> Listing[Row]:
    what = f"order {order_id}"
    params: Params = {"settle": contract.settle, "order_id": order_id}

    def rows(exchanged: Exchanged) -> list[Row]:
        if exchanged.code in NOT_FOUND:
            return []
        found = [frames.row(exchanged, what)]
        return frames.only(found, {"contract": contract.id}, exchanged, what)

    return one_page(what, Ask(f"{_ORDERS}OrderId", params), rows)


def past_orders(contract: Contract, now_us: int) -> Listing[Row]:
    """orders_timerange of one contract: orders in any state, by time."""
    start_s, end_s = (now_us - LOOK_BACK_US) // MICROSECONDS, now_us // MICROSECONDS + 60
    params: Params = {"settle": contract.settle, "contract": contract.id, "from": start_s, "to": end_s}
    return _pages("past orders", f"{_ORDERS}Timerange", params, {"contract": contract.id})


def stops(settle: str, status: str, contract: Contract | None = None) -> Listing[Row]:
    """price_orders in that state, ``open`` or ``finished``: they have no lookup by an id of ours."""
    params: Params = {"settle": settle, "status": status}
    if contract is not None:
        params["contract"] = contract.id
    return _pages(f"{status} price-triggered orders", _STOPS, params, {})


def open_orders(settle: str) -> Listing[Row]:
    """orders in the state ``open``."""
    return _pages("open orders", _ORDERS, {"settle": settle, "status": "open"}, {})


def fills(settle: str, start_us: int, end_us: int, contract: Contract | None = None) -> Listing[Row]:
    """my_trades_timerange: executions of every kind, liquidations among them."""
    params: Params = {"settle": settle, "from": start_us // MICROSECONDS, "to": -(-end_us // MICROSECONDS)}
    asked: dict[str, str] = {}
    if contract is not None:
        params["contract"] = contract.id
        asked = {"contract": contract.id}
    return _pages("fills", _FILLS, params, asked, FILLS_PAGE)


def position(contract: Contract) -> Ask:
    """positions/{contract} of one-way mode: a row of size 0 when there is no position."""
    return Ask("privateFuturesGetSettlePositionsContract", {"settle": contract.settle, "contract": contract.id})


def positions(settle: str) -> Listing[Row]:
    """positions that hold something, of one settle coin."""
    return _pages("positions", "privateFuturesGetSettlePositions", {"settle": settle, "holding": "true"}, {})


def account(settle: str) -> Ask:
    """accounts of one settle coin: whose it is, and whether it is in dual mode."""
    return Ask("privateFuturesGetSettleAccounts", {"settle": settle})


def contract_state(contract: Contract) -> Ask:
    """contracts/{contract}: its mark price among others; public."""
    return Ask("publicFuturesGetSettleContractsContract", {"settle": contract.settle, "contract": contract.id})


def _pages(what: str, endpoint: str, params: Params, asked: dict[str, str], page: int = PAGE) -> Listing[Row]:
    def ask(offset: int) -> Ask:
        paged: Params = {**params, "limit": page}
        return Ask(endpoint, {**paged, "offset": offset} if offset else paged)

    rows: Callable[[Exchanged], list[Row]] = partial(_listed, what, asked)
    return by_offset(what, ask, rows, page, PAGES_MAX)


def _listed(what: str, asked: dict[str, str], exchanged: Exchanged) -> list[Row]:
    return frames.only(frames.rows(exchanged, what), asked, exchanged, what)
