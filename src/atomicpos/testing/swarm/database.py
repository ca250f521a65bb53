"""A real SQLite file of its own for each world, whose connections can be made to fail as connections do.

The shipped store runs unchanged: its SQL, its rounds, its writer; only what ``sqlite3`` hands out is a connection that
knows how its process stands with the database. The schema is made once, by the shipped migrations, and copied.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ...store import connect as connect_
from ...store.schema import upgrade

MEMORY = Path("/dev/shm")
"""Where files cost no disk, on Linux: a commit is then as durable as the world that it belongs to."""


@dataclass(slots=True)
class Standing:
    """How one process stands with the database."""

    path: Path
    cut: bool = False
    """Nothing can be read or written."""
    unanswered: int = 0
    """So many commits more are carried out, and their answers lost."""
    failures: int = 0
    """How often a statement or a commit failed for it."""
    connections: list[sqlite3.Connection] = field(default_factory=list)

    def check(self) -> None:
        """Raise what SQLite raises for a disk that does not answer, while cut off."""
        if self.cut:
            self.failures += 1
            raise sqlite3.OperationalError("disk I/O error")


STANDING: ContextVar[Standing] = ContextVar("standing")
"""Of the process that is running."""


class _Cursor(sqlite3.Cursor):
    def execute(self, *given: Any) -> Any:
        self.connection.standing.check()  # type: ignore[attr-defined]
        return super().execute(*given)

    def executemany(self, *given: Any) -> Any:
        self.connection.standing.check()  # type: ignore[attr-defined]
        return super().executemany(*given)


class _Connection(sqlite3.Connection):
    """A connection that fails while its process is cut off."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.standing = STANDING.get()
        super().__init__(*given, **named)

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        self.standing.check()
        super().commit()
        if self.standing.unanswered > 0:
            self.standing.unanswered -= 1
            self.standing.failures += 1
            raise sqlite3.OperationalError("disk I/O error")


def _connect(path: Path | None, mode: str) -> sqlite3.Connection:
    """As the store connects, for the process that is running: an engine may have served another world before."""
    standing = STANDING.get()
    standing.check()
    opened: _Connection = sqlite3.connect(
        f"file:{standing.path}?mode={mode}", timeout=0, isolation_level=None, check_same_thread=False, uri=True,
        factory=_Connection,
    )
    standing.connections.append(opened)
    return opened


class Engines:
    """Engines of worlds that are over serve again: each has compiled the store's statements once and for all."""

    def __init__(self) -> None:
        self._make = connect_._file_engine
        self._free: list[Engine] = []
        self._used: list[Engine] = []

    def engine(self, path: Path | None, mode: str, pragmas: tuple[str, ...], begin: str) -> Engine:
        """Takes the place of the store's own maker of engines."""
        engine = self._free.pop() if self._free else self._make(path, mode, pragmas, begin)
        self._used.append(engine)
        return engine

    @contextmanager
    def serve(self) -> Iterator[None]:
        """While this lasts, the store's connections to SQLite files fail as their process's standing says."""
        shipped = connect_._connect
        connect_._connect, connect_._file_engine = _connect, self.engine
        try:
            yield
        finally:
            connect_._connect, connect_._file_engine = shipped, self._make
            for engine in self._used:
                engine.dispose()
            self._free += self._used
            self._used = []


ENGINES = Engines()
"""Of this process."""


@contextmanager
def new_database() -> Iterator[Path]:
    """A file with this release's schema, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="swarm-", dir=_folder()))
    path = folder / "world.db"
    shutil.copyfile(_template(), path)
    try:
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> str:
    return str(MEMORY) if os.access(MEMORY, os.W_OK) else tempfile.gettempdir()


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="swarm-schema-", dir=_folder())) / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


def forget_template() -> None:
    """Remove this process's schema file."""
    if _template.cache_info().currsize:
        shutil.rmtree(_template().parent, ignore_errors=True)
        _template.cache_clear()


def close_all(standing: Standing) -> None:
    """Close whatever connections of a process are still open."""
    for connection in standing.connections:
        with suppress(sqlite3.Error):
            connection.close()


_CONTENT = (
    "SELECT * FROM positions ORDER BY id",
    "SELECT * FROM orders ORDER BY position_id, leg, attempt",
    "SELECT * FROM journal ORDER BY position_id, seq",
    "SELECT * FROM evidence ORDER BY position_id, seq",
)


def content(path: Path) -> Iterator[str]:
    """Every stored row, one line each."""
    connection = sqlite3.connect(path)
    try:
        for statement in _CONTENT:
            for row in connection.execute(statement):
                yield repr(row)
    finally:
        connection.close()
