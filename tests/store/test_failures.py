"""Whatever a database says, the user reads one sentence with what to do, and nothing of what was stored."""

from __future__ import annotations

import sqlite3

import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from atomicpos.errors import StoreUnavailable
from atomicpos.store.failures import connection_lost, sentence, told


def wrapped(error: Exception, *, cut: bool = False) -> DBAPIError:
    """As SQLAlchemy raises it, statement and parameters included."""
    return DBAPIError("SELECT secret", {"key": "secret"}, error, connection_invalidated=cut)


SAID = {
    errors.DiskFull: "the disk is full; free some space",
    errors.IoError: "the disk failed or is full",
    errors.InsufficientPrivilege: "grant it the right",
    errors.TooManyConnections: "raise its max_connections",
    errors.DeadlockDetected: "another process was at the same rows; nothing was stored",
    errors.SerializationFailure: "another process was at the same rows; nothing was stored",
    errors.CheckViolation: "breaks a rule of the schema and was not stored",
    errors.UniqueViolation: "contradicts another row and was not stored",
    errors.CannotConnectNow: "starting or shutting down; try again in a moment",
    errors.AdminShutdown: "went away or was restarted",
    errors.CrashShutdown: "went away or was restarted",
    errors.ConnectionFailure: "went away or was restarted",
    errors.DatabaseDropped: "the database was dropped",
    errors.IdleInTransactionSessionTimeout: "stopped in the middle of a transaction",
    errors.UndefinedTable: "run 'atomicpos db check'",
    errors.OutOfMemory: "out of memory",
    errors.UntranslatableCharacter: "create it with ENCODING 'UTF8'",
}


@pytest.mark.parametrize(("kind", "advice"), SAID.items(), ids=[kind.__name__ for kind in SAID])
def test_postgresql_is_understood_by_its_codes(kind: type[Exception], advice: str) -> None:
    """Whatever language the server speaks, its code tells what to do; the lines that show values are left out."""
    said = sentence("db:5432/trades", wrapped(kind("etwas ging schief\nDETAIL: Failing row contains (secret)")))
    assert said.startswith("the database db:5432/trades cannot be used (etwas ging schief): ")
    assert advice in said
    assert "secret" not in said


LOST = (errors.AdminShutdown, errors.CrashShutdown, errors.ConnectionFailure, errors.IdleInTransactionSessionTimeout)


@pytest.mark.parametrize("kind", SAID, ids=[kind.__name__ for kind in SAID])
def test_a_lost_connection_is_told_apart(kind: type[Exception]) -> None:
    """What ends a connection is told from what only ends a statement."""
    assert connection_lost(wrapped(kind("x"))) == (kind in LOST or kind is errors.CannotConnectNow)
    assert connection_lost(wrapped(kind("x"), cut=True))


def test_only_the_database_is_told() -> None:
    """An error of SQLite becomes StoreUnavailable with its cause; one of the program's own passes as it is."""
    with pytest.raises(StoreUnavailable, match="free some space") as refused, told("a.db"):
        raise sqlite3.OperationalError("database or disk is full")
    assert isinstance(refused.value.__cause__, sqlite3.OperationalError)
    assert not connection_lost(refused.value)
    with pytest.raises(ZeroDivisionError), told("a.db"):
        raise ZeroDivisionError
    assert not connection_lost(ZeroDivisionError())
