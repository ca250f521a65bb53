"""A PostgreSQL server that cannot be used is explained in a sentence; one that can is asked for what we need."""

from __future__ import annotations

import random
import sys

import pytest
from raw import Raw
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change
from atomicpos.store import SqlJournal, open_journal, postgresql, schema
from atomicpos.store.connect import reading_engine, writing_engine
from atomicpos.store.location import locate
from atomicpos.testing.postgres import Postgres, shown
from atomicpos.testing.samples import LEASE_US, StillClock, a_record


async def opened(url: str) -> SqlJournal:
    return await open_journal(url, StillClock(), rng=random.Random(1))


def _url(own: Postgres, **changes: str) -> str:
    return shown(make_url(own.url).set(**changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "bot", "password": "hunter3"}, "password authentication failed.*right user and password"),
        ({"username": "bot"}, "no password supplied.*give a password in the URL"),
        ({"username": "banned"}, "pg_hba.conf rejects.*add a line to its pg_hba.conf"),
        ({"username": "nobody_of_that_name"}, "no pg_hba.conf entry"),
        ({"database": "trades"}, 'database "trades" does not exist.*createdb'),
        ({"host": "/nowhere"}, "No such file or directory.*no server listens there"),
        ({"host": "127.0.0.1", "port": "1"}, "Connection refused.*no server listens there"),
        ({"host": "no.such.host.invalid"}, "host 'no.such.host.invalid'.*name is unknown"),
    ],
)
async def test_who_is_not_let_in_is_told_why(own: Postgres, changes: dict[str, str], said: str) -> None:
    """A wrong password, user, database or server is one sentence with what to do, and no password in it."""
    url = make_url(own.url)
    if "host" in changes:
        url = url.set(query={}, host=changes["host"].strip("/") or None)
        url = url.set(query={"host": changes["host"], "port": changes.get("port", "5432")}, host=None)
        changes = {}
    with pytest.raises(StoreUnavailable, match=said) as refused:
        await opened(shown(url.set(**changes)))
    assert "hunter" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_the_right_password_opens(own: Postgres, own_url: str) -> None:
    """A user with a password and rights on the tables works as the owner does, but may not upgrade or check."""
    name = make_url(own_url).database
    for table in (*Raw(own_url).execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),):
        own.execute(f"GRANT ALL ON {table[0]} TO bot", own_url)
    url = _url(own, username="bot", password="hunter2", database=str(name))
    journal = await opened(url)
    await journal.admit(Change(a_record()), LEASE_US)
    await journal.close()
    assert "hunter2" not in journal.place
    with pytest.raises(StoreUnavailable, match=r"permission denied.*grant it the right"):
        schema.check(url)


async def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg a PostgreSQL URL names the extra to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreUnavailable, match=r"run \"pip install 'atomicpos\[postgresql\]'\""):
        await opened("postgresql://bot@db/trades")


def _asked(engine: Engine, *names: str) -> list[str]:
    with engine.begin() as connection:
        return [str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names]


def test_commits_are_on_disk_and_waits_have_an_end(postgres_url: str) -> None:
    """Whatever the database's own defaults, our commits wait for the disk and our waits end."""
    raw = Raw(postgres_url)
    name = make_url(postgres_url).database
    for setting in ("synchronous_commit = off", "default_transaction_isolation = 'serializable'"):
        raw.execute(f'ALTER DATABASE "{name}" SET {setting}')
    writing, reading = writing_engine(locate(postgres_url)), reading_engine(locate(postgres_url))
    asked = ("synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_isolation")
    assert _asked(writing, *asked) == ["on", "5s", "5s", "read committed"]
    assert _asked(writing, "statement_timeout", "application_name") == ["10s", "atomicpos"]
    assert _asked(reading, "transaction_isolation", "transaction_read_only") == ["repeatable read", "on"]
    writing.dispose()
    reading.dispose()


def test_a_stricter_promise_is_kept(postgres_url: str) -> None:
    """Where commits wait for more than the disk, they go on doing so."""
    raw = Raw(postgres_url)
    raw.execute(f'ALTER DATABASE "{make_url(postgres_url).database}" SET synchronous_commit = remote_apply')
    engine = writing_engine(locate(postgres_url))
    assert _asked(engine, "synchronous_commit") == ["remote_apply"]
    engine.dispose()


async def test_another_programs_lock_is_explained(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that does not go away is an unavailable store, not an endless wait, and the journal lives on."""
    monkeypatch.setitem(postgresql._SETTINGS, "lock_timeout", "50ms")
    journal = await opened(postgres_url)
    other = writing_engine(locate(postgres_url))
    with other.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE positions IN EXCLUSIVE MODE")
        with pytest.raises(StoreUnavailable, match=r"lock timeout.*another program holds a lock"):
            await journal.admit(Change(a_record()), LEASE_US)
    other.dispose()
    await journal.admit(Change(a_record()), LEASE_US)
    await journal.close()


async def test_a_statement_without_end_is_ended(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes too long is an unavailable store."""
    monkeypatch.setitem(postgresql._WRITING, "statement_timeout", "50ms")
    journal = await opened(postgres_url)
    with pytest.raises(StoreUnavailable, match=r"statement timeout.*did not answer in time"):
        await journal._writer.run(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(10)"))
    await journal.close()


async def test_a_full_table_of_users_is_explained(own: Postgres) -> None:
    """A server, database or user that has no connection left says what to raise."""
    url = own.new_database()
    own.execute(f'ALTER DATABASE "{make_url(url).database}" CONNECTION LIMIT 0')
    own.execute(f'ALTER DATABASE "{make_url(url).database}" OWNER TO bot')
    with pytest.raises(StoreUnavailable, match=r"too many connections.*max_connections"):
        await opened(_url(own, username="bot", password="hunter2", database=str(make_url(url).database)))


async def test_a_replica_is_explained(own_url: str) -> None:
    """A server that takes no writes is named as such."""
    journal = await opened(own_url)

    def as_on_a_replica(connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql("DELETE FROM positions")

    with pytest.raises(StoreUnavailable, match=r"read-only transaction.*name the primary server"):
        await journal._writer.run(as_on_a_replica)
    await journal.close()


async def test_text_with_a_zero_byte_is_kept_readable(postgres_url: str) -> None:
    """PostgreSQL's text holds no zero byte: one in a reason is stored as U+FFFD, and the row is stored."""
    journal = await opened(postgres_url)
    await journal.admit(Change(a_record(idempotency_key="a\0b\ud800")), LEASE_US)
    (found,) = await journal.list()
    assert found.intent.idempotency_key == "a\ufffdb?"
    await journal.close()
