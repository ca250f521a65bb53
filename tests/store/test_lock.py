"""One process at a time on a file, several instances inside it, and nothing to clean up after a kill."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal, schema
from atomicpos.store.lock import ProcessLock
from atomicpos.testing.samples import StillClock, a_record

HOLDER = """
import asyncio, random, sys, time
from atomicpos.ports import Change
from atomicpos.store import open_journal
from atomicpos.testing.samples import StillClock, a_record

async def main():
    journal = await open_journal(sys.argv[1], StillClock(), rng=random.Random(1))
    await journal.admit(Change(a_record()))
    print("holding", flush=True)
    time.sleep(600)

asyncio.run(main())
"""


async def opened(url: str) -> SqlJournal:
    return await open_journal(url, StillClock(), rng=random.Random(1))


@pytest.mark.process
def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    """The refusal names file and holder; after SIGKILL the next one opens at once and finds the committed row."""
    url = f"sqlite:///{tmp_path}/a.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"holding\n"
    for attempt in (lambda: asyncio.run(opened(url)), lambda: schema.upgrade(url)):
        with pytest.raises(StoreUnavailable, match=rf"pid {holder.pid}\).*a\.db\.lock"):
            attempt()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert asyncio.run(_first_row(url)) == a_record()


async def _first_row(url: str) -> Record | None:
    journal = await opened(url)
    try:
        return await journal.load("p1")
    finally:
        await journal.close()


async def test_instances_of_one_process_share_a_file(tmp_path: Path) -> None:
    """Two instances on one file, one of them through a link, commit side by side; the last to close frees it."""
    (tmp_path / "link").symlink_to(tmp_path)
    first = await opened(f"sqlite:///{tmp_path}/a.db")
    second = await opened(f"sqlite:///{tmp_path}/link/a.db")
    assert first.installation == second.installation
    await first.admit(Change(a_record()))
    await first.close()
    await first.close()
    assert await second.load("p1") == a_record()
    assert _locked_elsewhere(tmp_path / "a.db.lock")
    await second.close()
    assert not _locked_elsewhere(tmp_path / "a.db.lock")


async def test_an_opening_that_fails_gives_the_lock_back(tmp_path: Path) -> None:
    """A file that cannot be used, or a caller cancelled while it opens, leaves no lock behind."""
    (tmp_path / "a.db").write_text("not a database " * 100)
    with pytest.raises(StoreUnavailable):
        await opened(f"sqlite:///{tmp_path}/a.db")
    assert not _locked_elsewhere(tmp_path / "a.db.lock")
    opening = asyncio.create_task(opened(f"sqlite:///{tmp_path}/b.db"))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not _locked_elsewhere(tmp_path / "b.db.lock")


def _locked_elsewhere(path: Path) -> bool:
    """True when another process cannot take the lock."""
    program = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    return subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=False).returncode != 0


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    """The lock is its taker's alone: a child that lives on does not hold the file for its dead parent."""
    path = tmp_path / "a.db.lock"
    lock = ProcessLock(path)
    ready, child_ready = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(child_ready, b".")
        signal.pause()
    try:
        assert os.read(ready, 1) == b"."
        lock.release()
        assert not _locked_elsewhere(path)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(child_ready)


def test_a_lock_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Where the lock file cannot be opened, its path and the reason are told."""
    (tmp_path / "a.lock").mkdir()
    with pytest.raises(StoreUnavailable, match=r"a\.lock cannot be opened \(Is a directory\)"):
        ProcessLock(tmp_path / "a.lock")
