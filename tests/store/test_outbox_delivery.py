"""Delivery over real databases: two processes tell once, one that is killed is succeeded, one without them tells all
the same."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from raw import Raw

from atomicpos.announcer import Announcer
from atomicpos.clock import SystemClock
from atomicpos.events import Event, EventKind
from atomicpos.letters import Owed
from atomicpos.models import MICROSECONDS
from atomicpos.observers.delivery import Delivery
from atomicpos.owner import ThisProcess
from atomicpos.ports import Journal
from atomicpos.record import Record
from atomicpos.store import open_journal
from atomicpos.testing.postgres import Postgres
from atomicpos.testing.samples import SCOPE
from channels import FakeChannel, until


async def no_row(position_id: str) -> Record | None:
    return None


class Bot:
    """One owner with its own connection."""

    def __init__(self, journal: Journal, channel: FakeChannel) -> None:
        self.journal = journal
        self.announcer = Announcer(())
        self.owner = ThisProcess(random.Random())
        self.delivery = Delivery(
            [channel], journal.outbox, SystemClock(), SCOPE, self.owner, self.announcer.publish, no_row
        )
        self.announcer.add(self.delivery.hear)
        self.delivery.start()

    @classmethod
    async def on(cls, url: str, channel: FakeChannel) -> Bot:
        return cls(await open_journal(url, SystemClock(), rng=random.Random(1)), channel)

    def says(self, kind: EventKind, key: str) -> None:
        now = SystemClock().now_us()
        said = Event(kind, now, "", "AVL/USDT:USDT", "there", condition="external_position", data={"key": key})
        self.announcer.publish(said)

    async def leave(self) -> None:
        await self.delivery.close()
        await self.journal.close()
        self.owner.leave()


async def test_two_processes_tell_each_alert_and_each_end_once(url: str) -> None:
    """Twenty conditions that both see and both say fifty times, with one channel each of the same name."""
    channels = [FakeChannel("shared"), FakeChannel("shared")]
    bots = [await Bot.on(url, channel) for channel in channels]
    for kind, wanted in ((EventKind.ALERT, 20), (EventKind.RESOLVED, 40)):
        for _ in range(50):
            for n in range(20):
                for bot in bots:
                    bot.says(kind, f"S{n}")
        await until(lambda wanted=wanted: sum(len(c.told) for c in channels) >= wanted)  # type: ignore[misc]
        await asyncio.sleep(0.3)
        assert sum(len(channel.told) for channel in channels) == wanted
    for bot in bots:
        await bot.leave()
    kinds = sorted(message.kind for channel in channels for message in channel.told)
    assert kinds == [Owed.BEGUN] * 20 + [Owed.OVER] * 20
    assert Raw(url).execute("SELECT count(*) FROM outbox WHERE due_at_us IS NOT NULL OR told <> 0") == [(0,)]


DIES = """
import asyncio, random, sys
sys.path[:0] = [sys.argv[2], sys.argv[3]]
from test_outbox_delivery import Bot
from atomicpos.events import EventKind
from channels import FakeChannel

class Hangs(FakeChannel):
    async def deliver(self, message):
        print("delivering", message.title, flush=True)
        await asyncio.sleep(3600)

async def main(url):
    bot = await Bot.on(url, Hangs("shared"))
    bot.says(EventKind.ALERT, "S1")
    await asyncio.sleep(3600)

asyncio.run(main(sys.argv[1]))
"""


@contextmanager
def delivering(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a delivery."""
    here = Path(__file__).parent
    words = [sys.executable, "-c", DIES, url, str(here), str(here.parent)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "delivering [CRITICAL] external position: AVL/USDT:USDT\n"
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_process_killed_in_the_middle_of_a_delivery_is_succeeded(url: str) -> None:
    """While it lives nobody else has the letter; once it was killed, the next process tells it at once, and once."""
    channel = FakeChannel("shared")
    with delivering(url) as process:
        bot = await Bot.on(url, channel)
        bot.says(EventKind.ALERT, "S1")
        await asyncio.sleep(0.4)
        assert channel.told == []
        process.kill()
        process.wait()
        after = await Bot.on(url, channel)
        await until(lambda: bool(channel.told))
        await asyncio.sleep(0.4)
        assert channel.kinds == [Owed.BEGUN]
        await bot.leave()
        await after.leave()


async def test_a_postgresql_that_goes_and_comes_back(own: Postgres, own_url: str) -> None:
    """What begins while the server is down is told from memory within seconds, and not again when it is back."""
    channel = FakeChannel("shared")
    bot = await Bot.on(own_url, channel)
    bot.says(EventKind.ALERT, "before")
    await until(lambda: len(channel.told) == 1)
    own.stop()
    try:
        began = SystemClock().now_us()
        bot.says(EventKind.ALERT, "while")
        await until(lambda: len(channel.told) == 2)
        assert SystemClock().now_us() - began < 10 * MICROSECONDS
    finally:
        own.start()
    bot.says(EventKind.ALERT, "after")
    bot.says(EventKind.RESOLVED, "while")
    stored = Raw(own_url)
    await until(lambda: stored.execute("SELECT count(*) FROM outbox WHERE told = 1") == [(2,)])
    await asyncio.sleep(0.3)
    assert sorted(channel.kinds) == [Owed.BEGUN] * 3 + [Owed.OVER]
    await bot.leave()


async def test_a_locked_sqlite_file_delays_no_alert_for_long(tmp_path: Path) -> None:
    """Another program holds the write lock: people are told all the same, and the file catches up."""
    url = f"sqlite:///{tmp_path}/a.db"
    channel = FakeChannel("shared")
    bot = await Bot.on(url, channel)
    await until(lambda: bot.delivery._confirm_at_us > SystemClock().now_us())
    lock = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    bot.says(EventKind.ALERT, "S1")
    await until(lambda: len(channel.told) == 1, 6)
    lock.execute("COMMIT")
    lock.close()
    bot.says(EventKind.ALERT, "S2")
    await until(lambda: Raw(url).execute("SELECT count(*) FROM outbox WHERE told = 1") == [(2,)])
    assert channel.kinds == [Owed.BEGUN] * 2
    await bot.leave()


@pytest.mark.parametrize("left", ["in order", "without a word"])
async def test_what_was_not_told_is_told_by_the_next_start(url: str, left: str) -> None:
    """The channel was down until the process ended; the next one delivers what waits in the outbox."""
    channel = FakeChannel("shared")
    channel.failing = "no route"
    bot = await Bot.on(url, channel)
    bot.says(EventKind.ALERT, "S1")
    await until(lambda: channel.tries == 1)
    if left == "in order":
        await bot.leave()
    else:
        for task in bot.delivery._tasks:
            task.cancel()
        await bot.journal.close()
        bot.owner.leave()
    channel.failing = ""
    Raw(url).execute(f"UPDATE outbox SET due_at_us = {SystemClock().now_us()}")
    after = await Bot.on(url, channel)
    await until(lambda: channel.kinds == [Owed.BEGUN])
    await after.leave()
