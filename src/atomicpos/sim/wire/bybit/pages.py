"""How Bybit v5 cuts a list into pages, and the query parameters that every list shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from atomicpos.sim.markets import MARKETS, Market

from ..spelling import MICROSECONDS_PER_MS, Json
from .markets import LINEAR, category_of, linear_market
from .replies import Code, Rejection

Query = Mapping[str, str]
Row = tuple[int, str, Json]
"""When it happened (or whatever the list is ordered by, newest first), its id, and what is shown of it."""

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


def limited(asked: Query, rows_max: int | None) -> Query:
    """The same query for pages of so many rows at most, where the venue gives fewer than it could."""
    if rows_max is None:
        return asked
    return {**asked, "limit": str(min(rows_max, _integer(asked, "limit", rows_max)))}


def within(at_us: int, asked: Query) -> bool:
    """True when that moment lies in the window asked for."""
    start = _integer(asked, "startTime", 0)
    end = _integer(asked, "endTime", start + WINDOW_MS if "startTime" in asked else FAR_FUTURE_MS)
    return start <= at_us // MICROSECONDS_PER_MS <= end


def page(asked: Query, rows: Iterable[Row], sizes: tuple[int, int]) -> Json:
    """Newest first; the cursor names the last row and its moment, so that rows which come or go shift nothing."""
    default, largest = sizes
    last = _last_shown(asked.get("cursor", ""))
    left = sorted((row for row in rows if last is None or row[:2] < last), key=lambda row: row[:2], reverse=True)
    shown = left[: min(max(_integer(asked, "limit", default), 1), largest)]
    cursor = _cursor(shown[-1]) if len(shown) < len(left) else ""
    return {"category": category_of(asked), "list": [row for _, _, row in shown], "nextPageCursor": cursor}


def _cursor(row: Row) -> str:
    """Escaped as it must stand in the next query: Bybit's contain %3A and %2C (the vendor's examples)."""
    return quote(f"{row[1]}:{row[0]},{row[1]}:{row[0]}", safe="")


def _last_shown(cursor: str) -> tuple[int, str] | None:
    """The row that the page before ended with, from a cursor as the query's parser has unescaped it."""
    if not cursor:
        return None
    name, _, at_us = cursor.partition(",")[0].rpartition(":")
    if not name or not at_us.removeprefix("-").isdecimal():
        raise Rejection(Code.PARAMETER, f"cursor {cursor!r} must be one of ours")
    return int(at_us), name


def _integer(asked: Query, name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdecimal():
        raise Rejection(Code.PARAMETER, f"{name} {text!r} must be a whole number")
    return int(text)
