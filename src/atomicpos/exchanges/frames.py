"""Replies checked frame first: an error is never an empty answer (I1). Pure; raises ReadFailed only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from atomicpos.ports import ReadFailed

from .fields import Row, shown
from .transport import Exchanged

Parsed = TypeVar("Parsed")


def reply(exchanged: Exchanged, what: str) -> object:
    """The reply of a request that raised nothing and whose body was read as a reply of the exchange.

    Raises ReadFailed with the raw reply for anything else: HTML, an empty and a cut body raise nothing in ccxt.
    """
    if exchanged.error is not None:
        raise ReadFailed(f"{what}: {exchanged.message}", exchanged.raw)
    if not isinstance(exchanged.reply, dict | list):
        raise ReadFailed(f"{what}: the reply is {shown(exchanged.reply)}", exchanged.raw)
    return exchanged.reply


def within(exchanged: Exchanged, what: str, *path: str) -> object:
    """What stands under those names in the reply; of a reply that carries return codes, only where it says success."""
    found = reply(exchanged, what)
    if isinstance(found, dict) and exchanged.code != 0:
        raise ReadFailed(f"{what}: the reply says no success", exchanged.raw)
    for name in path:
        if not isinstance(found, dict) or name not in found:
            raise ReadFailed(f"{what}: the reply has no {'.'.join(path)}", exchanged.raw)
        found = found[name]
    return found


def row(exchanged: Exchanged, what: str, *path: str) -> Row:
    """The object there."""
    found = within(exchanged, what, *path)
    if not isinstance(found, dict):
        raise ReadFailed(f"{what}: {'.'.join(path) or 'the reply'} is no object", exchanged.raw)
    return found


def rows(exchanged: Exchanged, what: str, *path: str) -> list[Row]:
    """The list of objects there."""
    found = within(exchanged, what, *path)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ReadFailed(f"{what}: {'.'.join(path) or 'the reply'} is no list of rows", exchanged.raw)
    return found


def only(listed: list[Row], asked: dict[str, str], exchanged: Exchanged, what: str) -> list[Row]:
    """The rows, each of which shows what was asked for: a filter that is not applied shows other orders (F07)."""
    for name, value in asked.items():
        for each in listed:
            if each.get(name) != value:
                raise ReadFailed(f"{what}: asked for {name} {value}, the reply shows another", exchanged.raw)
    return listed


def parsed(read: Callable[[Row], Parsed], of: Row, raw: str) -> Parsed:
    """The row as ``read`` understands it; its ReadFailed, of whatever class, gets the raw reply."""
    try:
        return read(of)
    except ReadFailed as failed:
        raise type(failed)(str(failed), raw) from None
