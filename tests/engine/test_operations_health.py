"""``health()``: whether it lives, what waits, and what needs a person."""

from __future__ import annotations

import asyncio

from acts import opened
from atomicpos.errors import StoreUnavailable
from atomicpos.sim import Fault
from modes import in_every_mode
from world import AVL, World, in_world


@in_world()
async def test_an_idle_instance_is_well(world: World) -> None:
    """Nothing held, the database answered, the watchdog turned at the start."""
    async with world.library() as positions:
        health = await positions.health()
    assert (health.ok, health.problems, health.database) == (True, (), True)
    assert (health.positions, health.driven, health.exposed, health.oldest_unsettled_s) == ({}, 0, 0, None)
    assert (health.watchdog_s, health.alerts_told) == (0.0, True)


@in_every_mode()
async def test_a_protected_position_is_counted_and_no_problem(world: World) -> None:
    """It is held, not driven, not exposed."""
    async with world.library() as positions:
        await opened(world, positions)
        health = await positions.health()
    assert (health.ok, health.positions, health.driven, health.exposed) == (True, {"protected": 1}, 0, 0)
    assert health.watchdog_s is not None
    assert health.watchdog_s <= 5


@in_world(Fault("set_stop", None, "refuse"), Fault("place_stop", None, "refuse"),
          Fault("place_entry", None, "drop_attached"))
async def test_a_position_without_a_stop_is_a_problem_with_its_name(world: World) -> None:
    """While its stops are refused it is exposed, driven, and its age counts."""
    async with world.library(on_unprotectable="hold") as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(3)
        health = await positions.health()
        (row,) = await positions.list()
        assert (health.ok, health.exposed, health.driven) == (False, 1, 1)
        assert f"position {row.id} ({AVL}) is exposed" in health.problems
        assert health.oldest_unsettled_s is not None
        assert 2 < health.oldest_unsettled_s < 3
        world.venue.faults.clear()
        await opening
        await world.clock.sleep(20)
        assert (await positions.health()).ok


@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_an_orphan_suspected_is_a_problem_with_its_name(world: World) -> None:
    """It needs a person until it is settled."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        health = await positions.health()
        assert (health.ok, health.positions) == (False, {"orphan_suspected": 1})
        assert health.problems == (f"position {row.id} ({AVL}) is an orphan suspected",)
        await positions.resolve(row.id, "rolled_back", "support says so", by="ada")
        assert (await positions.health()).ok


@in_world()
async def test_without_an_alert_sink_health_says_that_nobody_is_told(world: World) -> None:
    """It is said, and is no reason to call it ill by itself."""
    async with world.library(alerts=None) as positions:
        health = await positions.health()
    assert (health.ok, health.alerts_told) == (True, False)
    assert health.problems == ("nobody is told: no alert sink was given, alerts go to the log only",)


@in_world()
async def test_a_database_that_does_not_answer_is_a_problem_and_no_error(world: World) -> None:
    """health() answers in any case."""
    async with world.library() as positions:
        real = world.journal.holding

        async def fails(scope: object) -> None:
            raise StoreUnavailable("the disk is gone")

        world.journal.holding = fails
        await world.clock.sleep(30)
        health = await positions.health()
        world.journal.holding = real
    assert (health.ok, health.database) == (False, False)
    assert "the database cannot be used: the disk is gone" in health.problems
    assert any(problem.startswith("the watchdog is silent for ") for problem in health.problems)
