"""A stop that was sent is a claim; what a reading shows of it decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from atomicpos.errors import RolledBack
from atomicpos.evidence import OrderView
from atomicpos.models import Order, State
from atomicpos.ports import OrdersReading, PositionStopReading, StopsReading
from atomicpos.profile import Protection
from atomicpos.sim.fault_kinds import Call
from modes import shaded
from shades import fails
from world import World, assert_safe, in_world, play, stops_of

SEPARATE = [mode for mode in Protection if mode is not Protection.ATTACHED]


def able_to_enlarge(reading: Any) -> Any:
    """Every stop is shown without reduce-only, whatever was sent."""
    match reading:
        case OrdersReading():
            return replace(reading, orders=tuple(loosened(o) if o.trigger_price else o for o in reading.orders))
        case PositionStopReading(stop=OrderView() as stop):
            return replace(reading, stop=loosened(stop))
        case StopsReading():
            asked = None if reading.asked is None else loosened(reading.asked)
            return replace(reading, stops=tuple(map(loosened, reading.stops)), asked=asked)
        case _:
            return reading


def loosened(order: OrderView) -> OrderView:
    return replace(order, reduce_only=False)


@pytest.mark.parametrize("protection", SEPARATE)
def test_a_separate_stop_that_reads_otherwise_than_it_was_sent_is_no_cover(protection: Protection) -> None:
    """It is not called protected, it does not end the exposure, and at the exposure deadline the position is closed."""

    async def scene(world: World) -> None:
        shaded(world).reads.show(able_to_enlarge)
        async with world.library() as positions:
            position, error = await world.tried(positions)
        assert isinstance(error, RolledBack)
        assert position is not None
        assert position.reason == "exposure_deadline"
        assert position.exposure_s > 10
        assert_safe(world, position)

    play(scene, protection=protection)


@pytest.mark.parametrize("show", [able_to_enlarge, fails])
@in_world()
async def test_a_position_s_own_stop_that_cannot_be_confirmed_is_joined_by_a_separate_one(
    world: World, show: Any
) -> None:
    """Its order reads otherwise, or cannot be read: after ``write_patience_s`` a second stop protects instead."""
    shaded(world).reads.show_position_stop = show
    async with world.library(write_patience_s=2) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert 2 < world.elapsed_s < 4
        assert_safe(world, row)
    assert [order.attached for order in confirmed(row.orders)] == [False]
    assert world.sent(Call.PLACE_STOP, Call.PLACE_CLOSE) == [Call.PLACE_STOP]
    assert world.truth().exposure_s == 0


def confirmed(orders: tuple[Order, ...]) -> list[Order]:
    return [order for order in orders if order.alive and order.read_back]


@in_world()
async def test_a_position_s_own_stop_that_reads_as_sent_needs_no_second_one(world: World) -> None:
    """Calm: the guard stop, its amendment, and no order beside it."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        await world.clock.sleep(60)
    assert row is not None
    assert row.state is State.PROTECTED
    assert [order.attached for order in stops_of(row)] == [True, True]
    assert world.sent() == [Call.PLACE_ENTRY, Call.SET_STOP]
