"""Single cells of raw rows that more than one of these exchanges has. Missing is None; raises ReadFailed only."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from atomicpos.models import MICROSECONDS, OrderSide, OrderStatus
from atomicpos.ports import ReadFailed

from ..fields import Row, inner, number, shown, text
from ..paging import Listing
from ..transport import Ask, Exchanged

EPOCH_END_S = 10**11
"""Seconds since the epoch beyond this are milliseconds or worse, and not understood."""


def ident(row: Row, name: str) -> str | None:
    """An id, written as text or as an integer; None when it is missing, empty or 0."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value else None
    return text(row, name) if value != "0" else None


def seconds_us(row: Row, name: str) -> int | None:
    """Seconds since the epoch, with or without a fraction, in microseconds; None when missing or zero."""
    value = number(row, name)
    if value is None:
        return None
    if not 0 <= value < EPOCH_END_S:
        raise ReadFailed(f"{name} is {shown(row.get(name))}, which is not a time in seconds")
    return int(value * MICROSECONDS) or None


def signed_side(size: Decimal | None) -> OrderSide | None:
    """The side that a signed quantity says: above zero it buys; None for none."""
    return None if not size else OrderSide.BUY if size > 0 else OrderSide.SELL


def part(status: OrderStatus, filled: Decimal | None) -> OrderStatus:
    """An open order that has filled in part says so."""
    return OrderStatus.PARTIAL if status is OrderStatus.OPEN and filled else status


def finished(quantity: Decimal | None, filled: Decimal | None, dead: bool) -> OrderStatus:
    """The status of an order that the exchange is done with.

    Filled only when the filled quantity covers the order's (F03); dead only by an explicit word; else unknown.
    """
    if quantity and filled is not None and filled >= quantity:
        return OrderStatus.FILLED
    return OrderStatus.DEAD if dead else OrderStatus.UNKNOWN


def acknowledged(exchanged: Exchanged) -> Row:
    """What an acknowledgement says under ``data``; an empty row where there is nothing."""
    return inner(exchanged.reply, "data") if isinstance(exchanged.reply, dict) else {}


def one_page(what: str, ask: Ask, rows: Callable[[Exchanged], list[Row]]) -> Listing[Row]:
    """A list that comes whole."""
    return Listing(what, lambda _: ask, lambda exchanged: (rows(exchanged), ""), 1)


def by_offset(
    what: str, ask: Callable[[int], Ask], rows: Callable[[Exchanged], list[Row]], page: int, pages_max: int
) -> Listing[Row]:
    """A list of pages that are asked for by how many rows came before; a page that is not full is the last."""
    seen = 0

    def understand(exchanged: Exchanged) -> tuple[list[Row], str]:
        nonlocal seen
        found = rows(exchanged)
        seen += len(found)
        return found, str(seen) if len(found) >= page else ""

    return Listing(what, lambda cursor: ask(int(cursor or 0)), understand, pages_max)
