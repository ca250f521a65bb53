"""How Bybit v5 cuts a list into pages, and the query parameters that every list shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from atomicpos.sim.markets import MARKETS, Market

from .bybit_markets import LINEAR, category_of, linear_market
from .bybit_replies import Code, Rejection
from .spelling import MICROSECONDS_PER_MS, Json

Query = Mapping[str, str]
Row = tuple[int, str, Json]
"""When it happened, its id, and what is shown of it."""

ORDER_PAGE = (20, 50)
"""Rows of a page of orders: by default, and at most (the vendor's documentation)."""
EXECUTION_PAGE = (50, 100)
POSITION_PAGE = (20, 200)

WINDOW_MS = 7 * 24 * 3600 * 1000
"""A list answers for at most seven days after its start time (the vendor's documentation)."""

FAR_FUTURE_MS = 10**15


def markets_asked(asked: Query) -> tuple[Market, ...]:
    """The perpetuals that a list is about: one by symbol, all by settle coin."""
    if category_of(asked) != LINEAR or asked.get("settleCoin", "USDT") != "USDT":
        return ()
    return (linear_market(asked["symbol"]),) if "symbol" in asked else tuple(MARKETS)


def within(at_us: int, asked: Query) -> bool:
    """True when that moment lies in the window asked for."""
    start = _integer(asked, "startTime", 0)
    end = _integer(asked, "endTime", start + WINDOW_MS if "startTime" in asked else FAR_FUTURE_MS)
    return start <= at_us // MICROSECONDS_PER_MS <= end


def page(asked: Query, rows: Iterable[Row], sizes: tuple[int, int]) -> Json:
    """Newest first; the cursor is the last row's id, so that rows which arrive meanwhile shift nothing."""
    default, largest = sizes
    newest = sorted(rows, key=lambda row: row[0], reverse=True)
    start = _after(newest, asked.get("cursor", ""))
    size = min(max(_integer(asked, "limit", default), 1), largest)
    shown = newest[start : start + size]
    cursor = shown[-1][1] if start + size < len(newest) else ""
    return {"category": category_of(asked), "list": [row for _, _, row in shown], "nextPageCursor": cursor}


def _after(rows: list[Row], cursor: str) -> int:
    return next((place + 1 for place, row in enumerate(rows) if row[1] == cursor), 0) if cursor else 0


def _integer(asked: Query, name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdecimal():
        raise Rejection(Code.PARAMETER, f"{name} {text!r} must be a whole number")
    return int(text)
