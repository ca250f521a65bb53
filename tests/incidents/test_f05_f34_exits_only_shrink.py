"""F05 and F34: a close is on the side opposite to what we opened, and unable to open anything."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import OrphanSuspected, RolledBack
from atomicpos.events import EventKind
from atomicpos.models import Leg, OrderSide, PositionSide, ProofKind, State
from atomicpos.ports import CancelOrder, OrdersReading, PlaceOrder, PositionReading, SetPositionStop
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode, shaded, stop_faults
from shades import ShadedExchange
from world import AVL, World, assert_safe, closes_of

NO_STOP = (Fault("place_entry", None, "drop_attached"), *stop_faults("refuse"))
"""No stop can be had, in whichever way it is put up."""
OTHER = {PositionSide.LONG: PositionSide.SHORT, PositionSide.SHORT: PositionSide.LONG}


def without_sides(reading: OrdersReading) -> OrdersReading:
    return replace(reading, orders=tuple(replace(order, order_side=None) for order in reading.orders))


def turned(reading: PositionReading) -> PositionReading:
    view = reading.position
    return replace(reading, position=replace(view, side=None if view.side is None else OTHER[view.side]))


@pytest.mark.parametrize(("side", "closing"), [("buy", OrderSide.SELL), ("sell", OrderSide.BUY)])
@in_every_mode(*NO_STOP)
async def test_f05_the_close_is_opposite_to_our_own_request_though_the_exchange_names_no_side(
    world: World, side: str, closing: OrderSide
) -> None:
    """Without a stop it is closed at the exposure deadline, reduce-only, opposite to our own request, fill stored."""
    exchange = shaded(world)
    exchange.reads.show_orders = without_sides
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side, quantity="43")
    assert isinstance(error, RolledBack)
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "exposure_deadline")
    sent = [r for r in exchange.written if isinstance(r, PlaceOrder) and r.leg is Leg.CLOSE]
    assert [(r.order_side, r.quantity, r.reduce_only) for r in sent] == [(closing, Decimal(43), True)]
    assert [order.filled for order in closes_of(row)] == [43]
    assert 10 <= row.exposure_s < 11
    assert_safe(world, row)


@in_every_mode(*NO_STOP)
async def test_f05_a_position_that_shows_on_the_other_side_is_not_touched(world: World) -> None:
    """When the exchange contradicts our side, no exit is sent at all: suspected, announced, left as it is."""
    exchange = shaded(world)
    exchange.reads.show_position = turned
    async with world.library() as positions:
        row, error = await world.tried(positions, quantity="43")
    assert isinstance(error, OrphanSuspected)
    assert row is not None
    assert row.state is State.ORPHAN_SUSPECTED
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.truth().quantity == 43
    assert len(world.heard(EventKind.ALERT, "position_reversed")) == 1


class WithoutReduceOnly(ShadedExchange):
    """The planted defect: what leaves is an ordinary market order."""

    async def write(self, request: Any, permit: Any) -> Any:
        if isinstance(request, PlaceOrder) and request.leg is Leg.CLOSE:
            request = replace(request, reduce_only=False)
        return await super().write(request, permit)


async def close_a_moment_too_late(world: World, kind: type[ShadedExchange]) -> Any:
    """A protected long; its stop fires between the look and the close."""
    world.exchange = exchange = kind(world.venue, world.clock, profile=world.profile)

    async def fires(request: Any) -> None:
        if isinstance(request, PlaceOrder) and request.leg is Leg.CLOSE:
            world.venue.set_mark(AVL, Decimal("1.3000"))

    exchange.before = fires
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(1)
        try:
            return await positions.close_position(row.id)
        except OrphanSuspected as suspected:
            return suspected.position


@in_every_mode()
async def test_f34_a_stop_that_fires_first_leaves_the_close_with_nothing_to_do(world: World) -> None:
    """The late close is refused for want of a position: the row is closed, proven, and the exchange flat."""
    row = await close_a_moment_too_late(world, ShadedExchange)
    assert row.state is State.CLOSED
    assert row.proof.kind is ProofKind.EXITED
    assert [order.filled for order in closes_of(row)] == [0]
    assert_safe(world, row)


@in_every_mode()
async def test_f34_without_reduce_only_the_same_scene_opens_a_phantom(world: World) -> None:
    """The scene above bites: with the flag taken off, the venue ends short, and the library does not call it flat."""
    row = await close_a_moment_too_late(world, WithoutReduceOnly)
    assert world.truth().quantity == -10
    assert row.state is State.ORPHAN_SUSPECTED
    assert world.heard(EventKind.ALERT, "position_reversed") != []


@in_every_mode(*NO_STOP)
async def test_f34_a_rollback_that_finds_the_position_gone_ends_without_a_phantom(world: World) -> None:
    """Liquidated between the look and the close of a rollback: no order is left and nothing is opened."""
    exchange = shaded(world)

    async def liquidated(request: Any) -> None:
        if isinstance(request, PlaceOrder) and request.leg is Leg.CLOSE:
            world.venue.liquidate(AVL)

    exchange.before = liquidated
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    assert row.state is State.CLOSED_IMMEDIATELY
    assert_safe(world, row)


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode(*NO_STOP)
async def test_f34_no_request_but_the_entry_could_ever_enlarge(world: World, side: str) -> None:
    """Of all that leaves in a rollback, only the entry is not reduce-only."""
    exchange = shaded(world)
    async with world.library() as positions:
        await world.tried(positions, side=side)
    placed = [r for r in exchange.written if isinstance(r, PlaceOrder)]
    assert {r.leg for r in placed} == {Leg.ENTRY, Leg.STOP, Leg.CLOSE}
    assert {type(r) for r in exchange.written} <= {PlaceOrder, CancelOrder, SetPositionStop}
    assert [r.leg for r in placed if not r.reduce_only] == [Leg.ENTRY]
