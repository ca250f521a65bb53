"""The writer thread: whole transactions, as few as may be, whoever stops waiting; no thread where a loop is inline."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cuts import Cuts
from sqlalchemy import Connection

from atomicpos.errors import StoreUnavailable
from atomicpos.models import JournalEntry
from atomicpos.ports import Change
from atomicpos.sim.loop import run
from atomicpos.store import SqlJournal, open_journal, rounds
from atomicpos.testing.samples import LEASE_US, SCOPE, StillClock, a_record, admitted, claimant, moved


async def opened(path: Path) -> SqlJournal:
    return await open_journal(f"sqlite:///{path}", StillClock(), rng=random.Random(1))


async def test_a_cancelled_caller_stops_only_its_waiting(tmp_path: Path) -> None:
    """A commit whose caller is cancelled while it runs, or waits for its turn, is carried out all the same."""
    journal = await opened(tmp_path / "a.db")
    gate, reached = threading.Event(), threading.Event()

    def block(_: Connection) -> None:
        reached.set()
        gate.wait(10)

    blocking = asyncio.create_task(journal._writer.run(block))
    await asyncio.to_thread(reached.wait, 10)
    waiting = asyncio.create_task(journal.admit(Change(a_record()), LEASE_US))
    await asyncio.sleep(0)
    for task in (blocking, waiting):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    gate.set()
    assert await journal.load("p1") == a_record()
    await journal.close()


async def test_the_error_of_a_job_nobody_waits_for_is_not_shouted(tmp_path: Path) -> None:
    """A cancelled caller's job that fails later reaches no exception hook of the loop."""
    journal = await opened(tmp_path / "a.db")
    shouted: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: shouted.append(context))
    gate = threading.Event()
    task = asyncio.create_task(journal._writer.run(lambda _: gate.wait(10) and 1 // 0))
    await asyncio.sleep(0)
    task.cancel()
    gate.set()
    await journal.close()
    assert shouted == []


async def test_closing_waits_for_what_was_handed_in(tmp_path: Path) -> None:
    """A commit on its way when the journal closes is in the file; a later one is refused."""
    journal = await opened(tmp_path / "a.db")
    on_its_way = asyncio.create_task(journal.admit(Change(a_record()), LEASE_US))
    await asyncio.sleep(0)
    await journal.close()
    await on_its_way
    with pytest.raises(StoreUnavailable, match="closed"):
        await journal.commit(Change(moved(a_record())))
    again = await opened(tmp_path / "a.db")
    assert await again.load("p1") == a_record()
    await again.close()


async def test_a_job_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """An error anywhere in a transaction undoes all of it."""
    journal = await opened(tmp_path / "a.db")

    def half(connection: Any) -> None:
        connection.exec_driver_sql("INSERT INTO installation VALUES (1, 'x', 1) ON CONFLICT DO UPDATE SET code = 'x'")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await journal._writer.run(half)
    code = await journal._writer.run(lambda c: c.exec_driver_sql("SELECT code FROM installation").scalar())
    assert code == journal.installation
    await journal.close()


@asynccontextmanager
async def held(journal: SqlJournal) -> AsyncIterator[None]:
    """The writer's thread is busy: whatever is handed in meanwhile waits."""
    gate, reached = threading.Event(), threading.Event()
    busy = asyncio.ensure_future(journal._writer.run(lambda _: reached.set() or gate.wait(10)))
    await asyncio.to_thread(reached.wait, 10)
    yield
    gate.set()
    await busy


async def handed_in(*calls: Coroutine[Any, Any, Any]) -> asyncio.Future[list[Any]]:
    """The calls' answers to come, once all of them wait for the thread."""
    waiting = asyncio.gather(*calls, return_exceptions=True)
    for _ in range(3):
        await asyncio.sleep(0)
    return waiting


async def test_what_waits_goes_together(url: str) -> None:
    """Admissions, commits, notes and readings that wait while the thread works take one transaction for all writes."""
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    rows = await admitted(journal, *["one"] * 20)
    cuts, line = Cuts(journal), JournalEntry(1, "act", "so")
    async with held(journal):
        waiting = await handed_in(
            *(journal.commit(Change(moved(row), (line,))) for row in rows),
            *(journal.admit(Change(a_record(f"q{n}", symbol=f"T{n}/USDT:USDT")), LEASE_US) for n in range(20)),
            journal.holding(SCOPE),
        )
        cuts.plan([])
    *written, holding = await waiting
    assert written == [None] * 40
    assert sorted(row.version for row in holding) == [1] * 20 + [2] * 20
    assert cuts.commits == 2, "what held the thread, and the writes; a reading has nothing to commit"
    await journal.close()


async def test_what_is_read_at_once_is_read_in_one_transaction(url: str) -> None:
    """Reads that wait together share a transaction; one that fails is told so, and the others are answered."""
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    rows = await admitted(journal, "one", "one")
    cuts = Cuts(journal)
    cuts.plan(())
    async with held(journal):
        reading = await handed_in(journal.load("p1"), journal.holding(SCOPE), journal.load("p2"), journal.load("p3"))
    assert await reading == [rows[0], tuple(rows), rows[1], None]
    assert cuts.commits <= 2  # of what held the journal, and theirs
    async with held(journal):
        reading = await handed_in(journal.load("p1"), journal._writer.read(lambda _: 1 // 0), journal.load("p2"))
    answers = await reading
    assert [answers[0], answers[2]] == [rows[0], rows[1]]
    assert isinstance(answers[1], ZeroDivisionError)
    await journal.close()


async def test_one_row_is_written_once_in_a_batch(url: str) -> None:
    """Two writes to one row never meet in one transaction, and keep their order; the other rows do not wait for it."""
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    rows = await admitted(journal, *["one"] * 5)
    cuts = Cuts(journal)
    second, third = moved(rows[0]), moved(moved(rows[0]))
    async with held(journal):
        waiting = await handed_in(
            *(journal.commit(Change(moved(row))) for row in rows),
            journal.commit(Change(third, (JournalEntry(3, "act", "third"),))),
            journal.note("p1", [JournalEntry(4, "act", "noted")], []),
        )
        cuts.plan([])
    assert await waiting == [None] * 7
    assert cuts.commits == 4
    assert await journal.load("p1") == third != second
    assert [line.at_us for line in (await journal.history("p1")).entries] == [3, 4]
    await journal.close()


async def test_a_crowd_is_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction grows without bound: what waits beyond its size goes with the next one."""
    monkeypatch.setattr(rounds, "WRITES_AT_ONCE", 10)
    journal = await opened(tmp_path / "a.db")
    cuts = Cuts(journal)
    cuts.plan([])
    await admitted(journal)
    new = (a_record(f"q{n}", symbol=f"T{n}/USDT:USDT") for n in range(35))
    await asyncio.gather(*(journal.admit(Change(row), LEASE_US) for row in new))
    assert cuts.commits == 4
    await journal.close()


def test_a_journal_outlives_its_loop(tmp_path: Path) -> None:
    """A loop that ended in the middle of a commit leaves a journal that the next loop can use, and close."""
    path = tmp_path / "a.db"
    with asyncio.Runner() as first:
        journal = first.run(opened(path))
        first.get_loop().call_soon(lambda: first.get_loop().create_task(journal.admit(Change(a_record()), LEASE_US)))
        first.run(asyncio.sleep(0))

    async def later() -> None:
        await journal.commit(Change(moved(a_record())))
        assert await journal.load("p1") == moved(a_record())
        await journal.close()

    asyncio.run(later())


class InlineLoop(asyncio.SelectorEventLoop):
    """Runs executor jobs at once, as a simulation's loop does."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def test_a_loop_may_run_the_store_inline(tmp_path: Path) -> None:
    """On a loop whose executor runs inline the whole journal works without starting a thread."""
    before = set(threading.enumerate())

    async def life() -> None:
        journal = await opened(tmp_path / "a.db")
        await journal.admit(Change(a_record()), LEASE_US)
        await journal.commit(Change(moved(a_record())))
        assert set(threading.enumerate()) <= before
        await journal.close()

    with asyncio.Runner(loop_factory=InlineLoop) as runner:
        runner.run(life())


def test_the_store_works_in_virtual_time(tmp_path: Path) -> None:
    """On the simulation's loop no thread is started, and callers that are ready together are written together."""
    before = set(threading.enumerate())

    async def life() -> None:
        journal = await opened(tmp_path / "a.db")
        rows = await admitted(journal, *["one"] * 10)
        cuts = Cuts(journal)
        cuts.plan([])
        await asyncio.gather(*(journal.commit(Change(moved(row))) for row in rows))
        assert cuts.commits == 1
        assert len(await journal.claim(claimant("two", gone=("one",)), 4)) == 4
        assert set(threading.enumerate()) <= before
        await journal.close()

    run(life)
