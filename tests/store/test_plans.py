"""What the journal asks costs as much with a million settled rows as with none: no table is read from end to end."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Journal
from atomicpos.store import open_journal
from atomicpos.store.connect import writing_engine
from atomicpos.store.location import locate
from atomicpos.testing.samples import LEASE_US, SCOPE, StillClock, a_record, admitted, claimant, moved, sent, settled

Asked = tuple[str, Any]


@contextmanager
def heard() -> Iterator[list[Asked]]:
    """Every statement that runs with its parameters, one row of them where there are many."""
    asked: list[Asked] = []

    def hear(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH", "INSERT")):
            asked.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def everything(journal: Journal) -> None:
    """Each thing that recovery and an open ask for, but for ``list``, which is for people."""
    rows = await admitted(journal, "one", "one", "gone")
    line, found = (JournalEntry(1, "act", "so"),), (Evidence.seen("1"),)
    await asyncio.gather(*(journal.commit(Change(moved(row), line, found)) for row in rows))
    await journal.commit(Change(settled(sent(moved(rows[1]), 5), 9), line, found))
    await journal.note("p1", line, found)
    asker = claimant("two", gone=("gone",))
    await journal.claim(asker, 5)
    await journal.claim_one(asker, "p2")
    await journal.renew(asker)
    await journal.release(asker)
    await journal.owners(SCOPE)
    await journal.load("p1")
    await journal.find_key(SCOPE, "k")
    await journal.find_orders(SCOPE, ["a", "b"])
    await journal.holding(SCOPE)
    await journal.settled_since(SCOPE, 5)
    await journal.newest_on(SCOPE, "S1/USDT:USDT")
    await journal.history("p1")
    with pytest.raises(Exception, match="p1"):
        await journal.admit(Change(a_record("p9", symbol="S1/USDT:USDT", idempotency_key="k")), LEASE_US)


def test_no_table_is_read_from_end_to_end(url: str) -> None:
    """Every statement finds its rows through an index, on SQLite and on PostgreSQL."""

    async def life() -> list[Asked]:
        journal = await open_journal(url, StillClock(), rng=random.Random(1))
        with heard() as asked:
            await everything(journal)
        await journal.close()
        return asked

    asked = asyncio.run(life())
    assert len(asked) > 30
    engine = writing_engine(locate(url))
    with engine.begin() as connection:
        whole = [statement for statement, given in asked if _reads_a_whole_table(connection, statement, given)]
    engine.dispose()
    assert whole == []


def _reads_a_whole_table(connection: Connection, statement: str, given: Any) -> bool:
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
        return any(step[3].startswith("SCAN") and _is_a_table(step[3]) for step in plan)
    # with so few rows it would read them all, had it the choice
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", given).all()
    return any("Seq Scan" in step[0] for step in plan)


def _is_a_table(step: str) -> bool:
    """What a statement made for itself may be gone through; a table, or an index of a whole table, may not."""
    return step.split()[1] in ("positions", "orders", "journal", "evidence")
