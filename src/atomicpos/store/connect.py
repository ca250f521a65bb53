"""Connections as the journal needs them: one at a time, durable commits, no wait without an end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from .location import Location
from .postgresql import server_engine

BUSY_S = 5.0
"""How long a statement waits for another connection's write lock on a SQLite file before "database is locked"."""

_DURABLE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
"""FULL: a commit is on disk when it returns, so an intent survives a power cut before its request leaves (I4)."""

_BEGIN = "atomicpos_begin"
"""The option of an engine that says with which words its transactions begin."""


def writing_engine(location: Location) -> Engine:
    """An engine over one connection that may write; creates a SQLite file when it is not there.

    Connects with the first transaction. Raises StoreUnavailable where psycopg is wanted and not installed.
    """
    if location.server is not None:
        return server_engine(location.server, writes=True)
    return _file_engine(location.path, "rwc", _DURABLE, "BEGIN IMMEDIATE")


def reading_engine(location: Location) -> Engine:
    """An engine over one connection that cannot write, never creates a file, and in each transaction sees one moment.

    Raises StoreUnavailable as ``writing_engine`` does.
    """
    if location.server is not None:
        return server_engine(location.server, writes=False)
    # mode=rw, since a reader of a WAL database must be able to make its index; query_only refuses every write
    return _file_engine(location.path, "rw", ("PRAGMA query_only=ON",), "BEGIN")


def reading(engine: Engine) -> Engine:
    """The same connection for transactions that change nothing: they wait for no writer and see one moment."""
    if engine.dialect.name == "postgresql":
        # a row and its orders are read by two statements
        return engine.execution_options(isolation_level="REPEATABLE READ")
    return engine.execution_options(**{_BEGIN: "BEGIN"})


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

    engine = create_engine("sqlite://", creator=connection, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "begin", _beginner(begin))
    return engine


def _connect(path: Path | None, mode: str) -> sqlite3.Connection:
    name = ":memory:" if path is None else f"file:{quote(str(path))}?mode={mode}"
    # isolation_level None: the driver begins nothing by itself, so that BEGIN IMMEDIATE is ours to send
    return sqlite3.connect(name, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=path is not None)


def _beginner(begin: str) -> Any:
    def send_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, begin))

    return send_begin
