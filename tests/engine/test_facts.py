"""The facts of one open: what is told, with what, and that every number in it is a number."""

from __future__ import annotations

from typing import Any

from atomicpos.errors import FAILURE_REASONS
from atomicpos.events import MEASURES, EventKind
from atomicpos.models import State
from atomicpos.sim import Fault
from hearers import Keen
from world import World, in_world


async def told(world: World, *, quiet_s: float = 0, **knobs: Any) -> tuple[Keen, str]:
    """What is told of one open, and which position it is about."""
    ear = Keen()
    async with world.library(listeners=[ear], **knobs) as positions:
        row, _ = await world.tried(positions)
        await world.settle(positions, quiet_s=quiet_s)
    for event in ear.heard:
        assert (event.exchange, event.account) == ("sim", "default")
        for name, value in event.data.items():
            assert not name.endswith("_us") or int(value) >= 0 or name == "ahead_us"
    return ear, row.id if row is not None else ""


@in_world()
async def test_a_calm_open_is_told_from_the_send_to_the_answer(world: World) -> None:
    """Sent, its outcome, each source's evidence with its first sight, the verdict, the exposure, the answer."""
    ear, position_id = await told(world)
    entry = next(event for event in ear.of(EventKind.OUTCOME) if event.data.get("leg") == "entry")
    assert (entry.data["write"], entry.data["outcome"], entry.data["took_us"]) == ("place", "acknowledged", "150000")
    firsts = [event.data["source"] for event in ear.of(EventKind.EVIDENCE) if "first_us" in event.data]
    assert firsts
    assert len(firsts) == len(set(firsts))
    verified, exposed, answered = (ear.one(k) for k in (EventKind.VERIFIED, EventKind.EXPOSED, EventKind.ANSWERED))
    assert 0 < int(verified.data["took_us"]) <= int(answered.data["took_us"]) == 750_000
    assert exposed.exposure_us == answered.exposure_us == 0
    assert (answered.data["result"], answered.position_id, answered.state) == (
        "protected", position_id, State.PROTECTED
    )
    assert {event.data["from"] for event in ear.of(EventKind.TRANSITION)} >= {"pending_entry", "verifying"}
    assert ear.of(EventKind.ROLLBACK) == ear.of(EventKind.TAKEOVER) == ear.of(EventKind.FENCED) == []
    assert ear.one(EventKind.CLOCK).data["ahead_us"] == "0"


@in_world()
async def test_every_turn_of_the_watchdog_tells_the_accounts_rows_by_state(world: World) -> None:
    """The counts are the database's; a turn in time is not behind."""
    ear, _ = await told(world, quiet_s=11)
    first, *_, last = ear.of(EventKind.WATCHED)
    assert (first.data["protected"], first.data["unsettled_us"]) == ("0", "0")
    assert (last.data["protected"], last.data["orphan_suspected"], last.data["unprotected"]) == ("1", "0", "0")
    assert {event.data["behind_us"] for event in ear.of(EventKind.WATCHED)} == {"0"}


@in_world()
async def test_the_watchdog_reads_the_exchanges_clock_from_time_to_time(world: World) -> None:
    """Every five minutes, also where nothing is opened."""
    ear = Keen()
    async with world.library(listeners=[ear]):
        await world.clock.sleep(1000)
    assert [event.data for event in ear.of(EventKind.CLOCK)] == 3 * [{"ahead_us": "0", "limit_us": "1000000"}]


@in_world(Fault("place_entry", None, "drop_attached"), Fault("set_stop", None, "refuse"),
          Fault("place_stop", None, "refuse"))
async def test_a_rollback_is_told_with_its_end(world: World) -> None:
    """For want of a stop it is closed: one rollback that succeeded, and the caller's error by its name."""
    ear, _ = await told(world)
    assert ear.one(EventKind.ROLLBACK).data["success"] == "true"
    assert ear.one(EventKind.ANSWERED).data["result"] == "rolled_back"
    refused = [event for event in ear.of(EventKind.OUTCOME) if event.data["outcome"] == "refused"]
    assert refused
    assert all(event.data["leg"] == "stop" and event.data["refusal"] for event in refused)


@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_a_suspected_orphan_is_answered_as_a_position_that_was_not_found(world: World) -> None:
    """The reason that alert rules look for; the verdict took as long as the deadline."""
    ear = Keen()
    async with world.library(listeners=[ear]) as positions:
        await world.tried(positions)
    assert ear.one(EventKind.ANSWERED).data["result"] == "position_not_found"
    assert int(ear.of(EventKind.VERIFIED)[0].data["took_us"]) >= 36_000_000


@in_world()
async def test_a_refused_request_is_answered_too(world: World) -> None:
    """Nothing was stored: the answer names what the caller called it, shortened, and no position."""
    ear = Keen()
    async with world.library(listeners=[ear]) as positions:
        await world.tried(positions, symbol="NO" * 100)
    answered = ear.one(EventKind.ANSWERED)
    assert (answered.data["result"], answered.position_id, len(answered.symbol)) == ("invalid_request", "", 40)


@in_world()
async def test_a_row_of_a_dead_process_is_told_as_taken_over(world: World) -> None:
    """Once, by the process that drives it from now on."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    ear = Keen()
    async with world.beside().library(listeners=[ear]) as positions:
        await world.settle(positions)
    assert row is not None
    assert ear.one(EventKind.TAKEOVER).position_id == row.id


def test_every_reason_is_known_before_it_happens() -> None:
    """Metrics bound their labels by it."""
    assert "position_not_found" in FAILURE_REASONS
    assert "orphan_suspected" not in FAILURE_REASONS
    assert len(FAILURE_REASONS) == 11
    assert EventKind.ALERT not in MEASURES
