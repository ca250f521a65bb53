"""A database that cannot be used says what is wrong and what to do, and nothing is created or changed."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change
from atomicpos.store import SqlJournal, connect, open_journal, read_only, schema
from atomicpos.store.connect import reading_engine
from atomicpos.store.failures import told
from atomicpos.store.location import Location
from atomicpos.testing.samples import LEASE_US, StillClock, a_record, moved


async def opened(path: Path) -> SqlJournal:
    return await open_journal(f"sqlite:///{path}", StillClock(), rng=random.Random(1))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg2://bot:hunter2@db/a", r"'postgresql\+psycopg2://bot:\*\*\*@db/a' is of no kind we know"),
        ("sqlite+aiosqlite:///a.db", r"'sqlite\+aiosqlite:///a.db'.*'sqlite:///atomicpos.db'"),
        ("mysql://bot:hunter2@db/a?password=hunter2", r"'mysql://bot:\*\*\*@db/a' is of no kind we know"),
        ("postgresql://bot:hunter2@db", r"'postgresql://bot:\*\*\*@db' names no database; write it as in"),
        ("postgresql://bot:hunter2@db:many/a", "the database given is not a URL"),
        ("postgresql://[::1/a?password=hunter2", "the database given is not a URL"),
        ("atomicpos.db", "'atomicpos.db' is not a URL"),
        ("bot:hunter2@db", "the database given is not a URL"),
        ("", "'' is not a URL"),
        ("sqlite:////nowhere/at/all/a.db", "directory /nowhere/at/all of the database does not exist"),
        ("sqlite:////tmp", "/tmp is not a file"),
        ("sqlite:///a.db?mode=ro", "remove what follows the question mark"),
    ],
)
async def test_an_unusable_url_is_named(url: str, said: str) -> None:
    """What names neither a file in a directory that exists nor a database is refused, and no password is repeated."""
    with pytest.raises(StoreUnavailable, match=said) as refused:
        await open_journal(url, StillClock(), rng=random.Random(1))
    assert "hunter2" not in str(refused.value)


async def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    """A text file is refused, unchanged, and its name can be used once it is gone."""
    path = tmp_path / "a.db"
    path.write_text("symbol,price\n" * 100)
    with pytest.raises(StoreUnavailable, match="no SQLite database; give atomicpos a file of its own"):
        await opened(path)
    assert path.read_text() == "symbol,price\n" * 100
    path.unlink()
    await (await opened(path)).close()


async def test_a_read_only_file_is_explained(tmp_path: Path) -> None:
    """SQLite's refusal to write becomes a sentence about permissions."""
    await (await opened(tmp_path / "a.db")).close()
    engine = reading_engine(Location(tmp_path / "a.db"))
    with (
        pytest.raises(StoreUnavailable, match="read-only; give this user write permission"),
        told("a.db"),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM positions")
    engine.dispose()


async def test_an_up_to_date_database_opens_without_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start pays nothing for migrations, and the installation's four characters stay."""
    first = await opened(tmp_path / "a.db")
    await first.close()
    monkeypatch.setitem(sys.modules, "alembic", None)
    second = await open_journal(f"sqlite:///{tmp_path}/a.db", StillClock(), rng=random.Random(2))
    assert second.installation == first.installation
    await second.close()


async def test_names_with_odd_characters_are_files(tmp_path: Path) -> None:
    """Blanks and a number sign in the path change nothing."""
    journal = await opened(tmp_path / "my file #1.db")
    await journal.admit(Change(a_record()), LEASE_US)
    await journal.close()
    assert (tmp_path / "my file #1.db").exists()


async def test_reading_creates_no_file(tmp_path: Path) -> None:
    """``read_only`` and ``check`` of a database that is not there say so and leave the directory empty."""
    with pytest.raises(StoreUnavailable, match="there is no database"):
        await read_only(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(StoreUnavailable, match="there is no database"):
        schema.check(f"sqlite:///{tmp_path}/a.db")
    assert os.listdir(tmp_path) == []


async def test_reading_beside_a_writer(tmp_path: Path) -> None:
    """A reader sees what is committed while the writer has the file, and cannot write."""
    writer = await opened(tmp_path / "a.db")
    await writer.admit(Change(a_record()), LEASE_US)
    reader = await read_only(f"sqlite:///{tmp_path}/a.db")
    assert await reader.list() == (a_record(),)
    await writer.commit(Change(moved(a_record(), reason="seen")))
    assert [record.reason for record in await reader.list()] == ["seen"]
    with pytest.raises(StoreUnavailable, match="read-only"):
        await reader.commit(Change(moved(moved(a_record()))))
    await reader.close()
    await writer.close()


async def test_another_programs_write_lock_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write lock that does not go away is an unavailable store, not an endless wait, and the journal lives on."""
    monkeypatch.setattr(connect, "BUSY_S", 0)
    journal = await opened(tmp_path / "a.db")
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"locked.*another program"):
        await journal.admit(Change(a_record()), LEASE_US)
    other.close()
    await journal.admit(Change(a_record()), LEASE_US)
    await journal.close()


async def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    """What does not fit is an unavailable store; nothing of it is kept, and the journal goes on once there is room."""
    journal = await opened(tmp_path / "a.db")
    run = journal._writer.run
    await journal.admit(Change(a_record()), LEASE_US)
    await run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreUnavailable, match="the disk is full; free some space") as refused:
        await journal.commit(Change(moved(a_record(), reason="secret " * 10_000)))
    assert "secret" not in str(refused.value)
    assert "UPDATE" not in str(refused.value)
    assert "secret" not in str(refused.value.__cause__)
    assert await journal.load("p1") == a_record()
    await run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 100000"))
    await journal.commit(Change(moved(a_record(), reason="room again")))
    await journal.close()


async def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    """A file cut short is an unavailable store with the advice to restore it."""
    await (await opened(tmp_path / "a.db")).close()
    whole = (tmp_path / "a.db").read_bytes()
    (tmp_path / "b.db").write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with pytest.raises(StoreUnavailable, match="damaged; restore it"):
        await opened(tmp_path / "b.db")


async def test_commits_are_on_disk_when_they_return(tmp_path: Path) -> None:
    """Commits are FULL and logged ahead, foreign keys are kept, and a copy of the files has the row (F47)."""
    journal = await opened(tmp_path / "a.db")
    await journal.admit(Change(a_record()), LEASE_US)
    assert await journal._writer.run(_pragmas) == ["wal", 2, 1]
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"a.db{ending}", tmp_path / f"b.db{ending}")
    copy = await read_only(f"sqlite:///{tmp_path}/b.db")
    assert await copy.load("p1") == a_record()
    await copy.close()
    await journal.close()


def _pragmas(connection: Connection) -> list[object]:
    names = ("journal_mode", "synchronous", "foreign_keys")
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
