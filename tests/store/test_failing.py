"""What a database that fails for a while does to those who wait for it, and that it is used again afterwards."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cuts import engine_of
from raw import Raw
from sqlalchemy import Connection, Engine, create_engine, text

from atomicpos.errors import StoreUnavailable
from atomicpos.evidence import Evidence
from atomicpos.ports import Change, Journal
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal
from atomicpos.testing.samples import LEASE_US, SCOPE, StillClock, a_record, admitted, claimant, moved, owned

SOON_MS = 40


@pytest.fixture
async def journal(url: str) -> AsyncIterator[SqlJournal]:
    """One that waits for no lock longer than an instant."""
    opened = await open_journal(url, StillClock(), rng=random.Random(1))
    sqlite = engine_of(opened).dialect.name == "sqlite"
    await tell(opened, f"PRAGMA busy_timeout = {SOON_MS}" if sqlite else f"SET lock_timeout = '{SOON_MS}ms'")
    yield opened
    await opened.close()


async def tell(journal: SqlJournal, statement: str) -> None:
    def run(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    await journal._writer.run(run)


@contextmanager
def locked(url: str, position_id: str) -> Iterator[None]:
    """Another program writes to that row, and takes its time."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execute(text("UPDATE positions SET reason = 'theirs' WHERE id = :id"), {"id": position_id})
        yield
        connection.rollback()
    engine.dispose()


@contextmanager
def begun(engine: Engine) -> Iterator[list[str]]:
    """Collects the statements with which SQLite is asked to begin transactions that write."""
    asked: list[str] = []

    def hear(statement: str) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            asked.append(statement)

    connection: Any = engine.raw_connection()
    connection.set_trace_callback(hear)
    try:
        yield asked
    finally:
        connection.set_trace_callback(None)
        connection.close()


async def test_a_locked_row_is_told_and_moved_later(journal: SqlJournal, url: str) -> None:
    """Who moves a row that another program holds hears StoreUnavailable in time, and succeeds when it is free."""
    (row,) = await admitted(journal, "one")
    with locked(url, "p1"), pytest.raises(StoreUnavailable, match="lock"):
        await journal.commit(Change(moved(row)))
    await journal.commit(Change(moved(row)))
    assert await journal.load("p1") == moved(row)


async def test_a_locked_file_is_tried_once(tmp_path: Path) -> None:
    """Thirty that wait behind a locked SQLite file wait together: it is tried once, not thirty times."""
    url = f"sqlite:///{tmp_path}/a.db"
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    await tell(journal, f"PRAGMA busy_timeout = {SOON_MS}")
    rows = await admitted(journal, *["one"] * 30)
    with locked(url, "p1"), begun(engine_of(journal)) as tries:
        results = await asyncio.gather(*(journal.commit(Change(moved(r))) for r in rows), return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailable] * 30
    assert len(tries) == 1
    await asyncio.gather(*(journal.commit(Change(moved(row))) for row in rows))
    await journal.close()


async def test_on_a_server_only_the_locked_row_waits(postgres_url: str) -> None:
    """Of ten commits in one transaction the nine on free rows are stored, and a claim passes the locked row by."""
    journal = await open_journal(postgres_url, StillClock(), rng=random.Random(1))
    await tell(journal, f"SET lock_timeout = '{SOON_MS}ms'")
    rows = await admitted(journal, *["one"] * 10)
    with locked(postgres_url, "p4"):
        results = await asyncio.gather(*(journal.commit(Change(moved(r))) for r in rows), return_exceptions=True)
        assert [n for n, result in enumerate(results, 1) if result] == [4]
        taken = await journal.claim(claimant("two", gone=("one",)), 20)
        assert {(row.id, row.version) for row in taken} == {(row.id, 2) for row in rows if row.id != "p4"}
    await journal.close()


