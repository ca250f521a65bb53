"""OKX replies, checked frame first: an error is never an empty answer (I1). Pure; raises ReadFailed only."""

from __future__ import annotations

from collections.abc import Callable

from atomicpos.ports import ReadFailed

from .. import frames
from ..fields import Row, text, whole
from ..frames import Parsed
from ..refusals import Code
from ..transport import Exchanged

ABSENT = 51603
"""The order does not exist (documented)."""

_PARTS = (0, 1, 2)
"""Codes of a whole reply that leave the word to its rows: success, failed, partly failed."""


def read_code(said: Row) -> tuple[Code | None, str]:
    """The code, an integer whatever its type was (F09), and its sentence; where a row failed, the row's."""
    code, message = whole(said.get("code")), str(said.get("msg") or "")
    rows = said.get("data")
    for row in rows if code in _PARTS and isinstance(rows, list) else ():
        own = whole(row.get("sCode")) if isinstance(row, dict) else None
        if own:
            return own, str(row.get("sMsg") or message)
    return code, message


def rows(exchanged: Exchanged, what: str, asked: dict[str, str]) -> list[Row]:
    """The rows of ``data``, each of which shows what was asked for.

    A reply that ignored the question is no answer: a filter that is not applied shows other orders (F07).
    """
    if exchanged.error is not None:
        raise ReadFailed(f"{what}: {exchanged.message}", exchanged.raw)
    reply = exchanged.reply
    if not isinstance(reply, dict) or whole(reply.get("code")) != 0:
        raise ReadFailed(f"{what}: the reply carries no code 0", exchanged.raw)
    listed = reply.get("data")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise ReadFailed(f"{what}: the reply has no list of rows", exchanged.raw)
    return frames.only(listed, asked, exchanged, what)


def one(exchanged: Exchanged, what: str, asked: dict[str, str]) -> Row | None:
    """The one row of a lookup; None where the exchange said that there is none. Raises ReadFailed for several."""
    if exchanged.left and exchanged.code == ABSENT:
        return None
    listed = rows(exchanged, what, asked)
    if len(listed) > 1:
        raise ReadFailed(f"{what}: {len(listed)} rows for one order", exchanged.raw)
    return listed[0] if listed else None


def page(
    exchanged: Exchanged, what: str, cursor: str, asked: dict[str, str], read: Callable[[Row], Parsed]
) -> tuple[list[Parsed], str]:
    """Each row of one page as ``read`` understands it, and the id that the next page begins after.

    Only a page without rows is the last one: that a page is not full is not documented to mean so.
    """
    listed = rows(exchanged, what, asked)
    found = [frames.parsed(read, row, exchanged.raw) for row in listed]
    if not listed:
        return found, ""
    last = text(listed[-1], cursor)
    if last is None:
        raise ReadFailed(f"{what}: the last row of a page has no {cursor}", exchanged.raw)
    return found, last
