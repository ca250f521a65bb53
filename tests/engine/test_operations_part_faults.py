"""A part of a position is closed once, whatever happens to the request, the reply or the process in between."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from acts import opened
from atomicpos.app import AtomicPositions
from atomicpos.errors import CloseRefused
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import in_every_mode
from world import World, assert_safe, closes_of, in_world, play

LOST = ["lose_request", "lose_reply", "http_502_executed", "http_502_not_executed", "html_200_executed",
        "html_200_not_executed", "cut_body", "late_reply", "late_request", "duplicate"]  # fmt: skip


def assert_left(world: World, row: Position, share: int) -> None:
    """The exchange holds that much under a stop of ours, and the row says protected."""
    assert (row.state, world.truth().quantity) == (State.PROTECTED, share)
    assert world.truth().stop_quantity >= share


@pytest.mark.parametrize("code", [None, "110066", "price_band"])
@in_every_mode()
async def test_a_refused_part_stays_open_under_its_stop(world: World, code: str | None) -> None:
    """CloseRefused with the reason; ten are protected as before, nothing is tried again, and another part may be."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(Fault("place_close", None, "refuse", 1, None, code))
        with pytest.raises(CloseRefused, match="4 could not be closed and stays open under its stop: ") as refused:
            await positions.close_position(row.id, "4")
        assert refused.value.position is not None
        assert_left(world, refused.value.position, 10)
        await world.clock.sleep(60)
        assert_left(world, await positions.get(row.id), 10)
        assert len(world.sent(Call.PLACE_CLOSE)) == 1
        assert_left(world, await positions.close_position(row.id, "3"), 7)


@in_every_mode(Fault("place_close", None, "rate_limit", 1))
async def test_a_part_that_came_one_too_many_is_asked_again(world: World) -> None:
    """A rate limit is no refusal for good: the part is closed by the next order."""
    async with world.library() as positions:
        row = await opened(world, positions)
        assert_left(world, await positions.close_position(row.id, "4"), 6)


@in_every_mode(Fault("place_close", None, "refuse", 1, None, "quantity"))
async def test_a_part_that_is_too_large_for_one_order_goes_in_pieces(world: World) -> None:
    """Refused as too large, the four are closed by several orders of two at most."""
    async with world.library() as positions:
        row = await opened(world, positions)
        after = await positions.close_position(row.id, "4")
        assert_left(world, after, 6)
    sizes = [close.filled for close in closes_of(after)]
    assert (sizes[0], sum(sizes), max(sizes)) == (0, 4, 2)


@pytest.mark.parametrize("kind", LOST)
@in_every_mode()
async def test_a_part_is_closed_once_whatever_becomes_of_the_reply(world: World, kind: str) -> None:
    """Lost on the way, on the way back or mangled: exactly four are closed, and six stay protected."""
    async with world.library() as positions:
        row = await opened(world, positions)
        seconds = {"lose_reply": 20.0, "late_reply": 20.0, "late_request": 3.0}.get(kind)
        world.venue.faults.add(Fault("place_close", None, kind, 1, seconds))
        after = await positions.close_position(row.id, "4")
        assert_left(world, after, 6)
        await world.clock.sleep(120)
        assert_left(world, await positions.get(row.id), 6)
    assert world.truth().exposure_s == row.exposure_s


@in_world(Fault("place_close", None, "stop_out", 1, 0))
async def test_the_stop_that_fires_with_a_part_ends_the_position(world: World) -> None:
    """Four were closed by us, the stop took the rest: closed, returned as it ended."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id, "4")
        ended = await positions.wait(row.id)
        await world.clock.sleep(20)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert_safe(world, ended)


@in_world(Fault("place_close", None, "foreign_close", 1, 0))
async def test_somebody_else_who_closes_the_rest_ends_the_position(world: World) -> None:
    """The rest went by another hand: closed, proven, and nothing more was sent."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id, "4")
        await world.clock.sleep(20)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert_safe(world, ended)
    assert len(world.sent(Call.PLACE_CLOSE)) == 1


# --- the process dies ---------------------------------------------------------------------------------------------

MIXES: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "the reply is lost": (Fault("place_close", None, "http_502_executed", 1),),
    "the request is lost": (Fault("place_close", None, "lose_request", 1),),
    "everything shows late": tuple(Fault(call, None, "lag", None, 3) for call in ("orders", "fills", "position")),
}


async def died_while(world: World, at: int, act: Any, *faults: Fault) -> bool:
    """Open, then carry out an act and die at its ``at``-th passage; False when the act was over before."""
    mortal = Mortal(world, at)
    mortal.gate.armed = False

    async def life() -> None:
        async with world.library() as positions:
            row = await opened(world, positions)
            world.venue.faults.add(*faults)
            mortal.gate.armed = True
            await act(positions, row)
            mortal.gate.armed = False

    return await mortal.live(life)


async def part(positions: AtomicPositions, row: Position) -> None:
    await positions.close_position(row.id, "4")


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize("mix", MIXES.values(), ids=MIXES.keys())
def test_a_part_goes_on_after_a_crash_or_was_never_begun(mix: tuple[Fault, ...], protection: Protection) -> None:
    """Killed at each passage, the successor leaves six where the wish was stored and ten where it was not."""
    died: list[bool] = []

    async def scene(world: World, at: int) -> None:
        died.append(await died_while(world, at, part, *mix))
        wished = world.stored()[0].parts_asked
        async with world.library() as positions:
            (found,) = await positions.list()
            await world.clock.sleep(90)
            assert_left(world, await positions.get(found.id), 6 if wished else 10)

    for at in count(1):
        play(scene, at=at, protection=protection)
        if not died[-1] or at > 60:
            break
    assert len(died) > 4
