"""Leverage is had before the entry, or there is no entry (F58)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.errors import EntryRefused
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from world import AVL, World, assert_safe, in_world


@pytest.mark.parametrize("leverage", [5, "5", 5.0, Decimal(5)])
@in_world()
async def test_leverage_is_set_before_the_entry(world: World, leverage: object) -> None:
    """The first write is the leverage, the second the entry; the exchange has it when the fill comes."""
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=leverage)
    assert error is None
    assert row is not None
    assert row.leverage == 5
    assert world.sent()[:2] == [Call.SET_LEVERAGE, Call.PLACE_ENTRY]
    assert world.venue.position_as_of(AVL, world.venue.now_us()).leverage == 5
    assert_safe(world, row)


@in_world()
async def test_leverage_that_is_so_already_is_had(world: World) -> None:
    """"Not modified" is a success."""
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=10)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED


@in_world()
async def test_without_a_wish_leverage_is_not_touched(world: World) -> None:
    """No leverage asked for, none set."""
    async with world.library() as positions:
        await world.tried(positions)
    assert world.sent(Call.SET_LEVERAGE) == []


@pytest.mark.parametrize("kind", ["refuse", "lose_request", "http_502_not_executed", "http_502_executed"])
@in_world()
async def test_leverage_that_could_not_be_had_for_certain_means_no_entry(world: World, kind: str) -> None:
    """Refused or unknown: EntryRefused, rolled back with its proof, no entry left, and the slot is free again."""
    world.venue.faults.add(Fault("set_leverage", None, kind))
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=5)
        assert isinstance(error, EntryRefused)
        assert "leverage 5" in str(error)
        assert row is not None
        assert (row.state, row.reason) == (State.ROLLED_BACK, "leverage_refused")
        assert_safe(world, row)
        assert world.sent(Call.PLACE_ENTRY) == []
        world.venue.faults.clear()
        _, error = await world.tried(positions)
        assert error is None
