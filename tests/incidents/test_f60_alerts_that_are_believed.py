"""F60: one alert for a condition and one when it is over; without a sink each is a critical line."""

from __future__ import annotations

import asyncio
import logging

import pytest

from atomicpos.events import Event, EventKind
from atomicpos.letters import Owed
from atomicpos.models import MICROSECONDS
from atomicpos.observers import AlertSink, FactLog, log_alerts
from atomicpos.sim import Fault
from atomicpos.testing.samples import SCOPE
from channels import FakeChannel
from world import Named, World, in_world

AT = 1_760_000_000_000_000


def an_alert(kind: EventKind = EventKind.ALERT, position_id: str = "p1", condition: str = "orphan_suspected") -> Event:
    return Event(kind, AT, position_id, "AVL/USDT:USDT", "neither could be shown", condition=condition)


def test_f60_five_hundred_times_the_same_is_one_alert_and_one_resolution() -> None:
    """Whoever is called, is called once for what stands, and once when it is over."""
    told: list[Event] = []
    sink = AlertSink(told.append)
    for _ in range(500):
        sink(an_alert())
    for _ in range(500):
        sink(an_alert(EventKind.RESOLVED))
    assert [event.kind for event in told] == [EventKind.ALERT, EventKind.RESOLVED]


def test_f60_what_begins_again_is_said_again() -> None:
    """A condition that was resolved and returns is a new one; another position's is one of its own."""
    told: list[Event] = []
    sink = AlertSink(told.append)
    for kind in (EventKind.ALERT, EventKind.RESOLVED, EventKind.ALERT):
        sink(an_alert(kind))
    sink(an_alert(position_id="p2"))
    assert [event.position_id for event in told] == ["p1", "p1", "p1", "p2"]


BLIND = tuple(Fault(call, None, "error") for call in ("orders", "fills", "position", "position_stop"))


@in_world(Fault("place_entry", None, "lose_reply", 1, 1.0))
async def test_f60_a_suspected_orphan_is_one_alert_however_long_it_lasts(world: World) -> None:
    """Ten minutes in which nothing can be read: its caller's sink is told once, and once when it is over."""
    told: list[Event] = []
    async with world.library(alerts=told.append) as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        while not world.accepted():
            await world.clock.sleep(0.01)
        world.venue.faults.add(*BLIND)
        await opening
        await world.clock.sleep(600)
        mine = [event for event in told if event.condition == "orphan_suspected"]
        assert [event.kind for event in mine] == [EventKind.ALERT]
        world.venue.faults.clear()
        await world.settle(positions, quiet_s=20)
        mine = [event for event in told if event.condition == "orphan_suspected"]
        assert [event.kind for event in mine] == [EventKind.ALERT, EventKind.RESOLVED]


