"""Connections as the journal needs them: one at a time, durable commits, no wait without an end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from .location import Location
from .postgresql import server_engine
from .sqlite import READING, URL, WRITING, BeginningDialect

BUSY_S = 5.0
"""How long a statement waits for another connection's write lock on a SQLite file before "database is locked"."""

_DURABLE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
"""FULL: a commit is on disk when it returns, so an intent survives a power cut before its request leaves (I4)."""


def writing_engine(location: Location) -> Engine:
    """An engine over one connection that may write; creates a SQLite file when it is not there.

    Connects with the first transaction. Raises StoreUnavailable where psycopg is wanted and not installed.
    """
    if location.server is not None:
        return server_engine(location.server, writes=True)
    return _file_engine(location.path, "rwc", _DURABLE, WRITING)


def reading_engine(location: Location) -> Engine:
    """An engine over one connection that cannot write, never creates a file, and in each transaction sees one moment.

    Raises StoreUnavailable as ``writing_engine`` does.
    """
    if location.server is not None:
        return server_engine(location.server, writes=False)
    # mode=rw, since a reader of a WAL database must be able to make its index; query_only refuses every write
    return _file_engine(location.path, "rw", ("PRAGMA query_only=ON",), READING)


def reading(engine: Engine) -> Engine:
    """The same connection for transactions that change nothing: they wait for no writer and see one moment."""
    if isinstance(engine.dialect, BeginningDialect):
        reader = engine.execution_options()
        reader.dialect = engine.dialect.reading
        return reader
    # a row and its orders are read by two statements
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _file_engine(path: Path | None, mode: str, pragmas: tuple[str, ...], begin: str) -> Engine:
    def connection() -> sqlite3.Connection:
        opened = _connect(path, mode)
        try:
            for pragma in pragmas:
                opened.execute(pragma).close()
        except sqlite3.Error:
            opened.close()
            raise
        return opened

    return create_engine(URL, creator=connection, poolclass=StaticPool, hide_parameters=True, begin=begin)


def _connect(path: Path | None, mode: str) -> sqlite3.Connection:
    name = ":memory:" if path is None else f"file:{quote(str(path))}?mode={mode}"
    # isolation_level None: the driver begins nothing by itself, so that BEGIN is ours to send
    return sqlite3.connect(name, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=path is not None)
