"""Hyperliquid: what each read asks, word by word. All of them are public, and name the account by its address."""

from __future__ import annotations

from typing import Any

from .. import frames
from ..bycontract.cells import one_page
from ..bycontract.contract import Contract
from ..fields import Row, inner, whole
from ..paging import Listing
from ..transport import Ask, Exchanged, Params
from .words import cloid, perpetual

UNKNOWN_ORDER = "unknownOid"
FILLS_PAGE = 2000
"""Fills in one reply, at most (documented)."""
FILLS_PAGES_MAX = 6
"""Only the newest ten thousand fills can be had (documented)."""


def info(kind: str, **more: str | int) -> Ask:
    """One read about the account."""
    return Ask("publicPostInfo", {"type": kind, **more}, finish=_of_account)


def _of_account(view: Any, params: Params) -> Params:
    return {**params, "user": str(view.walletAddress)}


def terms(contract: Contract) -> Ask:
    """activeAssetData: leverage, margin mode and mark price of one symbol."""
    return info("activeAssetData", coin=contract.id)


def account() -> Ask:
    """clearinghouseState: all positions."""
    return info("clearinghouseState")


def by_cloid(contract: Contract, client_order_id: str) -> Listing[Row]:
    """orderStatus by our id, in any state."""
    what = f"order {client_order_id}"

    def rows(exchanged: Exchanged) -> list[Row]:
        if exchanged.code == UNKNOWN_ORDER:
            return []
        found = frames.row(exchanged, what, "order")
        frames.only([inner(found, "order")], {"coin": contract.id}, exchanged, what)
        return [found]

    return one_page(what, info("orderStatus", oid=cloid(client_order_id)), rows)


def open_orders(contract: Contract | None = None) -> Listing[Row]:
    """frontendOpenOrders: everything that waits, of every symbol, trigger orders among it."""

    def rows(exchanged: Exchanged) -> list[Row]:
        listed = [row for row in frames.rows(exchanged, "open orders") if perpetual(row.get("coin"))]
        return [{"order": row, "status": "open"} for row in _of(listed, contract)]

    return one_page("open orders", info("frontendOpenOrders"), rows)


def positions(contract: Contract | None = None) -> Listing[Row]:
    """clearinghouseState: a row for each symbol that holds something."""

    def rows(exchanged: Exchanged) -> list[Row]:
        listed = frames.rows(exchanged, "positions", "assetPositions")
        if contract is None:
            return listed
        return [row for row in listed if inner(row, "position").get("coin") == contract.id]

    return one_page("positions", account(), rows)


def asset(contract: Contract) -> Listing[Row]:
    """activeAssetData, as a row."""

    def rows(exchanged: Exchanged) -> list[Row]:
        return frames.only([frames.row(exchanged, "asset")], {"coin": contract.id}, exchanged, "asset")

    return one_page("asset", terms(contract), rows)


def fills(start_us: int, end_us: int, contract: Contract | None = None) -> Listing[Row]:
    """userFillsByTime: executions of every kind; a full reply is followed by one from its last time on."""
    end_ms = -(-end_us // 1000)

    def ask(cursor: str) -> Ask:
        return info("userFillsByTime", startTime=int(cursor or start_us // 1000), endTime=end_ms)

    def understand(exchanged: Exchanged) -> tuple[list[Row], str]:
        listed = frames.rows(exchanged, "fills")
        latest = max((whole(row.get("time")) or 0 for row in listed), default=0)
        found = [row for row in listed if perpetual(row.get("coin"))]
        return _of(found, contract), str(latest) if len(listed) >= FILLS_PAGE else ""

    return Listing("fills", ask, understand, FILLS_PAGES_MAX)


def _of(rows: list[Row], contract: Contract | None) -> list[Row]:
    return rows if contract is None else [row for row in rows if row.get("coin") == contract.id]
