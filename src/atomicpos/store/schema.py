"""The schema's version: read first, upgraded when behind, compared with what this release expects."""

from __future__ import annotations

import re
import threading
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection

from atomicpos.errors import StoreUnavailable

from .connect import reading_engine, writing_engine
from .failures import told
from .location import Location, locate
from .lock import ProcessLock
from .tables import metadata

HEAD = "0004"
"""The newest revision this release knows; revisions are numbered, so an older one sorts before it."""

_VERSION_TABLE = "alembic_version"
_alembic_runs = threading.Lock()
"""Alembic keeps its context in module globals: one upgrade at a time in a process."""


def migrations_path() -> Path:
    """The folder of the migrations: inside the installed package, else (editable install) at the repository's top."""
    shipped = Path(str(files("atomicpos"))) / "migrations"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[3] / "alembic"


def upgrade(url: str) -> None:
    """Create the database or bring it up to date. Raises StoreUnavailable, also while another process uses it."""
    location = locate(url)
    lock = ProcessLock(location.lock_path) if location.lock_path else None
    engine = writing_engine(location)
    try:
        with told(location.place), engine.begin() as connection:
            bring_up_to_date(connection, location.place)
    finally:
        engine.dispose()
        if lock is not None:
            lock.release()


def check(url: str) -> str | None:
    """None when the database has exactly this release's schema, else one sentence on what differs.

    Raises StoreUnavailable when it cannot be read at all.
    """
    location = existing(url)
    engine = reading_engine(location)
    try:
        with told(location.place), engine.begin() as connection:
            return _difference(connection, location.place)
    finally:
        engine.dispose()


def existing(url: str) -> Location:
    """The place of a database that is there. Raises StoreUnavailable when it is not: reading creates no file."""
    location = locate(url)
    if location.path is None or not location.path.exists():
        raise StoreUnavailable(f"there is no database {location.place} to read; the first open position creates it")
    return location


def bring_up_to_date(connection: Connection, place: str) -> None:
    """Run what is missing in the open transaction. Raises StoreUnavailable for a schema that is not ours to change."""
    found = revision(connection, place)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise StoreUnavailable(_newer(place, found))
    with _alembic_runs:
        _migrate(connection, place)


def require_current(connection: Connection, place: str) -> None:
    """Raises StoreUnavailable, saying what to run, unless the schema is at this release's revision."""
    found = revision(connection, place)
    if found is None or found < HEAD:
        raise StoreUnavailable(f"the database {place} has an older schema ({found}): run 'atomicpos db upgrade'")
    if found > HEAD:
        raise StoreUnavailable(_newer(place, found))


def revision(connection: Connection, place: str) -> str | None:
    """The revision the database is at, None for an empty one. Raises StoreUnavailable for another program's."""
    names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    if not names:
        return None
    found = _version(connection) if _VERSION_TABLE in names and "positions" in names else None
    if found is None or not re.fullmatch(r"\d{4}", found):
        raise StoreUnavailable(f"the database {place} belongs to another program; give atomicpos a file of its own")
    return found


def catalogue(connection: Connection) -> dict[str, str]:
    """Every table and index of the schema with its definition, blanks evened out, the version table apart."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows if name != _VERSION_TABLE}


def expected() -> dict[str, str]:
    """The catalogue that this release's tables make."""
    engine = writing_engine(Location(None))
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            return catalogue(connection)
    finally:
        engine.dispose()


def _version(connection: Connection) -> str | None:
    found = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSION_TABLE}").scalar()
    return None if found is None else str(found)


def _difference(connection: Connection, place: str) -> str | None:
    found = revision(connection, place)
    if found != HEAD:
        return f"the database {place} is at revision {found}, this release at {HEAD}"
    stored, wanted = catalogue(connection), expected()
    differing = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
    if not differing:
        return None
    return f"the database {place} is at revision {HEAD} but differs from it in {', '.join(differing)}"


def _newer(place: str, found: str) -> str:
    return (
        f"the database {place} was written by a newer atomicpos (schema {found}, this one knows {HEAD}): "
        f"install that release again"
    )


def _migrate(connection: Connection, place: str) -> None:
    # imported here because it costs 0.4 s, which a database that is up to date need not pay
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(migrations_path()).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(f"the database {place} cannot be upgraded: {error}; install atomicpos again") from error
