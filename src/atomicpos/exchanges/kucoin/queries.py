"""KuCoin futures: what each read asks, word by word."""

from __future__ import annotations

import re

from atomicpos.ports import ReadFailed

from .. import frames
from ..bycontract.cells import one_page
from ..bycontract.contract import Contract
from ..fields import Row, shown, whole
from ..paging import Listing
from ..transport import Ask, Exchanged, Params

PAGE = 100
"""Orders on one page."""
FILLS_PAGE = 1000
PAGES_MAX = 50
NO_ORDER = 100001
"""A generic code; its sentence says that the order does not exist."""
_NO_ORDER = re.compile(r"order\s*not\s*exist|orderNotExist", re.IGNORECASE)


def by_client_oid(contract: Contract, client_order_id: str) -> Listing[Row]:
    """orders/byClientOid: one order in any state, waiting stops among them (documented)."""
    ask = Ask("futuresPrivateGetOrdersByClientOid", {"clientOid": client_order_id})
    return _one_order(ask, {"symbol": contract.id, "clientOid": client_order_id}, client_order_id)


def by_order_id(contract: Contract, order_id: str) -> Listing[Row]:
    """orders/{orderId}: one order in any state, by the exchange's id (documented)."""
    ask = Ask("futuresPrivateGetOrdersOrderId", {"orderId": order_id})
    return _one_order(ask, {"symbol": contract.id, "id": order_id}, order_id)


def _one_order(ask: Ask, asked: dict[str, str], order_id: str) -> Listing[Row]:
    """The one order of those fields, or none where the exchange says that it has no such order."""
    what = f"order {order_id}"

    def rows(exchanged: Exchanged) -> list[Row]:
        if exchanged.code == NO_ORDER and _NO_ORDER.search(exchanged.message):
            return []
        return frames.only([frames.row(exchanged, what, "data")], asked, exchanged, what)

    return one_page(what, ask, rows)


def stops(contract: Contract | None = None) -> Listing[Row]:
    """stopOrders: those that wait for their trigger."""
    params: Params = {} if contract is None else {"symbol": contract.id}
    return _pages("stop orders", "futuresPrivateGetStopOrders", {**params, "pageSize": PAGE}, contract)


def active_orders() -> Listing[Row]:
    """orders in the state ``active``."""
    return _pages("orders", "futuresPrivateGetOrders", {"status": "active", "pageSize": PAGE}, None)


def fills(start_us: int, end_us: int, contract: Contract | None = None) -> Listing[Row]:
    """fills in a stretch of time: executions of every kind."""
    params: Params = {"startAt": start_us // 1000, "endAt": -(-end_us // 1000), "pageSize": FILLS_PAGE}
    if contract is not None:
        params["symbol"] = contract.id
    return _pages("fills", "futuresPrivateGetFills", params, contract)


def position(contract: Contract) -> Listing[Row]:
    """position of one symbol in one-way mode: a row of quantity 0 when there is none."""
    what = "position"

    def rows(exchanged: Exchanged) -> list[Row]:
        return frames.only([frames.row(exchanged, what, "data")], {"symbol": contract.id}, exchanged, what)

    return one_page(what, Ask("futuresPrivateGetPosition", {"symbol": contract.id}), rows)


def positions() -> Listing[Row]:
    """positions of the account, of every symbol."""
    return one_page(
        "positions", Ask("futuresPrivateGetPositions", {}), lambda answer: frames.rows(answer, "positions", "data")
    )


def mark(contract: Contract) -> Listing[Row]:
    """mark-price/{symbol}/current; public."""

    def rows(exchanged: Exchanged) -> list[Row]:
        return frames.only([frames.row(exchanged, "mark price", "data")], {"symbol": contract.id}, exchanged, "mark")

    return one_page("mark price", Ask("futuresPublicGetMarkPriceSymbolCurrent", {"symbol": contract.id}), rows)


def account() -> Ask:
    """account-overview: the cheapest signed request."""
    return Ask("futuresPrivateGetAccountOverview", {"currency": "USDT"})


def position_mode() -> Ask:
    """position/getPositionMode of the account."""
    return Ask("futuresPrivateGetPositionGetPositionMode", {})


def margin_mode(contract: Contract) -> Ask:
    """position/getMarginMode of one symbol."""
    return Ask("futuresPrivateGetPositionGetMarginMode", {"symbol": contract.id})


def cross_leverage(contract: Contract) -> Ask:
    """getCrossUserLeverage of one symbol."""
    return Ask("futuresPrivateGetGetCrossUserLeverage", {"symbol": contract.id})


def _pages(what: str, endpoint: str, params: Params, contract: Contract | None) -> Listing[Row]:
    """Pages by their number, which every page tells together with how many there are."""
    asked = {} if contract is None else {"symbol": contract.id}

    def ask(cursor: str) -> Ask:
        return Ask(endpoint, {**params, "currentPage": int(cursor or 1)})

    def understand(exchanged: Exchanged) -> tuple[list[Row], str]:
        listed = frames.only(frames.rows(exchanged, what, "data", "items"), asked, exchanged, what)
        page = frames.row(exchanged, what, "data")
        at, last = whole(page.get("currentPage")), whole(page.get("totalPage"))
        if at is None or last is None:
            said = f"{shown(page.get('currentPage'))} of {shown(page.get('totalPage'))}"
            raise ReadFailed(f"{what}: the page is {said}", exchanged.raw)
        return listed, str(at + 1) if at < last else ""

    return Listing(what, ask, understand, PAGES_MAX)
