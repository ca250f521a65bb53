"""A connection to PostgreSQL that is lost, whenever and however, is told as such and made anew."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy.engine import make_url

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change
from atomicpos.store import SqlJournal, open_journal, postgresql
from atomicpos.store.connect import writing_engine
from atomicpos.store.failures import connection_lost, told
from atomicpos.store.location import locate
from atomicpos.testing.postgres import Databases, Postgres, Shutdown
from atomicpos.testing.samples import LEASE_US, StillClock, a_record


async def opened(url: str) -> SqlJournal:
    return await open_journal(url, StillClock(), rng=random.Random(1))


@pytest.mark.process
@pytest.mark.parametrize("how", [*Shutdown, None])
async def test_a_server_that_was_restarted_is_used_again(own: Postgres, own_url: str, how: Shutdown | None) -> None:
    """Stopped fast, stopped at once or killed, the next call after its restart finds what was committed."""
    journal = await opened(own_url)
    await journal.admit(Change(a_record()), LEASE_US)
    if how is None:
        own.kill()
    else:
        own.stop(how)
    with pytest.raises(StoreUnavailable, match="no server listens there"):
        await journal.load("p1")
    own.start()
    assert await journal.load("p1") is not None
    await journal.close()


async def test_a_cut_connection_is_made_anew(postgres: Databases, postgres_url: str) -> None:
    """A connection that was cut while nobody used it costs nobody an error."""
    journal = await opened(postgres_url)
    for _ in range(3):
        _cut(postgres, postgres_url)
        assert await journal.list() == ()
    await journal.close()


def test_a_connection_that_stands_is_kept(postgres_url: str) -> None:
    """One transaction after another goes over the same connection."""
    engine = writing_engine(locate(postgres_url))
    asked = "SELECT pg_backend_pid()"
    served = set()
    for _ in range(5):
        with engine.begin() as connection:
            served.add(connection.exec_driver_sql(asked).scalar())
    assert len(served) == 1
    engine.dispose()


def _cut(postgres: Databases, url: str) -> None:
    name = make_url(url).database
    cut = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    assert postgres.execute(cut) == [(True,)]


@pytest.mark.parametrize("before_commit", [False, True])
def test_a_lost_connection_can_be_told(postgres: Databases, postgres_url: str, before_commit: bool) -> None:
    """Cut before a statement or before COMMIT, the error says that the connection is lost, wrapped or not."""
    engine = writing_engine(locate(postgres_url))

    def cut_half_way() -> None:
        with told("here"), engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
            _cut(postgres, postgres_url)
            if not before_commit:
                connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable, match="went away or was restarted") as refused:
        cut_half_way()
    assert connection_lost(refused.value)
    assert refused.value.__cause__ is not None
    assert connection_lost(refused.value.__cause__)
    engine.dispose()


@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELECT nonsense", "INSERT INTO installation VALUES (2, 'x', 1)"])
def test_an_ordinary_error_is_no_lost_connection(url: str, statement: str) -> None:
    """A statement that the database refuses leaves the connection as it is."""
    if url.startswith("sqlite") and "/0" in statement:
        statement = "SELECT * FROM nowhere"
    engine = writing_engine(locate(url))
    with pytest.raises(StoreUnavailable) as refused, told("here"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert not connection_lost(refused.value)
    assert statement not in str(refused.value)
    engine.dispose()


async def test_a_caller_that_is_cancelled_while_opening_leaves_no_connection(
    postgres: Databases, postgres_url: str
) -> None:
    """Cancelled in the middle of opening, nothing stays connected."""
    opening = asyncio.create_task(opened(postgres_url))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    name = make_url(postgres_url).database
    assert postgres.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'") == [(0,)]


def test_a_transaction_that_is_left_open_is_undone(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that stops in the middle of a transaction loses it, so that its rows are free for a successor."""
    monkeypatch.setitem(postgresql._SETTINGS, "idle_in_transaction_session_timeout", "50ms")
    engine, other = writing_engine(locate(postgres_url)), writing_engine(locate(postgres_url))

    def stops_half_way() -> None:
        with told("here"), engine.begin() as connection:
            connection.exec_driver_sql("LOCK TABLE positions IN EXCLUSIVE MODE")
            with other.begin() as successor:
                successor.exec_driver_sql("LOCK TABLE positions IN EXCLUSIVE MODE")
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable, match=r"went away|we were stopped") as refused:
        stops_half_way()
    assert connection_lost(refused.value)
    for one in (engine, other):
        one.dispose()


def test_a_transaction_stopped_with_statements_under_way_is_undone(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is stopped between statements that it sends at once loses its transaction as well."""
    monkeypatch.setattr(postgresql, "_BOUND", postgresql._BOUND.replace(f"{postgresql.TRANSACTION_MS}ms", "500ms"))
    engine, other = writing_engine(locate(postgres_url)), writing_engine(locate(postgres_url))
    connection = engine.connect()
    driver = connection.connection.driver_connection
    assert driver is not None
    with suppress(psycopg.OperationalError), driver.pipeline():  # what it meets when it goes on
        # no end of the pipeline is sent: the server waits for more, and takes the session for a busy one
        driver.execute("LOCK TABLE positions IN EXCLUSIVE MODE")
        asked = driver.execute("SELECT state FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        assert asked.fetchone() == ("active",)
        with other.begin() as successor:
            successor.exec_driver_sql("LOCK TABLE positions IN EXCLUSIVE MODE")
    connection.invalidate()
    for one in (engine, other):
        one.dispose()