async def test_reading_waits_for_nobody(journal: SqlJournal, url: str) -> None:
    """While another program writes everything can be read, as it was before."""
    (row,) = await admitted(journal, "one")
    with locked(url, "p1"):
        assert await journal.load("p1") == row
        assert await journal.holding(SCOPE) == (row,)
        assert await journal.list() == (row,)
        assert await journal.owners(SCOPE) == {"one"}
        assert (await journal.history("p1")).entries == ()


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What does not fit is refused as StoreUnavailable, what fits is stored, and with room again all is as before."""
    journal = await open_journal(f"sqlite:///{tmp_path}/a.db", StillClock(), rng=random.Random(1))
    rows = await admitted(journal, *["one"] * 5)
    await tell(journal, "PRAGMA max_page_count = 60")
    large = replace(Evidence.unknown("a long answer"), raw="x" * 1_000_000)
    changes = [Change(moved(row), evidence=(large,) if row.id == "p3" else ()) for row in rows]
    results = await asyncio.gather(*map(journal.commit, changes), return_exceptions=True)
    assert [n for n, result in enumerate(results, 1) if result] == [3]
    assert isinstance(results[2], StoreUnavailable)
    assert "free some space" in str(results[2])
    await tell(journal, "PRAGMA max_page_count = 1000000")
    assert await journal.load("p3") == rows[2]
    await journal.commit(changes[2])
    assert (await journal.history("p3")).evidence == (large,)
    await journal.close()


async def test_an_open_on_a_full_disk_takes_no_slot(tmp_path: Path) -> None:
    """A row that did not fit is not there: its slot and its key are free."""
    journal = await open_journal(f"sqlite:///{tmp_path}/a.db", StillClock(), rng=random.Random(1))
    await tell(journal, "PRAGMA max_page_count = 60")
    large = replace(Evidence.unknown("a long answer"), raw="x" * 1_000_000)
    with pytest.raises(StoreUnavailable):
        await journal.admit(Change(a_record(idempotency_key="k"), evidence=(large,)), LEASE_US)
    assert await journal.find_key(SCOPE, "k") is None
    await journal.admit(Change(a_record("p2", idempotency_key="k")), LEASE_US)
    await journal.close()


async def test_a_row_is_read_at_one_moment(journal: SqlJournal, url: str) -> None:
    """While another process moves a row on and on, whoever reads it gets each version with the orders it had."""
    other = await open_journal(url, StillClock(), rng=random.Random(1))
    row = owned(a_record())
    await other.admit(Change(row), LEASE_US)

    async def drive(row: Record) -> None:
        for _ in range(60):
            row = moved(row.with_order(replace(row.entry, sends=row.version + 1)))
            await other.commit(Change(row))

    driving = asyncio.ensure_future(drive(row))
    seen = set()
    while not driving.done():
        seen |= {(found.version - 1, found.entry.sends) for found in await _both(journal) if found.version > 1}
    await driving
    assert seen
    assert all(sends == version + 1 for version, sends in seen)
    await other.close()


async def _both(journal: Journal) -> list[Record]:
    loaded = await journal.load("p1")
    return [*([loaded] if loaded else []), *await journal.holding(SCOPE)]


def test_nothing_of_a_refused_batch_stays(url: str) -> None:
    """A lie among rows that are admitted together leaves no order, line or finding behind it."""

    async def life() -> None:
        journal = await open_journal(url, StillClock(), rng=random.Random(1))
        lie = replace(a_record("p2", symbol="S2/USDT:USDT"), fence=-1)
        admissions = (journal.admit(Change(row, evidence=(Evidence.seen("1"),)), LEASE_US) for row in (a_record(), lie))
        results = await asyncio.gather(*admissions, return_exceptions=True)
        assert [type(result) for result in results] == [type(None), StoreUnavailable]
        await journal.close()

    asyncio.run(life())
    for table in ("orders", "evidence"):
        assert Raw(url).execute(f"SELECT DISTINCT position_id FROM {table}") == [("p1",)]
