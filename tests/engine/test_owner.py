"""Whether an owner on this host is certainly gone: told by real processes that are killed, stopped and replaced."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from atomicpos.owner import Alone, ThisProcess

OWNER = """
import asyncio, random
from atomicpos.owner import ThisProcess

async def main():
    owner = ThisProcess(random.Random())
    print(owner.me, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
"""Names itself and waits to be ended."""


@contextmanager
def another() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """An owner in a process of its own, and its name; ended and waited for whatever happens."""
    process = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def wait_until(pid: int, state: str) -> None:
    """Until the kernel shows the process in that state."""
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != state:
        time.sleep(0.005)


async def us() -> ThisProcess:
    return ThisProcess(random.Random())


def renamed(name: str, **parts: str) -> str:
    """The name with some of its parts replaced."""
    found = dict(zip(("place", "pid", "started", "drawn"), name.split(":"), strict=True))
    return ":".join((found | parts).values())


# --- other processes ----------------------------------------------------------------------------------------------


@pytest.mark.process
async def test_a_process_that_runs_is_not_gone() -> None:
    """Ours sees the other one living, by its name alone."""
    with another() as (_, name):
        assert not (await us()).gone(name)


@pytest.mark.process
async def test_a_killed_process_is_gone_though_nobody_has_waited_for_it() -> None:
    """A zombie runs no more: its parent may be the very bot supervisor that will never look."""
    with another() as (process, name):
        owner = await us()
        process.send_signal(signal.SIGKILL)
        wait_until(process.pid, "Z")
        assert owner.gone(name)
        process.wait()
        assert owner.gone(name)


@pytest.mark.process
async def test_a_stopped_process_is_not_gone() -> None:
    """It may wake at any time and send: only its lease tells when it may not any more."""
    with another() as (process, name):
        process.send_signal(signal.SIGSTOP)
        wait_until(process.pid, "T")
        assert not (await us()).gone(name)
        process.send_signal(signal.SIGCONT)
        assert not (await us()).gone(name)


@pytest.mark.process
async def test_a_process_id_that_is_used_again_is_told_by_when_its_process_started() -> None:
    """The id runs, but its process is younger, or older, than the owner was: that owner is gone."""
    with another() as (_, name):
        started = int(name.split(":")[2])
        for other in (started - 1, started + 1):
            assert (await us()).gone(renamed(name, started=str(other)))


@pytest.mark.process
async def test_an_owner_of_another_place_is_never_gone() -> None:
    """Another host, another boot of this one, another container: nothing is known of its processes."""
    with another() as (process, name):
        process.kill()
        process.wait()
        owner = await us()
        assert owner.gone(name)
        assert not owner.gone(renamed(name, place="0123456789ab"))


@pytest.mark.parametrize("name", ["", "one", "alone:1", "a:b:c:d", "host:12", "host:12:x:y", ":::", "host:-1:5:x"])
async def test_a_name_that_cannot_be_read_is_never_gone(name: str) -> None:
    """Whoever wrote it, it is left to its lease."""
    assert not (await us()).gone(name)


async def test_a_process_that_cannot_be_seen_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel shows no processes only ``no such process`` is certain: one of somebody else's may live."""
    owner = await us()
    name = renamed(owner.me, pid="1")
    monkeypatch.setattr("atomicpos.owner._stat", lambda pid: [])
    monkeypatch.setattr(os, "kill", _raises(PermissionError))
    assert not owner.gone(name)
    monkeypatch.setattr(os, "kill", _raises(ProcessLookupError))
    assert owner.gone(name)


def _raises(error: type[OSError]) -> object:
    def kill(pid: int, number: int) -> None:
        raise error

    return kill


# --- this process -------------------------------------------------------------------------------------------------


async def test_two_owners_of_one_process_know_each_other() -> None:
    """Each has a name of its own, and neither is gone until it leaves."""
    one, two = ThisProcess(random.Random(1)), ThisProcess(random.Random(2))
    assert one.me != two.me
    assert not one.gone(two.me)
    assert not one.gone(one.me)
    two.leave()
    assert one.gone(two.me)
    two.leave()
    one.leave()


def test_an_owner_whose_loop_was_closed_is_gone() -> None:
    """Its tasks ended with the loop, without a goodbye: the next loop in this process need not wait for the lease."""
    first = asyncio.run(us())

    async def later() -> bool:
        return (await us()).gone(first.me)

    assert asyncio.run(later())


async def test_an_owner_that_this_process_never_had_is_gone() -> None:
    """A name with our process id and start that nobody here bears was left behind by an instance that is no more."""
    owner = await us()
    assert owner.gone(renamed(owner.me, drawn="zzzzzzzz"))
    assert not owner.gone(owner.me)


async def test_names_are_never_used_twice() -> None:
    """A thousand starts in one process are a thousand names."""
    rng = random.Random(1)
    owners = [ThisProcess(rng) for _ in range(1000)]
    assert len({owner.me for owner in owners}) == 1000
    for owner in owners:
        owner.leave()


def test_who_takes_itself_to_be_the_only_one_takes_everybody_else_to_be_gone() -> None:
    """For ports of one's own: no other owner is waited for."""
    one, two = Alone(), Alone()
    assert (one.gone(two.me), two.gone(one.me), one.gone("anybody")) == (True, True, True)
    assert not one.gone(one.me)
