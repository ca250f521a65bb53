"""A stop that is moved while things go wrong: never without one, and in the end exactly one."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import count

import pytest

from acts import opened, stands
from atomicpos.app import AtomicPositions
from atomicpos.errors import StopRefused
from atomicpos.models import OrderStatus, Position
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import in_every_mode
from world import AVL, World, play, stops_of

STOPS = (Call.SET_STOP, Call.PLACE_STOP)


@pytest.mark.parametrize("code", [None, "too_many_stops", "price_band", "price"])
@in_every_mode()
async def test_a_refused_move_leaves_the_old_stop_and_says_so(world: World, code: str | None) -> None:
    """StopRefused with the exchange's reason; the old stop stands and the row is protected by it as before."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "refuse", None, None, code) for call in STOPS))
        with pytest.raises(StopRefused, match="the stop was not moved, the old one is kept: ") as refused:
            await positions.move_stop(row.id, price="1.34")
        assert refused.value.position is not None
        assert refused.value.position.stop_price == row.stop_price
        world.venue.faults.clear()
        await world.clock.sleep(60)
        stands(world, await positions.get(row.id), "1.3310")
        after = await positions.move_stop(row.id, price="1.34")
        await world.clock.sleep(20)
        stands(world, after, "1.34")


@pytest.mark.parametrize("price", ["1.34", "1.30"], ids=["tighter", "looser"])
@in_every_mode()
async def test_a_move_that_came_one_too_many_is_asked_again(world: World, price: str) -> None:
    """A rate limit is no refusal for good: the next request moves it, and one stop is left."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "rate_limit", 1) for call in STOPS))
        after = await positions.move_stop(row.id, price=price)
        await world.clock.sleep(60)
        stands(world, after, price)


@in_every_mode()
async def test_a_move_that_the_market_overtakes_is_refused_by_the_exchange(world: World) -> None:
    """The mark falls below the new trigger on the way: StopRefused, the old stop stands, nothing is closed."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moving = asyncio.ensure_future(positions.move_stop(row.id, price="1.35"))
        await world.clock.sleep(0.16)
        world.venue.set_mark(AVL, Decimal("1.3450"))
        with pytest.raises(StopRefused):
            await moving
        await world.clock.sleep(60)
        stands(world, await positions.get(row.id), "1.3310")
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "http_502_executed", "http_502_not_executed",
                                  "html_200_executed", "cut_body", "late_reply", "late_request", "duplicate"])
@in_every_mode()
async def test_a_move_ends_with_one_stop_whatever_becomes_of_the_reply(world: World, kind: str) -> None:
    """Moved, or refused with the old one standing; never without a stop, and in the end with exactly one."""
    async with world.library() as positions:
        row = await opened(world, positions)
        seconds = {"lose_reply": 20.0, "late_reply": 20.0, "late_request": 3.0}.get(kind)
        world.venue.faults.add(*(Fault(call, None, kind, 1, seconds) for call in STOPS))
        after = await positions.move_stop(row.id, price="1.34")
        assert after.stop_price == Decimal("1.34")
        await world.clock.sleep(120)
        stands(world, await positions.get(row.id), "1.34")
    assert world.truth().exposure_s == row.exposure_s


@pytest.mark.parametrize("lag_s", [1, 5, 20])
@in_every_mode()
async def test_a_move_while_the_reads_lag_never_loses_the_cover(world: World, lag_s: float) -> None:
    """What is read late is the old stop: the move is shown, or given up with one stop in the end; no gap either way."""
    async with world.library() as positions:
        row = await opened(world, positions)
        late = ("orders", "position", "position_stop", "fills")
        world.venue.faults.add(*(Fault(call, None, "lag", None, lag_s) for call in late))
        try:
            after = await positions.move_stop(row.id, price="1.34")
            assert after.stop_price == Decimal("1.34")
        except StopRefused:
            assert lag_s > 10, "it could have been shown within the exposure deadline"
        await world.clock.sleep(4 * lag_s + 60)
        final = await positions.get(row.id)
        stands(world, final, "1.34", "1.3310")
    assert world.truth().exposure_s == row.exposure_s
    assert len(world.sent(*STOPS)) < 12


# --- the process dies ---------------------------------------------------------------------------------------------


async def died_while_moving(world: World, at: int) -> bool:
    mortal = Mortal(world, at)
    mortal.gate.armed = False

    async def life() -> None:
        async with world.library() as positions:
            row = await opened(world, positions)
            mortal.gate.armed = True
            await moved(positions, row)
            mortal.gate.armed = False

    return await mortal.live(life)


async def moved(positions: AtomicPositions, row: Position) -> None:
    await positions.move_stop(row.id, price="1.34")


@pytest.mark.parametrize("protection", list(Protection))
def test_a_crash_in_the_middle_of_a_move_leaves_one_stop(protection: Protection) -> None:
    """Killed at each passage: the position was never without a stop, and the successor ends with the one it names."""
    died: list[bool] = []

    async def scene(world: World, at: int) -> None:
        died.append(await died_while_moving(world, at))
        before = world.truth().exposure_s
        (stored,) = world.stored()
        asked = stored.moving or stored.rule
        async with world.library() as positions:
            await world.clock.sleep(90)
            stands(world, await positions.get(stored.id), "1.34" if asked else "1.3310")
            dead = [stop for stop in stops_of(await positions.get(stored.id)) if stop.status is not OrderStatus.DEAD]
            assert len([stop for stop in dead if not stop.never_existed]) == 1
        assert world.truth().exposure_s == before

    for at in count(1):
        play(scene, at=at, protection=protection)
        if not died[-1] or at > 60:
            break
    assert len(died) > 4
