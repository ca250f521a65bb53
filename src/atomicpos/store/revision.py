"""Which revision a database is at, and whether this release can work with it."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from atomicpos.errors import StoreUnavailable

from .location import Dialect, Location

HEAD = "0008"
"""The newest revision this release knows; revisions are numbered, so an older one sorts before it."""

VERSION_TABLE = "alembic_version"

_EVER = frozenset(("installation", "positions", "orders", "journal", "evidence"))
"""The tables of every revision."""

_TABLES = {
    Dialect.SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table'",
    Dialect.POSTGRESQL: (
        "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema())"
    ),
}


def found(connection: Connection, place: str) -> str | None:
    """The revision the database is at, None for an empty one.

    Raises StoreUnavailable for another program's database, and for one that has only some of what it should.
    """
    names = set(connection.exec_driver_sql(_TABLES[Dialect(connection.dialect.name)]).scalars())
    if not names:
        return None
    version = _version(connection) if VERSION_TABLE in names else None
    ours = version is not None and re.fullmatch(r"\d{4}", version)
    missing = sorted(_EVER - names)
    if ours and not missing:
        return version
    if ours:
        raise StoreUnavailable(_half(place, f"it is marked as revision {version} but has no table {missing[0]}"))
    if version is None and (not missing or names == {VERSION_TABLE}):
        raise StoreUnavailable(_half(place, "nothing says of which revision its tables are"))
    raise StoreUnavailable(f"the database {place} belongs to another program; give atomicpos one of its own")


def known(connection: Connection, place: str) -> str | None:
    """As ``found``, and raises StoreUnavailable for the database of a newer release too."""
    version = found(connection, place)
    if version is not None and version > HEAD:
        raise StoreUnavailable(
            f"the database {place} was written by a newer atomicpos (schema {version}, this one knows {HEAD}): "
            f"install that release again"
        )
    return version


def require_current(connection: Connection, location: Location) -> None:
    """Raises StoreUnavailable, with the command to run, unless the schema is this release's."""
    version = known(connection, location.place)
    if version == HEAD:
        return
    state = "is empty" if version is None else f"has an older schema ({version}, this release needs {HEAD})"
    command = f"atomicpos db upgrade --database {location.shown}"
    raise StoreUnavailable(f"the database {location.place} {state}: run '{command}'")


def _version(connection: Connection) -> str | None:
    stored = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    return None if stored is None else str(stored)


def _half(place: str, why: str) -> str:
    return f"the database {place} is half migrated ({why}): restore it from a copy, or give atomicpos an empty one"
