"""F38: a zero that somebody shows is no proof; flat takes exits that sum to the fill and a look newer than the last."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import OrphanSuspected
from atomicpos.evidence import Evidence, PositionView
from atomicpos.models import OrderStatus, State
from atomicpos.ports import FillsReading, OrdersReading, PositionReading
from atomicpos.sim import Fault
from atomicpos.verifiers import Question
from modes import in_every_mode, is_close, moves_of, naked, shaded, stop_faults
from world import AVL, World, assert_safe, closes_of

VISIBILITY_S = 30
NOTHING = PositionView(Decimal(0))
"""A cache without a position and without a time."""


def zero(reading: PositionReading) -> PositionReading:
    return replace(reading, position=NOTHING)


@in_every_mode(*stop_faults("refuse"))
async def test_f38_a_cache_that_says_zero_from_the_start_ends_nothing_before_its_time(world: World) -> None:
    """Zero without a date all along: rolled back only once a look is as old as reads may lag behind the last fill."""
    naked(world)
    exchange = shaded(world)
    exchange.reads.show_position = zero
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        row = await world.settle(positions)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    last_fill_us = max(execution.at_us for execution in world.venue.executions_as_of(AVL, world.venue.now_us()))
    assert row.proof is not None
    assert row.proof.at_us >= last_fill_us + VISIBILITY_S * 1_000_000
    assert_safe(world, row)


@in_every_mode(Fault("place_close", None, "refuse"))
async def test_f38_while_the_fills_do_not_explain_it_a_zero_proves_nothing(world: World) -> None:
    """The position reads zero for minutes while ten are open and every close is refused: suspected, never an end."""
    exchange = shaded(world)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        exchange.reads.show_position = zero
        with pytest.raises(OrphanSuspected):
            await positions.close_position(row.id)
        await world.clock.sleep(300)
        row = await positions.get(row.id)
        assert row.state is State.ORPHAN_SUSPECTED
        assert world.truth().quantity == 10
        exchange.reads.show_position = lambda reading: reading
        world.venue.faults.clear()
        row = await world.settle(positions)
        assert row is not None
        assert_safe(world, row)


@in_every_mode()
async def test_f38_a_look_from_before_the_last_fill_is_no_look_at_its_effect(world: World) -> None:
    """The close filled, and the slot lags twelve seconds behind it: closed only once a look shows it empty."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(60)
        world.venue.faults.add(Fault("position", None, "lag", None, 12))
        closed = await positions.close_position(row.id)
    last_fill_us = max(execution.at_us for execution in world.venue.executions_as_of(AVL, world.venue.now_us()))
    assert closed.state is State.CLOSED
    assert closed.proof is not None
    assert closed.proof.at_us >= last_fill_us + 11_500_000
    assert len(closes_of(closed)) == 1
    assert_safe(world, closed)


@in_every_mode()
async def test_f38_a_close_that_is_called_filled_without_a_quantity_closes_nothing(world: World) -> None:
    """The close's order reads as filled and says not how much, and no fill shows: no end until its fills do."""
    exchange, hidden = shaded(world), [True]

    def orders(reading: OrdersReading) -> OrdersReading:
        if not hidden[0]:
            return reading
        shown = (replace(o, filled=None, status=OrderStatus.FILLED) if o.reduce_only and o.trigger_price is None else o
                 for o in reading.orders)
        return replace(reading, orders=tuple(shown))

    def fills(reading: FillsReading) -> FillsReading:
        ours = tuple(fill for fill in reading.fills if fill.order_side == "buy")
        return replace(reading, fills=ours) if hidden[0] else reading

    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(5)
        exchange.reads.show_orders, exchange.reads.show_fills = orders, fills
        with pytest.raises(OrphanSuspected):
            await positions.close_position(row.id)
        hidden[0] = False
        closed = await world.settle(positions)
    assert closed is not None
    assert closed.state is State.CLOSED
    assert moves_of(closed)[-2:] == ["orphan_suspected", "closed"]
    assert_safe(world, closed)


class StillThere:
    """A source of the bot's own that sees the position as long as it is told to."""

    name = "still_there"

    def __init__(self) -> None:
        self.sees = True

    async def look(self, question: Question) -> Evidence:
        return Evidence.seen(question.quantity) if self.sees else Evidence.absent()


@in_every_mode()
async def test_f38_a_source_that_still_sees_it_holds_the_end_up(world: World) -> None:
    """Everything built in says flat, and another source sees 43: no end before that source stops seeing it."""
    source = StillThere()
    async with world.library(verifiers=[source]) as positions:
        row, _ = await world.tried(positions, quantity="43")
        assert row is not None
        await world.clock.sleep(5)
        with pytest.raises(OrphanSuspected):
            await positions.close_position(row.id)
        source.sees = False
        closed = await world.settle(positions)
        assert closed is not None
        assert closed.state is State.CLOSED
        assert_safe(world, closed)


@in_every_mode(*stop_faults("refuse"))
async def test_f38_an_acknowledged_close_is_not_a_filled_one(world: World) -> None:
    """The close is acknowledged and its order stays out of sight: it is not rolled back on the acknowledgement."""
    naked(world)
    exchange = shaded(world)
    left: list[Any] = []

    async def before(request: Any) -> None:
        if is_close(request) and not left:
            left.append(request)
            world.venue.faults.add(*(Fault(call, None, "lag", None, 8) for call in ("orders", "fills", "position")))

    exchange.before = before
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    last_fill_us = max(execution.at_us for execution in world.venue.executions_as_of(AVL, world.venue.now_us()))
    assert row.proof is not None
    assert row.proof.at_us >= last_fill_us + 7_500_000
    assert_safe(world, row)
