"""An order that reads dead and a slot that shows a position: neither is overruled, and what others did explains it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.errors import EntryNeverFilled
from atomicpos.models import OrderSide, OrderStatus, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call, FaultKind
from shades import ShadedExchange
from world import AVL, World, in_world

LATE_FILLS = Fault(Call.FILLS.value, AVL, FaultKind.LAG.value, None, 3)


def dead_unfilled(reading: Any) -> Any:
    """The entry reads as dead with nothing filled."""
    return replace(reading, orders=tuple(map(_dead, reading.orders)))


def _dead(view: Any) -> Any:
    if view.trigger_price is not None:
        return view
    return replace(view, status=OrderStatus.DEAD, filled=Decimal(0), average=None)


@in_world(LATE_FILLS)
async def test_a_dead_order_is_not_believed_while_the_slot_shows_its_fill(world: World) -> None:
    """The order list says dead and empty, the slot says ten: the row waits for the fills, and is protected by them."""
    world.exchange = exchange = ShadedExchange(world.venue, world.clock, profile=world.profile)
    exchange.reads.show_orders = dead_unfilled
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert row.filled_quantity == 10
        assert world.truth().stop_quantity >= 10


@in_world(Fault(Call.PLACE_ENTRY.value, AVL, FaultKind.NEVER_FILL.value, 1), LATE_FILLS)
async def test_somebody_elses_position_does_not_keep_a_dead_entry_open(world: World) -> None:
    """Ours died unfilled while another hand opened seven: once its fills are shown, ours is proven never filled."""
    async with world.library() as positions:
        opening = world.tried(positions)
        task = asyncio.ensure_future(opening)
        await world.clock.sleep(0.24)
        world.venue.foreign_order(AVL, OrderSide.BUY, Decimal(7))
        row, error = await task
        assert isinstance(error, EntryNeverFilled)
        assert row is not None
        assert 3 < world.elapsed_s < 6
        assert world.truth().quantity == 7
        assert not world.truth().stops
