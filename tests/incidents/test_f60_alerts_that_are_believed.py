"""F60: one alert for a condition and one when it is over; without a sink each is a critical line."""

from __future__ import annotations

import asyncio
import logging

import pytest

from atomicpos.events import Event, EventKind
from atomicpos.observers import AlertSink, log_alerts
from atomicpos.sim import Fault
from world import World, in_world

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
