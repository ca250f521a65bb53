"""F50: recovery is the live path on a stored row; it closes nothing that is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from atomicpos.models import OrderSide, ProofKind, State
from atomicpos.sim import Fault, Venue
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from gates import Mortal
from modes import in_every_mode, stop_faults
from world import AVL, ORDERS, WRITES, World, assert_safe

NO_STOP = (Fault("place_entry", None, "drop_attached"), *stop_faults("refuse"))


def liquidated(venue: Venue) -> None:
    venue.liquidate(AVL)


def stopped_out(venue: Venue) -> None:
    venue.set_mark(AVL, Decimal("1.3000"))


def closed_by_hand(venue: Venue) -> None:
    venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(10), reduce_only=True), foreign=True)


ENDS = [stopped_out, liquidated, closed_by_hand]


async def protected_then_dead(world: World) -> None:
    """A first process opens, protects, and dies."""
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library() as positions:
            row, error = await world.tried(positions)
            assert error is None
            assert row is not None
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)


@pytest.mark.parametrize("end", ENDS)
@in_every_mode()
async def test_f50_a_protected_row_whose_position_ended_meanwhile_is_closed_without_an_order(
    world: World, end: Callable[[Venue], None]
) -> None:
    """Stopped out, liquidated or closed by hand while nobody ran: closed with its proof, and no order is sent."""
    await protected_then_dead(world)
    end(world.venue)
    await world.clock.sleep(60)
    before = len(world.exchange.requests)
    async with world.library() as positions:
        await world.clock.sleep(20)
        row = await world.settle(positions)
    assert row is not None
    assert row.state is State.CLOSED
    assert row.proof is not None
    assert row.proof.kind is ProofKind.EXITED
    written = [call for _, call, _ in world.exchange.requests[before:] if call in WRITES - {Call.CANCEL}]
    assert written == []
    assert_safe(world, row)


@pytest.mark.parametrize("end", [liquidated, closed_by_hand])
@in_every_mode(*NO_STOP)
async def test_f50_a_naked_row_whose_position_ended_meanwhile_opens_nothing(
    world: World, end: Callable[[Venue], None]
) -> None:
    """A row left verifying, the exchange flat: nothing is tried that could open, and it ends with evidence."""
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library() as positions:
            opening = asyncio.ensure_future(world.tried(positions))
            await asyncio.wait({opening}, timeout=1.0)
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)
    end(world.venue)
    world.venue.faults.clear()
    await world.clock.sleep(60)
    taken = world.accepted()
    async with world.library() as positions:
        row = await world.settle(positions)
    assert row is not None
    assert row.state is State.CLOSED_IMMEDIATELY
    assert row.proof is not None
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]
    assert world.accepted() == taken
    assert_safe(world, row)


@in_every_mode(Fault("place_entry", None, "never_fill"))
async def test_f50_a_pending_row_whose_entry_died_unfilled_is_rolled_back_without_a_close(world: World) -> None:
    """The process died before the acknowledgement: the successor reads the dead order, and closes nothing."""
    mortal = Mortal(world, "after write entry")

    async def life() -> None:
        async with world.library() as positions:
            await world.tried(positions)

    assert await mortal.live(life)
    await world.clock.sleep(60)
    async with world.library() as positions:
        row = await world.settle(positions)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert world.sent(Call.PLACE_CLOSE) == []
    assert_safe(world, row)


@in_every_mode()
async def test_f50_a_protected_row_that_still_stands_is_left_alone(world: World) -> None:
    """Recovery of what is as it should be only looks: no order is placed, and the stop that stands is not moved."""
    await protected_then_dead(world)
    await world.clock.sleep(600)
    before = len(world.sent(*ORDERS))
    async with world.library() as positions:
        await world.clock.sleep(30)
        row = await world.settle(positions)
        assert_safe(world, row)
    assert len(world.sent(*ORDERS)) == before
