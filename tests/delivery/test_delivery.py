"""Alerts reach people: once, again while they stand, once more when they are over, whatever the channel does."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import pytest

from atomicpos.announcer import Announcer
from atomicpos.errors import StoreUnavailable
from atomicpos.events import Event, EventKind
from atomicpos.health import Health, Outside, judge_from_outside
from atomicpos.letters import Owed
from atomicpos.models import State
from atomicpos.observers.delivery import Channel, Delivery
from atomicpos.observers.delivery.memory import Letters, MemoryOutbox
from atomicpos.record import Record
from atomicpos.sim import VirtualClock
from atomicpos.sim.loop import run
from atomicpos.testing.samples import SCOPE, a_record
from channels import FakeChannel

MINUTE = 60.0


class Dead:
    """A process by its name, that knows of the dead what it is told."""

    def __init__(self, me: str, dead: set[str]) -> None:
        self.me = me
        self.dead = dead

    def gone(self, owner: str) -> bool:
        return owner in self.dead

    def leave(self) -> None:
        """There is nobody to tell."""


class Ailing(MemoryOutbox):
    """An outbox in a database that may be down, or hang."""

    def __init__(self, clock: VirtualClock, letters: Letters) -> None:
        super().__init__(clock.now_us, letters)
        self.down = False
        self.hangs = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("report", "take", "put_back", "takers", "lapse", "forget", "merge", "letters"):

            async def asked(*given: Any) -> Any:
                if self.hangs:
                    await asyncio.sleep(3600)
                if self.down:
                    raise StoreUnavailable("the database is down")
                return await found(*given)

            return asked
        return found


class Process:
    """One process with its channels on the shared outbox."""

    def __init__(self, office: Office, name: str, *channels: Channel) -> None:
        self.office = office
        self.box = Ailing(office.clock, office.letters)
        self.events: list[Event] = []
        self.announcer = Announcer(())
        self.announcer.add(self.events.append)
        owner = Dead(name, office.dead)
        self.delivery = Delivery(
            channels, self.box, office.clock, SCOPE, owner, self.announcer.publish, office.row_of
        )
        self.announcer.add(self.delivery.hear)
        self.delivery.start()

    def says(self, kind: EventKind, condition: str = "orphan_suspected", position_id: str = "p1", key: str = "",
             state: State | None = State.ORPHAN_SUSPECTED, text: str = "it stands") -> None:
        now = self.office.clock.now_us()
        data = {"key": key} if key else {}
        symbol = "AVL/USDT:USDT"
        self.announcer.publish(Event(kind, now, position_id, symbol, text, state, condition, data=data))

    def kill(self) -> None:
        """Nothing of it runs any more, and whatever it was delivering is not put back."""
        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        self.box.put_back = never  # type: ignore[method-assign]
        for task in self.delivery._tasks:
            task.cancel()


class Office:
    """The outbox that all processes share, and the clock."""

    def __init__(self) -> None:
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.letters = Letters()
        self.dead: set[str] = set()
        self.rows: dict[str, Record] = {}

    async def row_of(self, position_id: str) -> Record | None:
        return self.rows.get(position_id, a_record(position_id))

    def process(self, name: str, *channels: Channel) -> Process:
        return Process(self, name, *channels)


def in_office(scene: Callable[[Office], Awaitable[None]]) -> Callable[[], None]:
    """Make a test of a scene in virtual time."""

    @wraps(scene)
    def test() -> None:
        async def main() -> None:
            await scene(Office())

        run(main)

    del test.__wrapped__  # type: ignore[attr-defined]
    return test


ALERT, RESOLVED, MOVED = EventKind.ALERT, EventKind.RESOLVED, EventKind.TRANSITION


@in_office
async def test_one_message_at_once_and_one_when_it_is_over(office: Office) -> None:
    """Within a second, however often it is said."""
    channel = FakeChannel()
    bot = office.process("bot", channel)
    for _ in range(500):
        bot.says(ALERT)
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN]
    for _ in range(500):
        bot.says(RESOLVED)
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]
    await asyncio.sleep(3 * 3600)
    assert len(channel.told) == 2
    assert next(iter(office.letters.by_address.values())).due_at_us is None


@in_office
async def test_it_is_told_again_while_it_stands(office: Office) -> None:
    """After 5, 15 and 60 minutes, then hourly; each says for how long it stood and how often it was repeated."""
    channel = FakeChannel()
    bot = office.process("bot", channel)
    bot.says(ALERT)
    for _ in range(4 * 60):
        await asyncio.sleep(MINUTE)
        bot.says(ALERT)
    await asyncio.sleep(10)
    assert channel.kinds == [Owed.BEGUN, *[Owed.STILL] * 6]
    assert [message.title.partition("]")[0] for message in channel.told] == [
        "[CRITICAL", "[CRITICAL, still after 5 min", "[CRITICAL, still after 15 min", "[CRITICAL, still after 60 min",
        "[CRITICAL, still after 2 h 0 min", "[CRITICAL, still after 3 h 0 min", "[CRITICAL, still after 4 h 0 min",
    ]
    counted = re.search(r"said (\d+) times more", channel.told[3].body)
    assert counted is not None
    assert 57 <= int(counted[1]) <= 60


@in_office
async def test_what_is_over_before_it_was_told_is_not_told(office: Office) -> None:
    """The channel was down all the while: nobody hears of an end whose beginning nobody heard of."""
    channel = FakeChannel()
    channel.failing = "no route"
    bot = office.process("bot", channel)
    bot.says(ALERT)
    await asyncio.sleep(20)
    bot.says(RESOLVED)
    channel.failing = ""
    await asyncio.sleep(3600)
    assert channel.tries > 1
    assert channel.told == []


@in_office
async def test_positions_conditions_and_keys_are_apart(office: Office) -> None:
    """Each pair of position and condition is one alert, and each key of what is about the account."""
    channel = FakeChannel()
    bot = office.process("bot", channel)
    for _ in range(3):
        bot.says(ALERT)
        bot.says(ALERT, position_id="p2")
        bot.says(ALERT, "close_refused")
        bot.says(ALERT, "external_position", "", "A")
        bot.says(ALERT, "external_position", "", "B")
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN] * 5
    bot.says(RESOLVED, "external_position", "", "A")
    await asyncio.sleep(1)
    assert channel.about("external position") == [Owed.BEGUN, Owed.BEGUN, Owed.OVER]


@in_office
async def test_a_database_that_fails_five_hundred_positions_is_one_alert(office: Office) -> None:
    """Every drive meets it at once; it is over when the last one says so."""
    channel = FakeChannel()
    bot = office.process("bot", channel)
    for n in range(500):
        bot.says(ALERT, "database_unavailable", f"p{n}")
    await asyncio.sleep(1)
    for n in range(499):
        bot.says(RESOLVED, "database_unavailable", f"p{n}")
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN]
    bot.says(MOVED, position_id="p499", state=State.CLOSED)
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]


@in_office
async def test_a_position_that_settles_resolves_what_stood(office: Office) -> None:
    """Also what a process before this one alerted, and a condition whose end nobody says by itself."""
    channel = FakeChannel()
    before = office.process("before", channel)
    before.says(ALERT)
    before.says(ALERT, "slot_shared")
    await asyncio.sleep(1)
    before.kill()
    office.dead.add("before")
    after = office.process("after", channel)
    await asyncio.sleep(1)
    after.says(MOVED, condition="", state=State.ROLLED_BACK, text="orphan_suspected to rolled_back")
    await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN] * 2 + [Owed.OVER] * 2
    assert channel.told[-1].body.startswith("position p1: orphan_suspected to rolled_back")


@in_office
async def test_across_a_restart_it_is_told_once(office: Office) -> None:
    """The successor sees the same condition, alerts it anew, and nobody is told again until it has lasted."""
    channel = FakeChannel()
    office.process("one", channel).says(ALERT)
    await asyncio.sleep(1)
    for name in ("two", "three"):
        office.dead.add("one")
        office.process(name, channel).says(ALERT)
        await asyncio.sleep(1)
    assert channel.kinds == [Owed.BEGUN]
    await asyncio.sleep(5 * MINUTE)
    assert channel.kinds == [Owed.BEGUN, Owed.STILL]


@in_office
async def test_what_nobody_sees_any_more_is_over(office: Office) -> None:
    """The process that alerted it died, and its successor, which had time to look, does not see it."""
    channel = FakeChannel()
    bot = office.process("one", channel)
    bot.says(ALERT, "exposure_past_deadline")
    await asyncio.sleep(1)
    bot.kill()
    office.process("two", channel)
    await asyncio.sleep(100)
    assert channel.kinds == [Owed.BEGUN]
    await asyncio.sleep(100)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]
    assert channel.told[-1].body.startswith("no process says any more that it stands")


@in_office
async def test_of_two_processes_one_delivers(office: Office) -> None:
    """Both see every condition and have the same channel: each message is delivered once."""
    channel = FakeChannel()
    channel.takes_s = 3
    both = [office.process(name, channel) for name in ("one", "two")]
    for n in range(20):
        for process in both:
            process.says(ALERT, "external_position", "", f"S{n}")
    await asyncio.sleep(100)
    assert channel.kinds == [Owed.BEGUN] * 20
    assert channel.tries == 20


@in_office
async def test_a_process_that_dies_while_delivering_is_succeeded(office: Office) -> None:
    """At once when it is known to be gone, else after its lease: the message goes out once more, and only once."""
    for known in (True, False):
        channel = FakeChannel(f"known {known}")
        channel.takes_s = 10
        bot = office.process(f"one {known}", channel)
        bot.says(ALERT, position_id=f"p {known}")
        await asyncio.sleep(1)
        assert channel.tries == 1
        bot.kill()
        channel.takes_s = 0
        if known:
            office.dead.add(f"one {known}")
        office.process(f"two {known}", channel).says(ALERT, position_id=f"p {known}")
        await asyncio.sleep(10 if known else 80)
        assert channel.tries == (2 if known else 1)
        await asyncio.sleep(20)
        assert (channel.tries, channel.kinds) == (2, [Owed.BEGUN])


@in_office
async def test_a_failing_channel_is_reported_once_and_resolved_once(office: Office) -> None:
    """Each attempt is a fact, the outage one alert to the other channels, said by health for as long as it lasts."""
    bad, good = FakeChannel("bad"), FakeChannel("good")
    bad.failing = "HTTP 500 for https://x/?token=s3cr3tt0ken"
    bot = office.process("bot", bad, good)
    bot.says(ALERT)
    await asyncio.sleep(10 * MINUTE)
    failures = [event for event in bot.events if event.kind is EventKind.DELIVERY_FAILED]
    assert len(failures) == bad.tries >= 6
    assert failures[0].data["channel"] == "bad"
    raised = [event for event in bot.events if event.kind is ALERT and event.condition == "delivery_failed"]
    assert [event.data["key"] for event in raised] == ["bad"]
    assert good.about("delivery failed") == [Owed.BEGUN, Owed.STILL]
    assert good.about("orphan suspected") == [Owed.BEGUN, Owed.STILL]
    (problem,) = bot.delivery.problems
    assert problem.startswith("nobody is told through bad since 2025-10-09 08:53:20 UTC: HTTP 500")
    assert not any("s3cr3tt0ken" in said for said in (problem, *(e.text for e in bot.events), good.told[-1].body))
    assert bot.delivery.told
    bad.failing = ""
    await asyncio.sleep(5 * MINUTE)
    assert bot.delivery.problems == ()
    assert good.about("delivery failed") == [Owed.BEGUN, Owed.STILL, Owed.OVER]
    assert bad.about("delivery failed") == []
    assert bad.about("orphan suspected") == [Owed.BEGUN]


@in_office
async def test_attempts_pause_ever_longer_also_after_a_restart(office: Office) -> None:
    """An hour of a dead channel is two dozen attempts and no more, however much is new meanwhile."""
    channel = FakeChannel()
    channel.failing = "no route"
    bot = office.process("bot", channel)
    for n in range(60):
        bot.says(ALERT, position_id=f"p{n}")
        await asyncio.sleep(MINUTE)
    assert channel.tries <= 6 + 12
    bot.kill()
    office.dead.add("bot")
    channel.failing = ""
    again = office.process("again", channel)
    await asyncio.sleep(6 * MINUTE)
    assert channel.about("orphan suspected")[:60] == [Owed.BEGUN] * 60
    assert again.delivery.problems == ()


@in_office
async def test_a_hanging_channel_delays_only_itself(office: Office) -> None:
    """One takes a minute over each message, the other has them all within a second."""
    slow, quick = FakeChannel("slow"), FakeChannel("quick")
    slow.takes_s = 60
    bot = office.process("bot", slow, quick)
    for n in range(10):
        bot.says(ALERT, position_id=f"p{n}")
    await asyncio.sleep(1)
    assert quick.kinds == [Owed.BEGUN] * 10
    assert slow.told == []
    await asyncio.sleep(40)
    assert "no answer within 30 s" in bot.delivery.problems[0]


@in_office
async def test_without_its_database_it_tells_from_memory(office: Office) -> None:
    """Down or hanging: people are told within seconds, once, and nothing is told again when it answers."""
    for n, how in enumerate(("down", "hangs")):
        channel = FakeChannel(how)
        bot = office.process(f"bot{n}", channel)
        await asyncio.sleep(1)
        setattr(bot.box, how, True)
        for _ in range(3):
            bot.says(ALERT, position_id=how)
            bot.says(ALERT, "database_unavailable", how)
            await asyncio.sleep(7)
        assert sorted(channel.kinds) == [Owed.BEGUN, Owed.BEGUN]
        setattr(bot.box, how, False)
        await asyncio.sleep(MINUTE)
        assert sorted(channel.kinds) == [Owed.BEGUN, Owed.BEGUN]
        assert {x.told for x in office.letters.by_address.values() if x.channel == how} == {1}
        bot.says(RESOLVED, "database_unavailable", how)
        await asyncio.sleep(MINUTE)
        assert channel.about("database unavailable") == [Owed.BEGUN, Owed.OVER]
        bot.kill()


@in_office
async def test_what_ended_while_the_database_was_down_is_told_once(office: Office) -> None:
    """Its beginning was told from the outbox, its end from memory."""
    channel = FakeChannel()
    bot = office.process("bot", channel)
    bot.says(ALERT)
    await asyncio.sleep(1)
    bot.box.down = True
    bot.says(RESOLVED)
    await asyncio.sleep(10)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]
    bot.box.down = False
    await asyncio.sleep(3600)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]
    assert [x.due_at_us for x in office.letters.by_address.values()] == [None]


@in_office
async def test_the_last_words_are_bounded(office: Office) -> None:
    """What is due when the block is left is delivered if that is done within five seconds; the rest stays."""
    quick, slow = FakeChannel("quick"), FakeChannel("slow")
    slow.takes_s = 20
    bot = office.process("bot", quick, slow)
    bot.says(ALERT)
    before = asyncio.get_running_loop().time()
    await bot.delivery.close()
    assert asyncio.get_running_loop().time() - before == pytest.approx(5, abs=0.01)
    assert (quick.kinds, slow.told) == ([Owed.BEGUN], [])
    slow.takes_s = 0
    office.process("next", slow)
    office.dead.add("bot")
    await asyncio.sleep(100)
    assert slow.kinds[:1] == [Owed.BEGUN]


def test_it_is_the_same_every_time() -> None:
    """In virtual time the same story is told to the microsecond, twice."""

    def story() -> list[tuple[float, str]]:
        async def main() -> list[tuple[float, str]]:
            office, rng = Office(), random.Random(7)
            channel = FakeChannel()
            bot = office.process("bot", channel)
            told: list[tuple[float, str]] = []
            for n in range(200):
                channel.failing = "no" if rng.random() < 0.3 else ""
                bot.says(rng.choice((ALERT, RESOLVED)), position_id=f"p{n % 7}")
                await asyncio.sleep(rng.random() * 20)
                told.append((asyncio.get_running_loop().time(), str([m.title for m in channel.told])))
            await bot.delivery.close()
            return told

        return run(main)

    assert story() == story()


@in_office
async def test_a_slip_in_composing_costs_no_other_alert(office: Office) -> None:
    """The row of one position cannot be told; the others are, and that one is tried again."""
    slips = 3

    async def row_of(position_id: str) -> Record | None:
        nonlocal slips
        if position_id == "p1" and slips:
            slips -= 1
            raise ValueError("a slip")
        return a_record(position_id)

    office.row_of = row_of  # type: ignore[method-assign]
    channel = FakeChannel()
    bot = office.process("bot", channel)
    bot.says(ALERT)
    bot.says(ALERT, position_id="p2")
    await asyncio.sleep(300)
    assert channel.kinds[:2] == [Owed.BEGUN] * 2


@in_office
async def test_a_channel_that_fails_is_seen_from_outside(office: Office) -> None:
    """The database alone tells since when nobody is told, and no longer once that is over."""
    channel = FakeChannel("pager")
    channel.failing = "HTTP 403"
    bot = office.process("bot", channel)
    bot.says(ALERT)
    bot.says(ALERT, position_id="p2")
    await asyncio.sleep(100)

    def outside() -> Health:
        letters = tuple(office.letters.by_address.values())
        return judge_from_outside((), Outside(office.clock.now_us(), (), letters=letters))

    found = outside()
    assert (found.ok, found.problems) == (False, ("nobody is told through pager for 100 s: HTTP 403",))
    channel.failing = ""
    await asyncio.sleep(400)
    assert (outside().ok, outside().problems) == (True, ())
