"""Bitget's unified account: what each read asks, word by word."""

from __future__ import annotations

import re

from ... import frames
from ...bycontract.cells import one_page
from ...bycontract.contract import Contract
from ...fields import Row, text
from ...paging import Listing
from ...transport import Ask, Exchanged, Params
from ..words import product

PAGE = 100
PAGES_MAX = 50
NO_ORDER = frozenset({25204, 40109, 40768, 43001})
_NO_ORDER = re.compile(r"order.*(?:not exist|not be found|cannot be found)", re.IGNORECASE)
"""The sentence beside the code: whatever else the code says, the lookup failed."""

_TRADE = "privateUtaGetV3Trade"


def by_client_oid(contract: Contract, client_order_id: str) -> Listing[Row]:
    """order-info by our id, in any state."""
    what = f"order {client_order_id}"

    def rows(exchanged: Exchanged) -> list[Row]:
        if exchanged.code in NO_ORDER and _NO_ORDER.search(exchanged.message):
            return []
        asked = {"symbol": contract.id, "clientOid": client_order_id}
        return frames.only([frames.row(exchanged, what, "data")], asked, exchanged, what)

    return one_page(what, Ask(f"{_TRADE}OrderInfo", {"clientOid": client_order_id}), rows)


def stops(settle: str, kind: str = "tpsl", contract: Contract | None = None) -> Listing[Row]:
    """unfilled-strategy-orders of that kind, of every symbol; they come whole."""
    params: Params = {"category": product(settle), "type": kind}

    def rows(exchanged: Exchanged) -> list[Row]:
        return _of(frames.rows(exchanged, f"waiting {kind}", "data"), contract)

    return one_page(f"waiting {kind}", Ask(f"{_TRADE}UnfilledStrategyOrders", params), rows)


def past_stops(contract: Contract) -> Listing[Row]:
    """history-strategy-orders: stops that were executed or cancelled."""
    params: Params = {"category": product(contract.settle), "type": "tpsl"}
    return _pages("past stops", f"{_TRADE}HistoryStrategyOrders", params, contract)


def orders(settle: str) -> Listing[Row]:
    """unfilled-orders of one category."""
    return _pages("open orders", f"{_TRADE}UnfilledOrders", {"category": product(settle)}, None)


def fills(settle: str, start_us: int, end_us: int, contract: Contract | None = None) -> Listing[Row]:
    """fills in a stretch of time: executions of every category, of which those of one are kept."""
    params: Params = {"startTime": str(start_us // 1000), "endTime": str(-(-end_us // 1000))}
    category = product(settle)
    return _pages("fills", f"{_TRADE}Fills", params, contract, category)


def positions(settle: str, contract: Contract | None = None) -> Listing[Row]:
    """position/current-position of one category, or of one symbol."""
    params: Params = {"category": product(settle)}
    asked = {} if contract is None else {"symbol": contract.id}

    def rows(exchanged: Exchanged) -> list[Row]:
        return frames.only(_listed(exchanged, "positions"), asked, exchanged, "positions")

    return one_page("positions", Ask("privateUtaGetV3PositionCurrentPosition", {**params, **asked}), rows)


def ticker(contract: Contract) -> Listing[Row]:
    """market/tickers of one symbol; public."""
    params: Params = {"category": product(contract.settle), "symbol": contract.id}

    def rows(exchanged: Exchanged) -> list[Row]:
        return frames.only(frames.rows(exchanged, "mark", "data"), {"symbol": contract.id}, exchanged, "mark")

    return one_page("mark price", Ask("publicUtaGetV3MarketTickers", params), rows)


def settings() -> Ask:
    """account/settings: position mode, and margin mode and leverage of each symbol."""
    return Ask("privateUtaGetV3AccountSettings", {})


def _listed(exchanged: Exchanged, what: str) -> list[Row]:
    """``data.list``; a list of none may be written as null."""
    page = frames.row(exchanged, what, "data")
    if "list" in page and page["list"] is None:
        return []
    return frames.rows(exchanged, what, "data", "list")


def _pages(
    what: str, endpoint: str, params: Params, contract: Contract | None, category: str | None = None
) -> Listing[Row]:
    """Pages by a cursor; a page that is not full is the last."""

    def ask(cursor: str) -> Ask:
        paged: Params = {**params, "limit": str(PAGE)}
        return Ask(endpoint, {**paged, "cursor": cursor} if cursor else paged)

    def understand(exchanged: Exchanged) -> tuple[list[Row], str]:
        listed = _listed(exchanged, what)
        cursor = text(frames.row(exchanged, what, "data"), "cursor") or ""
        kept = [row for row in listed if category is None or row.get("category") == category]
        return _of(kept, contract), cursor if len(listed) >= PAGE else ""

    return Listing(what, ask, understand, PAGES_MAX)


def _of(rows: list[Row], contract: Contract | None) -> list[Row]:
    return rows if contract is None else [row for row in rows if row.get("symbol") == contract.id]
