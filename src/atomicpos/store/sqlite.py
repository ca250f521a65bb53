"""How transactions begin on SQLite: by the dialect, as it commits them.

Its driver, left alone, begins with the first write. SQLAlchemy's own recipe against that is a listener that sends
BEGIN; but an engine that anything listens to asks for listeners at every step of every statement, which cost more than
BEGIN itself. An engine's listeners still hear of each transaction, by the event ``begin``.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import PoolProxiedConnection

READING = "BEGIN"
"""Waits for no writer."""
WRITING = "BEGIN IMMEDIATE"
"""Has the write lock from the beginning: whatever it reads, nobody else changes until it has written."""
URL = "sqlite+atomicpos://"
"""For ``create_engine``, which then takes the words as ``begin``."""


class BeginningDialect(SQLiteDialect_pysqlite):
    """SQLite whose transactions begin with these words, at once."""

    supports_statement_cache = True

    def __init__(self, begin: str = WRITING, **given: Any) -> None:
        super().__init__(**given)
        self._begin = begin

    @cached_property
    def reading(self) -> BeginningDialect:
        """The same for transactions that change nothing."""
        twin = copy(self)
        twin._begin = READING
        return twin

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Send the words. Raises what the driver raises, where another connection has the lock for instance."""
        cursor = dbapi_connection.cursor()
        cursor.execute(self._begin)
        cursor.close()


registry.register("sqlite.atomicpos", __name__, BeginningDialect.__name__)
