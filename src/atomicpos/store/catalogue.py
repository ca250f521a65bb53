"""What a database has by its own word, table by table, compared with what this release's tables make.

Catalogues are compared and not models: alembic's own comparison sees neither a CHECK that was dropped nor a partial
index whose condition was changed (measured with alembic 1.20 on both databases), and I2 and I7 rest on those.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection

from .connect import writing_engine
from .location import Dialect, Location
from .revision import VERSION_TABLE
from .tables import metadata

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"

_POSTGRESQL = """
WITH ours AS (
    SELECT oid, relname, relnamespace FROM pg_class
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')
)
SELECT relname || '.' || attname,
    concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
        'DEFAULT ' || pg_get_expr(adbin, adrelid), attidentity, attgenerated)
    FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum
UNION ALL
SELECT relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
    FROM ours JOIN pg_constraint ON conrelid = ours.oid AND contype <> 'n'
UNION ALL
SELECT relname || '.' || tgname, pg_get_triggerdef(pg_trigger.oid)
    FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT pg_class.relname,
    concat_ws(' ', replace(pg_get_indexdef(indexrelid), quote_ident(current_schema()) || '.', ''),
        CASE WHEN NOT indisvalid THEN 'INVALID' END)
    FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class ON pg_class.oid = indexrelid
"""
"""Columns, constraints, triggers and indexes of the current schema. NOT NULL is said with its column."""


def catalogue(connection: Connection) -> dict[str, str]:
    """Every part of the current schema with its definition, blanks evened out, the version table apart."""
    asked = _SQLITE if connection.dialect.name == Dialect.SQLITE else _POSTGRESQL
    rows = connection.exec_driver_sql(asked)
    parts = {name: " ".join(definition.split()) for name, definition in rows}
    return {name: text for name, text in parts.items() if not name.startswith(VERSION_TABLE)}


def expected(connection: Connection) -> dict[str, str]:
    """The catalogue that this release's tables make in a database of the connection's kind.

    On PostgreSQL they are made in a schema of their own beside the others: the caller rolls the transaction back.
    """
    if connection.dialect.name == Dialect.POSTGRESQL:
        return _made_beside(connection)
    engine = writing_engine(Location())
    try:
        with engine.begin() as fresh:
            metadata.create_all(fresh)
            return catalogue(fresh)
    finally:
        engine.dispose()


def differences(connection: Connection) -> tuple[str, ...]:
    """The names of the parts that are not as this release makes them, sorted. As ``expected``: to be rolled back."""
    stored = catalogue(connection)
    wanted = expected(connection)
    return tuple(sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name)))


def _made_beside(connection: Connection) -> dict[str, str]:
    beside = f"atomicpos_expected_{secrets.token_hex(4)}"
    connection.exec_driver_sql(f"CREATE SCHEMA {beside}")
    connection.exec_driver_sql(f"SET LOCAL search_path TO {beside}")
    metadata.create_all(connection, checkfirst=False)
    return catalogue(connection)
