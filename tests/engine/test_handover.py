"""Two processes on one account: what one of them wants done to a position of the other's, it takes over first."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from acts import opened
from atomicpos.errors import NotReady
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import MemoryJournal
from modes import in_every_mode
from world import AVL, Named, World, assert_safe

WATCH_S = 5.0


def two(world: World) -> tuple[World, World]:
    """Two processes, each with a name of its own, on rows whose leases last by the world's clock."""
    world.journal = MemoryJournal(now_us=world.clock.now_us)
    return world, world.beside()


@in_every_mode()
async def test_a_position_of_another_living_process_is_closed(world: World) -> None:
    """Asked to close it, the second process gets it from the first, which lives on, and proves it closed."""
    one, other = two(world)
    async with one.library(owners=Named("one")) as first, other.library(owners=Named("other")) as second:
        row = await opened(one, first)
        closed = await second.close_position(row.id)
        assert closed.state is State.CLOSED
        assert (await first.get(row.id)).state is State.CLOSED
        assert_safe(world, closed)
    assert one.sent(Call.PLACE_CLOSE) == []
    assert other.sent(Call.PLACE_CLOSE) == ["place_close"]


@in_every_mode()
async def test_a_stop_is_moved_by_the_process_that_is_asked_to(world: World) -> None:
    """The handover costs at most a watch and a few seconds, and the stop stands all the while."""
    one, other = two(world)
    async with one.library(owners=Named("one"), watch_s=WATCH_S) as first:
        row = await opened(one, first)
        async with other.library(owners=Named("other")) as second:
            began_s = world.elapsed_s
            moved = await second.move_stop(row.id, price="1.3000")
            assert world.elapsed_s - began_s < WATCH_S + 10
            assert moved.stop_price == Decimal("1.3000")
        after = await first.get(row.id)
        assert (after.state, after.stop_price) == (State.PROTECTED, Decimal("1.3000"))
        assert after.exposure_s == row.exposure_s
        assert_safe(world, after)


@in_every_mode()
async def test_what_was_handed_over_comes_back_when_its_taker_leaves(world: World) -> None:
    """The watch of the one that stays takes it up again, and watches it as before."""
    one, other = two(world)
    async with one.library(owners=Named("one"), watch_s=WATCH_S) as first:
        row = await opened(one, first)
        async with other.library(owners=Named("other")) as second:
            await second.move_stop(row.id, percent="3")
            assert world.stored()[0].owner == "other"
        await world.clock.sleep(2 * WATCH_S)
        assert world.stored()[0].owner == "one"
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(2 * WATCH_S)
        assert world.truth().stop_quantity >= 10
        assert_safe(world, await first.get(row.id))


@in_every_mode(Fault("place_entry", None, "lose_request"))
async def test_a_position_that_is_just_being_opened_is_not_given_up(world: World) -> None:
    """It is not at rest: who wants it is told whose it is, once a lease's time has passed, and nothing is disturbed."""
    one, other = two(world)
    async with one.library(owners=Named("one")) as first, other.library(owners=Named("other")) as second:
        opening = asyncio.ensure_future(one.tried(first))
        await world.clock.sleep(1)
        (row,) = world.stored()
        with pytest.raises(NotReady, match=r"pending_entry and driven by another process \(one\)"):
            await second.close_position(row.id)
        settled, _ = await opening
        assert settled is not None
        assert world.stored()[0].owner in ("one", None)
        assert other.sent() == []


@in_every_mode()
async def test_every_owner_says_that_it_lives_until_it_leaves(world: World) -> None:
    """The heartbeat comes with each renewal, says how many positions it has, and goes when the block is left."""
    one, other = two(world)
    async with one.library(owners=Named("one")) as first:
        await opened(one, first)
        async with other.library(owners=Named("other")):
            await world.clock.sleep(20)
            heard = {told.heartbeat.owner: told for told in await world.journal.heartbeats()}
            assert {owner: told.heartbeat.positions for owner, told in heard.items()} == {"one": 1, "other": 0}
            assert all(told.age_us < 10_000_000 for told in heard.values())
            assert all(told.heartbeat.behind_us == 0 for told in heard.values())
        assert [told.heartbeat.owner for told in await world.journal.reopened().heartbeats()] == ["one"]
    assert await world.journal.reopened().heartbeats() == ()
