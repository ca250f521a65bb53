"""F32: a close is as large as what is there, whatever the order's own filled field says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import OrderView
from atomicpos.models import OrderStatus, State
from atomicpos.ports import FillsReading, OrdersReading
from modes import in_every_mode, is_close, naked, shaded, stop_faults
from world import AVL, TEN, World, assert_safe, closes_of

FRAG = Decimal(1298)


def unsaid(view: OrderView) -> OrderView:
    """The order as it is, without saying how much filled."""
    return replace(view, filled=None, average=None)


def called_closed(view: OrderView) -> OrderView:
    """What "closed, filled: 0.0" comes to: the word of a filled order, and nothing filled."""
    return replace(view, status=OrderStatus.FILLED, filled=Decimal(0), average=None)


def still_open(view: OrderView) -> OrderView:
    """A replica that knows the order and no fill of it."""
    return replace(view, status=OrderStatus.OPEN, filled=Decimal(0), average=None)


def showing(world: World, entry_as: Callable[[OrderView], OrderView]) -> list[Any]:
    """Only the position shows what filled: the entry's order is shown that way, and fills not at all."""
    exchange = shaded(world)
    closes: list[Any] = []

    def orders(reading: OrdersReading) -> OrdersReading:
        return replace(reading, orders=tuple(entry_as(o) if not o.reduce_only else o for o in reading.orders))

    def fills(reading: FillsReading) -> FillsReading:
        return replace(reading, fills=() if not closes else reading.fills)

    async def before(request: Any) -> None:
        if is_close(request):
            closes.append(request)
            exchange.reads.show_orders = lambda reading: reading

    exchange.before = before
    exchange.reads.show_orders, exchange.reads.show_fills = orders, fills
    return closes


@pytest.mark.parametrize("entry_as", [unsaid, called_closed, still_open])
@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode(*stop_faults("refuse"))
async def test_f32_the_close_has_the_size_of_the_position_that_is_there(
    world: World, side: str, entry_as: Callable[[OrderView], OrderView]
) -> None:
    """The order says nothing, or zero, while 1298 are open: one reduce-only close of 1298, and flat."""
    naked(world)
    closes = showing(world, entry_as)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side, quantity=FRAG)
        assert error is not None
        row = await world.settle(positions)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert [(close.quantity, close.reduce_only) for close in closes] == [(FRAG, True)]
    assert_safe(world, row)


@pytest.mark.parametrize("gone", [Decimal(1), Decimal(4), Decimal(9)])
@in_every_mode()
async def test_f32_what_somebody_closed_meanwhile_is_not_closed_again(world: World, gone: Decimal) -> None:
    """A part of the ten was sold by hand: the close asks for the rest, not for what was once requested."""
    exchange = shaded(world)
    async with world.library(watch_s=5) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(10)
        world.venue.foreign_order(AVL, row.side.closing, gone, reduce_only=True)
        await world.clock.sleep(10)
        closed = await positions.close_position(row.id)
    assert [r.quantity for r in exchange.written if is_close(r)][-1] == TEN - gone
    assert sum(order.filled for order in closes_of(closed)) == TEN - gone
    assert_safe(world, closed)


@in_every_mode(*stop_faults("refuse"))
async def test_f32_no_close_of_nothing_ever_leaves(world: World) -> None:
    """In a rollback with a slow and wavering exchange every close asks for more than nothing and at most for ten."""
    naked(world)
    exchange = shaded(world)
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    asked = [request.quantity for request in exchange.written if is_close(request)]
    assert asked != []
    assert all(0 < quantity <= TEN for quantity in asked)
    assert_safe(world, row)
