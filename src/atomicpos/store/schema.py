"""The schema, looked after: brought up to date, compared with what this release expects, asked for its revision."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, Engine

from atomicpos.errors import StoreUnavailable

from .catalogue import differences
from .connect import reading_engine, writing_engine
from .failures import told
from .location import Dialect, Location, locate
from .postgresql import UNBOUND
from .revision import HEAD, found, known

__all__ = ["HEAD", "Comparison", "bring_up_to_date", "check", "current", "existing", "migrations_path", "upgrade"]

_UPGRADE_LOCK = 0x61746F6D  # "atom"
"""The advisory lock that upgrades of one PostgreSQL database take: the second waits and then finds nothing to do."""

_UPGRADE_WAIT_S = 60
_alembic_runs = threading.Lock()
"""Alembic keeps its context in module globals: one upgrade at a time in a process."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A database beside this release's schema."""

    place: str
    revision: str | None
    """What the database is at; None when it is empty."""
    head: str = HEAD
    """What this release is at."""
    differing: tuple[str, ...] = ()
    """The columns, constraints and indexes that differ, where the revision is the same."""

    @property
    def difference(self) -> str | None:
        """One sentence on what differs, None when nothing does."""
        if self.revision != self.head:
            return f"the database {self.place} is at revision {self.revision}, this release at {self.head}"
        if self.differing:
            return f"the database {self.place} is at revision {self.head} but differs from it in {self.named}"
        return None

    @property
    def named(self) -> str:
        """The parts that differ, as a list to be read."""
        return ", ".join(self.differing)


def migrations_path() -> Path:
    """The folder of the migrations: inside the installed package, else (editable install) at the repository's top."""
    shipped = Path(str(files("atomicpos"))) / "migrations"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[3] / "alembic"


def upgrade(url: str) -> None:
    """Create the tables or bring them up to date, in one transaction. Several at once are fine.

    Raises StoreUnavailable when the database cannot be used, or is not ours to change; it is then as it was.
    """
    location = locate(url)
    with _transaction(writing_engine(location), location) as connection:
        if location.dialect is Dialect.POSTGRESQL:
            _wait_for_other_upgrades(connection)
        bring_up_to_date(connection, location.place)


def check(url: str) -> Comparison:
    """The database beside this release's schema, part by part. Raises StoreUnavailable when it cannot be read at all.

    On PostgreSQL the user needs the right to create a schema in it: one is made to compare with, and undone.
    """
    location = existing(url)
    reads = location.dialect is Dialect.SQLITE
    with _transaction(reading_engine(location) if reads else writing_engine(location), location) as connection:
        revision = found(connection, location.place)
        differing = differences(connection) if revision == HEAD else ()
        connection.rollback()
    return Comparison(location.place, revision, differing=differing)


def current(url: str) -> str | None:
    """The revision a database is at, None when it is empty. Raises StoreUnavailable when it cannot be read."""
    location = existing(url)
    with _transaction(reading_engine(location), location) as connection:
        return found(connection, location.place)


def existing(url: str) -> Location:
    """The place of a database that is there. Raises StoreUnavailable when it is not: reading creates no file."""
    location = locate(url)
    if location.dialect is Dialect.SQLITE and (location.path is None or not location.path.exists()):
        raise StoreUnavailable(f"there is no database {location.place} to read; the first open position creates it")
    return location


def bring_up_to_date(connection: Connection, place: str) -> None:
    """Run what is missing in the open transaction. Raises StoreUnavailable for a schema that is not ours to change."""
    if known(connection, place) != HEAD:
        with _alembic_runs:
            _migrate(connection, place)


@contextmanager
def _transaction(engine: Engine, location: Location) -> Iterator[Connection]:
    try:
        with told(location.place), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _wait_for_other_upgrades(connection: Connection) -> None:
    # as long as it takes, for that lock alone: who waits for a table makes everybody else wait for it as well
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql(UNBOUND)
    usual = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_UPGRADE_WAIT_S}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{usual}'")


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
