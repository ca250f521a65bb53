"""A connection that is lost around COMMIT: before it arrives, or after it was done and before that was said."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine

from atomicpos.store import SqlJournal

BEFORE, AFTER = "before", "after"


def engine_of(journal: SqlJournal) -> Engine:
    """The engine that the journal's thread writes with."""
    return journal._writer._rounds._transactions._writing


class Cuts:
    """Cuts the connection of a journal around the commits that are to come, one after the other as planned."""

    def __init__(self, journal: SqlJournal) -> None:
        self._dialect: Any = engine_of(journal).dialect
        self._commit = self._dialect.do_commit
        self._plan: list[str | None] = []
        self._dialect.do_commit = self._around
        self.commits = 0
        """How many were asked for since then."""

    def plan(self, plan: Iterable[str | None]) -> None:
        """When the next commits lose their connection; None, and all after the last, are left alone."""
        self.commits = 0
        self._plan = list(plan)

    def _around(self, pooled: Any) -> None:
        when = self._plan.pop(0) if self._plan else None
        self.commits += 1
        if when != BEFORE:
            self._commit(pooled)
        if when is not None:
            _lose(pooled.dbapi_connection)


def _lose(connection: Any) -> None:
    """Raises what the driver raises when the other side is gone; whatever was not committed is undone."""
    if isinstance(connection, sqlite3.Connection):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    connection.execute("COMMIT")
    raise AssertionError("a line that was cut still answers")
