"""A database reached past the library, whichever it is: any statement, by itself and at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from atomicpos.store import catalogue
from atomicpos.store.revision import VERSION_TABLE

TABLES = ("installation", "positions", "orders", "journal", "evidence", VERSION_TABLE)


class Raw:
    """Statements on the database of a URL, each on a connection of its own; references are kept as the library does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def execute(self, statement: str, given: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The statement's rows, where it has any."""
        with self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            done = connection.execute(text(statement), given or {})
            return [tuple(row) for row in done] if done.returns_rows else []

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        with self._engine.connect() as connection:
            return list(connection.exec_driver_sql(f"SELECT * FROM {table}").keys())

    def content(self) -> dict[str, Any]:
        """Everything there is: the schema, and each table's rows as name and value pairs."""
        with self._engine.connect() as connection:
            found: dict[str, Any] = {"schema": catalogue.catalogue(connection)}
            for table in TABLES:
                rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").mappings()
                found[table] = sorted((dict(row) for row in rows), key=repr)
        return found


def broken(error: DBAPIError) -> str:
    """What a refused row broke: a constraint's name, or the column that must not be NULL.

    For a unique index SQLite names its columns only: then the last of those, with its table.
    """
    said: Any = error.orig
    if hasattr(said, "diag"):
        return str(said.diag.constraint_name or said.diag.column_name)
    name = str(said).rpartition(": ")[2].rpartition(", ")[2]
    return name.rpartition(".")[2] if "NOT NULL" in str(said) else name
