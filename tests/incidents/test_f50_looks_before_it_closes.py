"""F50: a successor that finds an exit half done looks first: what was to be closed may be gone."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from atomicpos.models import Goal, OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from gates import Mortal
from modes import in_every_mode
from world import AVL, World, assert_safe, in_world


@in_world(Fault("place_close", None, "refuse"))
async def test_f50_an_exit_that_a_predecessor_began_is_not_sent_into_an_empty_slot(world: World) -> None:
    """Asked to close, refused, dead; closed by hand meanwhile: the next process sends no close, and proves the end."""
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library() as positions:
            row, error = await world.tried(positions)
            assert error is None
            assert row is not None
            closing = asyncio.ensure_future(positions.close_position(row.id))
            await asyncio.wait({closing}, timeout=1.0)
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)
    assert [row.goal for row in world.stored()] == [Goal.FLAT]
    world.venue.faults.clear()
    world.venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(10), reduce_only=True), foreign=True)
    await world.clock.sleep(60)
    before = world.sent(Call.PLACE_CLOSE)
    assert before != []
    async with world.library() as positions:
        position = await world.settle(positions)
    assert position is not None
    assert position.state is State.CLOSED
    assert world.sent(Call.PLACE_CLOSE) == before
    assert_safe(world, position)


@in_every_mode(
    Fault("set_stop", None, "refuse", None, None, "would_trigger"),
    Fault("place_stop", None, "refuse", None, None, "would_trigger"),
    Fault("place_close", None, "refuse"),
)
async def test_f50_a_rollback_that_a_predecessor_began_is_not_sent_into_an_empty_slot(world: World) -> None:
    """Never protected, its closes refused, dead; closed by hand meanwhile: the next process sends no close."""
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library() as positions:
            opening = asyncio.ensure_future(world.tried(positions))
            await asyncio.wait({opening}, timeout=1.0)
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)
    assert [row.goal for row in world.stored()] == [Goal.FLAT]
    before = world.sent(Call.PLACE_CLOSE)
    assert before != []
    world.venue.faults.clear()
    world.venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(10), reduce_only=True), foreign=True)
    await world.clock.sleep(60)
    async with world.library() as positions:
        position = await world.settle(positions)
    assert position is not None
    assert position.state.settled
    assert world.sent(Call.PLACE_CLOSE) == before
