"""Several processes on one database: opening it new at once, writing side by side, and one of them killed."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from atomicpos.ports import Change
from atomicpos.store import SqlJournal, open_journal, schema
from atomicpos.testing.samples import LEASE_US, StillClock, a_record

OPEN = """
import asyncio, random, sys
from atomicpos.ports import Change
from atomicpos.store import open_journal
from atomicpos.testing.samples import LEASE_US, StillClock, a_record

async def main(url, number):
    print("ready", flush=True)
    sys.stdin.readline()
    journal = await open_journal(url, StillClock(), rng=random.Random(int(number)))
    for n in range(5):
        record = a_record(f"p{number}.{n}", symbol=f"S{number}.{n}/USDT:USDT")
        await journal.admit(Change(record), LEASE_US)
    print(journal.installation, flush=True)
    sys.stdin.readline()
    await journal.close()

asyncio.run(main(*sys.argv[1:]))
"""
"""Opens the database when told, writes five rows, says its installation, and stays until told again."""


async def opened(url: str) -> SqlJournal:
    return await open_journal(url, StillClock(), rng=random.Random(1))


@contextmanager
def openers(url: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are about to open the database; ended whatever happens."""
    words = [sys.executable, "-c", OPEN, url]
    pipe = subprocess.PIPE
    started = [subprocess.Popen([*words, str(n)], stdin=pipe, stdout=pipe, text=True) for n in range(count)]
    try:
        assert [_line(process) for process in started] == ["ready"] * count
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


async def _rows(url: str) -> tuple[str, int]:
    journal = await opened(url)
    found = journal.installation, len(await journal.list())
    await journal.close()
    return found


@pytest.mark.process
def test_processes_may_open_a_new_database_at_once(url: str, tmp_path: Path) -> None:
    """Four processes that open one new database at the same time all get it, agree on its installation and write."""
    new = url if url.startswith("postgresql") else f"sqlite:///{tmp_path}/new.db"
    with openers(new, 4) as processes:
        for process in processes:
            _go(process)
        said = {_line(process) for process in processes}
        assert len(said) == 1
        for process in processes:
            _go(process)
        assert [process.wait(30) for process in processes] == [0] * 4
    assert asyncio.run(_rows(new)) == (said.pop(), 20)
    assert schema.check(new).difference is None


@pytest.mark.process
def test_a_killed_process_leaves_nothing_to_clean_up(url: str) -> None:
    """After SIGKILL for one of two processes the other goes on, and a third opens at once and finds every row."""
    with openers(url, 2) as (killed, other):
        _go(killed)
        installation = _line(killed)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        _go(other)
        assert _line(other) == installation
        assert asyncio.run(_rows(url)) == (installation, 10)


async def test_instances_of_one_process_share_a_file(tmp_path: Path) -> None:
    """Two instances on one file, one of them through a link, commit side by side and have one name for it."""
    (tmp_path / "link").symlink_to(tmp_path)
    first = await opened(f"sqlite:///{tmp_path}/a.db")
    second = await opened(f"sqlite:///{tmp_path}/link/a.db")
    assert first.installation == second.installation
    assert first.place == second.place
    await first.admit(Change(a_record()), LEASE_US)
    await first.close()
    await first.close()
    assert await second.load("p1") is not None
    await second.close()


async def test_databases_in_memory_are_private(tmp_path: Path) -> None:
    """Two journals in memory have neither rows nor a name in common."""
    first, second = await opened("sqlite://"), await opened("sqlite:///:memory:")
    await first.admit(Change(a_record()), LEASE_US)
    assert await second.list() == ()
    assert first.place != second.place
    for journal in (first, second):
        await journal.close()
