"""The database's errors as StoreUnavailable, in one sentence that holds no parameter and no statement."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from atomicpos.errors import StoreUnavailable

from .advice import BY_CODE, BY_WORDS

_ENDED = ("08", "25P03", "25P04", "57P01", "57P02", "57P03", "57P05")
"""PostgreSQL's codes, by their beginnings, for a connection that is over: cut, or ended by the server."""


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raises StoreUnavailable, naming ``place``, for any error of the database or SQLAlchemy inside the block."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreUnavailable(sentence(place, error)) from error


def sentence(place: str, error: Exception) -> str:
    """What is wrong and what to do. SQLAlchemy's own text is left out, for it shows the statement."""
    said = _said(getattr(error, "orig", None) or error)
    return f"the database {place} cannot be used ({said}): {_advice(said, _code(error))}"


def connection_lost(error: BaseException) -> bool:
    """True when the error (a StoreUnavailable too) came of losing the connection to a server.

    If it was raised by a COMMIT, its outcome is unknown; before that, nothing was stored. Always False for SQLite.
    """
    cause = error.__cause__ if isinstance(error, StoreUnavailable) else error
    return isinstance(cause, DBAPIError) and (cause.connection_invalidated or _code(cause).startswith(_ENDED))


def _code(error: BaseException) -> str:
    """PostgreSQL's five characters; empty for SQLite, and while no connection stands."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _advice(said: str, code: str) -> str:
    by_code = next((advice for start, advice in BY_CODE if code.startswith(start)), None) if code else None
    return by_code or next((advice for words, advice in BY_WORDS if words in said), "see the cause below")


def _said(error: BaseException) -> str:
    """The first line: what follows it may show values. Where connecting failed, only the reason."""
    line = str(error).partition("\n")[0].strip()
    return re.sub(r"^connection (failed|is bad): ", "", line).replace("FATAL:  ", "")