def test_f60_without_a_sink_an_alert_is_a_critical_line(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is called, so the log says it as loudly as it can, and more quietly that it is over."""
    with caplog.at_level(logging.DEBUG, logger="atomicpos.alerts"):
        log_alerts(an_alert())
        log_alerts(an_alert(EventKind.RESOLVED))
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL, logging.WARNING]


@in_world()
async def test_f60_health_says_whether_anybody_is_told(world: World) -> None:
    """With a sink somebody is; without one nobody is, and that is said."""
    async with world.library() as positions:
        assert (await positions.health()).alerts_told is True
    async with world.beside().library(alerts=None) as positions:
        assert (await positions.health()).alerts_told is False


# --- people -----------------------------------------------------------------------------------------------------


@in_world()
async def test_f60_five_hundred_identical_conditions_are_one_message_and_one_resolve(world: World) -> None:
    """In one process or in two on one database, and told from the outbox: one message, and one when it is over."""
    channel = FakeChannel()
    beside = world.beside()
    async with (
        world.library(alerts=channel, owners=Named("one")) as one,
        beside.library(alerts=[channel], owners=Named("two")) as two,
    ):
        for kind in (EventKind.ALERT, EventKind.RESOLVED):
            for _ in range(500):
                for positions in (one, two):
                    positions._running.means.announcer.publish(an_alert(kind))
            await world.clock.sleep(5)
        await world.clock.sleep(7200)
    assert channel.kinds == [Owed.BEGUN, Owed.OVER]


@in_world(Fault("place_entry", None, "lose_reply", 1, 1.0))
async def test_f60_two_bots_tell_a_suspected_orphan_once_and_again_while_it_lasts(world: World) -> None:
    """Nothing can be read for ten minutes; both watch the account. People hear of it once, once more after five
    minutes, and when it is over, and each message says how much is at risk.
    """
    channel = FakeChannel()
    other = world.beside()
    ours, theirs = Named("one"), Named("two")
    async with (
        world.library(alerts=[channel], owners=ours) as positions,
        other.library(alerts=[channel], owners=theirs) as beside,
    ):
        opening = asyncio.ensure_future(world.tried(positions))
        while not world.accepted():
            await world.clock.sleep(0.01)
        world.venue.faults.add(*BLIND)
        row, _ = await opening
        assert row is not None
        await world.clock.sleep(600)
        assert channel.about("orphan suspected") == [Owed.BEGUN, Owed.STILL]
        first = channel.told[0].body
        assert f"AVL/USDT:USDT, long, position {row.id}" in first
        assert f"'atomicpos show {row.id}'" in first
        world.venue.faults.clear()
        await world.settle(positions, quiet_s=20)
        assert channel.about("orphan suspected") == [Owed.BEGUN, Owed.STILL, Owed.OVER]
        await world.clock.sleep(3600)
        assert channel.about("orphan suspected") == [Owed.BEGUN, Owed.STILL, Owed.OVER]
        assert (await beside.health()).alerts_told is True


@in_world()
async def test_f60_a_failing_channel_is_in_health_and_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Since when nobody is told, by the channel's name; one critical line for the outage, however many attempts."""
    channel, told = FakeChannel("pager"), list[Event]()
    channel.failing = "HTTP 403"
    with caplog.at_level(logging.CRITICAL, logger="atomicpos"):
        async with world.library(alerts=[channel], listeners=[told.append]) as positions:
            assert (await positions.health()).problems == ()
            positions._running.means.announcer.publish(an_alert())
            await world.clock.sleep(1200)
            health = await positions.health()
            assert (health.ok, health.alerts_told) == (False, False)
            assert health.problems[0].startswith("nobody is told through pager since 2025-")
            assert health.problems[0].endswith(": HTTP 403")
            channel.failing = ""
            await world.clock.sleep(600)
            health = await positions.health()
            assert (health.problems, health.alerts_told) == ((), True)
    lines = [record for record in caplog.records if getattr(record, "condition", "") == "delivery_failed"]
    assert [record.levelno for record in lines] == [logging.CRITICAL]
    assert len([event for event in told if event.kind is EventKind.DELIVERY_FAILED]) > 5
    assert [e.kind for e in told if e.condition == "delivery_failed"] == [EventKind.ALERT, EventKind.RESOLVED]


def test_f60_what_flaps_for_thirty_five_hours_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """It begins or ends every second: what were 126,000 lines are 150 at the most, which say how many were held back,
    and how it stands is said in the end.
    """
    with caplog.at_level(logging.DEBUG, logger="atomicpos.alerts"):
        log, hours = FactLog(SCOPE), 35
        for second in range(hours * 3600):
            kind = EventKind.RESOLVED if second % 2 else EventKind.ALERT
            at_us = AT + second * MICROSECONDS
            log(Event(kind, at_us, "p1", "AVL/USDT:USDT", "flaps", condition="exposure_past_deadline"))
        log(Event(EventKind.EVIDENCE, AT + (hours + 1) * 3600 * MICROSECONDS, "p2", "AVL/USDT:USDT", "seen"))
    lines = [record for record in caplog.records if record.name == "atomicpos.alerts"]
    assert len(lines) <= 150
    held = sum(getattr(record, "held_back", 1) for record in lines)
    assert held == hours * 3600
    assert lines[-1].levelno == logging.WARNING
    assert "lines about this that were held back" in lines[-1].getMessage()
