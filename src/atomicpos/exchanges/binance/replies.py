"""Binance replies, checked frame first: an error is never an empty answer (I1). Pure; raises ReadFailed only.

A reply that worked has no frame: it is the row itself, or the list of rows.
"""

from __future__ import annotations

from atomicpos.ports import ReadFailed

from ..fields import Row
from ..transport import Exchanged
from .words import NO_SUCH_ORDER


def one(exchanged: Exchanged, what: str, asked: dict[str, object]) -> Row:
    """The row that the reply is, which shows what was asked for. Raises ReadFailed with the raw reply otherwise."""
    _worked(exchanged, what)
    reply = exchanged.reply
    if not isinstance(reply, dict) or exchanged.code not in (None, 0):
        raise ReadFailed(f"{what}: the reply is no row", exchanged.raw)
    return _as_asked([reply], exchanged, what, asked)[0]


def rows(exchanged: Exchanged, what: str, asked: dict[str, object]) -> list[Row]:
    """The rows of the list that the reply is, each of which shows what was asked for."""
    _worked(exchanged, what)
    listed = exchanged.reply
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise ReadFailed(f"{what}: the reply is no list of rows", exchanged.raw)
    return _as_asked(listed, exchanged, what, asked)


def found(exchanged: Exchanged, what: str, asked: dict[str, object]) -> Row | None:
    """The row of a lookup; None when the exchange says that there is no such order, and by nothing else."""
    if exchanged.error is not None and exchanged.code == NO_SUCH_ORDER:
        return None
    return one(exchanged, what, asked)


def _worked(exchanged: Exchanged, what: str) -> None:
    if exchanged.error is not None:
        raise ReadFailed(f"{what}: {exchanged.message}", exchanged.raw)


def _as_asked(listed: list[Row], exchanged: Exchanged, what: str, asked: dict[str, object]) -> list[Row]:
    """A reply that ignored the question is no answer: a filter that is not applied shows other orders (F07)."""
    for name, value in asked.items():
        if any(str(row.get(name)) != str(value) for row in listed):
            raise ReadFailed(f"{what}: asked for {name} {value}, the reply shows another", exchanged.raw)
    return listed
