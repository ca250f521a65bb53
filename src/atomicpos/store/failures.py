"""The database's errors as StoreUnavailable, in one sentence that holds no parameter and no statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from atomicpos.errors import StoreUnavailable

_ADVICE = (
    ("database is locked", "another program holds its write lock; close that program"),
    ("not a database", "the file is no SQLite database; give atomicpos a file of its own"),
    ("malformed", "the file is damaged; restore it from a copy"),
    ("readonly", "the file is read-only; give this user write permission on it and on its directory"),
    ("disk is full", "the disk is full; free some space"),
    ("disk I/O error", "the disk failed or is full; look at the system's log"),
    ("unable to open", "the file cannot be opened; look at its permissions and those of its directory"),
    ("CHECK constraint failed", "the row breaks a rule of the schema and was not stored"),
    ("constraint failed", "the row contradicts another row and was not stored"),
)
"""What SQLite says, and what that means for whoever reads it."""


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raises StoreUnavailable, naming ``place``, for any error of SQLite or SQLAlchemy inside the block."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreUnavailable(sentence(place, error)) from error


def sentence(place: str, error: Exception) -> str:
    """What is wrong and what to do. SQLAlchemy's own text is left out, for it shows the statement."""
    said = str(getattr(error, "orig", None) or _first_line(error))
    advice = next((advice for mark, advice in _ADVICE if mark in said), "see the cause below")
    return f"the database {place} cannot be used ({said}): {advice}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
