"""Bybit replies, checked frame first: an error is never an empty answer (I1). Pure; raises ReadFailed only."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from atomicpos.evidence import OrderView
from atomicpos.models import Fill, PositionSide
from atomicpos.ports import ReadFailed

from .. import frames
from ..fields import Row, shown, whole
from ..frames import Parsed
from ..transport import Exchanged
from . import parse

_CURSOR = re.compile(r"[!-~]{0,2000}")
"""What a cursor is written with: ccxt puts it into the address of the next request as it is (measured with 4.5.90)."""


def result(exchanged: Exchanged, what: str) -> Row:
    """The ``result`` of a reply with return code 0. Raises ReadFailed with the raw reply for anything else."""
    if exchanged.error is not None:
        raise ReadFailed(f"{what}: {exchanged.message}", exchanged.raw)
    reply = exchanged.reply
    if not isinstance(reply, dict) or whole(reply.get("retCode")) != 0:
        raise ReadFailed(f"{what}: the reply carries no return code 0", exchanged.raw)
    inner = reply.get("result")
    if not isinstance(inner, dict):
        raise ReadFailed(f"{what}: the reply has no result", exchanged.raw)
    return inner


def rows(exchanged: Exchanged, what: str, asked: dict[str, str]) -> list[Row]:
    """The rows of ``result.list``, each of which shows what was asked for.

    A reply that ignored the question is no answer: a filter that is not applied shows other orders (F07).
    """
    listed = result(exchanged, what).get("list")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise ReadFailed(f"{what}: the reply has no list of rows", exchanged.raw)
    return frames.only(listed, asked, exchanged, what)


def one_order(exchanged: Exchanged, client_order_id: str, side: PositionSide | None = None) -> OrderView | None:
    """The order with that id in its newest version; None when the reply shows no row.

    In hedge mode an order of ours that is not on our side cannot be understood.
    """
    listed = rows(exchanged, f"order {client_order_id}", {"orderLinkId": client_order_id})
    of_side = partial(parse.of_side, side=side)
    if side is not None and not all(frames.parsed(of_side, row, exchanged.raw) for row in listed):
        raise ReadFailed(f"order {client_order_id}: the reply shows it on the other side", exchanged.raw)
    views = [frames.parsed(parse.order_view, row, exchanged.raw) for row in listed]
    return max(views, key=lambda view: view.updated_at_us or 0, default=None)


def executions(exchanged: Exchanged, market_id: str, side: PositionSide | None = None) -> tuple[list[Fill], str]:
    """The fills of one page, and the cursor of the next; empty on the last."""
    found, cursor = page(exchanged, "executions", {"symbol": market_id}, partial(parse.fill, side=side))
    return [fill for fill in found if fill is not None], cursor


def position_stops(
    exchanged: Exchanged, market_id: str, side: PositionSide | None = None
) -> tuple[list[OrderView], str]:
    """The position's own living stops on one page of open orders, and the cursor of the next; empty on the last."""
    found, cursor = page(exchanged, "position stop", {"symbol": market_id}, partial(parse.position_stop, side=side))
    return [stop for stop in found if stop is not None and not stop.status.final], cursor


def page(
    exchanged: Exchanged, what: str, asked: dict[str, str], read: Callable[[Row], Parsed]
) -> tuple[list[Parsed], str]:
    """Each row of one page as ``read`` understands it, and the cursor of the next page.

    A page without rows is the last one, whatever cursor it names. Raises ReadFailed for a cursor that is none: the
    rows behind it would be taken for missing.
    """
    listed = rows(exchanged, what, asked)
    cursor = result(exchanged, what).get("nextPageCursor")
    if cursor is not None and not (isinstance(cursor, str) and _CURSOR.fullmatch(cursor)):
        raise ReadFailed(f"{what}: the cursor of the next page is {shown(cursor)}", exchanged.raw)
    return [frames.parsed(read, row, exchanged.raw) for row in listed], (cursor or "") if listed else ""
