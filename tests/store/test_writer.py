"""The writer thread: whole transactions, whoever stops waiting, and no thread at all under a loop that runs inline."""

import asyncio
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change
from atomicpos.store import SqlJournal, open_journal
from atomicpos.testing.samples import LEASE_US, StillClock, a_record, moved


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
