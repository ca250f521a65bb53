"""OKX's lists: newest first, at most a hundred rows, and the next page begins after an id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..spelling import MICROSECONDS_PER_MS, Json
from .contracts import CONTRACTS, Contract, by_id
from .fields import refused
from .words import SWAP

PAGE = 100
"""Rows on a page, by default and at most (documented)."""

FAR_FUTURE_MS = 10**15

Asked = Mapping[str, str]
Row = tuple[int, str, Json]
"""A row under its moment and the id that pages are cut by."""


def contracts_asked(asked: Asked) -> tuple[Contract, ...]:
    """The perpetuals that a list is about: one by instrument, else all; there is nothing but swaps here."""
    if asked.get("instType", SWAP) != SWAP:
        return ()
    return (by_id(asked["instId"]),) if "instId" in asked else CONTRACTS


def limited(asked: Asked, rows_max: int | None) -> Asked:
    """The same query for pages of so many rows at most, where the venue gives fewer than it could."""
    if rows_max is None:
        return asked
    return {**asked, "limit": str(min(rows_max, whole(asked, "limit", rows_max)))}


def within(at_us: int, asked: Asked) -> bool:
    """True when that moment lies in the window asked for."""
    moment = at_us // MICROSECONDS_PER_MS
    return whole(asked, "begin", 0) <= moment <= whole(asked, "end", FAR_FUTURE_MS)


def page(asked: Asked, rows: Iterable[Row]) -> list[Json]:
    """One page: those earlier than the row whose id is in ``after``."""
    ordered = sorted(rows, key=lambda row: row[:2], reverse=True)
    after = asked.get("after", "")
    if after:
        place = next((index for index, row in enumerate(ordered) if row[1] == after), len(ordered))
        ordered = ordered[place + 1:]
    return [row for _, _, row in ordered[: min(max(whole(asked, "limit", PAGE), 1), PAGE)]]


def whole(asked: Asked, name: str, default: int) -> int:
    """A whole number. Raises Rejection 51000."""
    text = asked.get(name) or str(default)
    if not text.isdecimal():
        raise refused(name)
    return int(text)
