"""F20 and F21: the stop comes from the fill, never from the signal and never from a zero."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import EntryRefused, InvalidRequest
from atomicpos.models import PositionSide, ProofKind, State, StopRule
from atomicpos.ports import OrdersReading, PositionReading
from atomicpos.profile import Protection
from atomicpos.sim.fault_kinds import Call
from atomicpos.stop_price import trigger_price
from modes import carried, in_every_mode, shaded
from shades import as_it_is, fails, from_the_entry_on
from world import AVL, World, assert_safe, in_world, stops_of

HNT = "HNT/USDT:USDT"
SIGNAL = Decimal("3.31")
TWO_PERCENT = StopRule(percent=Decimal(2))


def test_f20_the_stop_of_the_field_incident_is_computed_from_its_fill() -> None:
    """Filled at 1.616 with a signal of 3.31, two percent on a tick of 0.001 is 1.584: rounded to the market."""
    trigger = trigger_price(TWO_PERCENT, PositionSide.LONG, Decimal("1.616"), Decimal("0.001"))
    assert trigger == Decimal("1.584")


@in_world()
async def test_f20_a_stop_taken_from_the_signal_is_refused_before_anything_is_sent(world: World) -> None:
    """A stop of 3.2438 on a market at 1.616 lies on the wrong side, as a price and as a callable's answer."""
    async with world.library() as positions:
        for rule in ({"stop_loss_price": "3.2438"}, {"stop_loss": lambda price, side: SIGNAL * Decimal("0.98")}):
            row, error = await world.tried(positions, symbol="HNTUSDT", **rule)
            assert isinstance(error, InvalidRequest)
            assert "3.24" in str(error)
            assert "1.616" in str(error)
            assert row is None
    assert world.sent() == []
    assert world.stored() == ()


def moving(world: World, mark: str) -> None:
    """The mark is 1.700 when asked, and another one when the entry leaves."""
    world.venue.set_mark(HNT, Decimal("1.700"))
    from_the_entry_on(shaded(world), lambda: world.venue.set_mark(HNT, Decimal(mark)))


@in_every_mode()
async def test_f20_the_market_moves_before_the_fill_and_the_stop_moves_with_it(world: World) -> None:
    """The mark was 1.700 when asked and is lower when filled: the stop is two percent from the fill.

    Where the guard stop travels with the entry, a fall beyond it is another story, told below.
    """
    moving(world, "1.690" if carried(world) else "1.616")
    async with world.library() as positions:
        row, error = await world.tried(positions, symbol="HNTUSDT")
        assert error is None
        assert row is not None
        (fill,) = [order for order in world.accepted(HNT) if not order.reduce_only]
        assert row.entry_price == fill.average
        assert row.stop_price == trigger_price(TWO_PERCENT, PositionSide.LONG, fill.average, Decimal("0.001"))
        await world.clock.sleep(1)
        assert_safe(world, await positions.get(row.id), HNT)
        (stop,) = world.truth(HNT).stops
    assert stop.trigger_price == row.stop_price
    left_out = {row.orders[1].trigger_price} if carried(world) else _refused(row)
    assert {order.trigger_price for order in stops_of(row)} == {row.stop_price, *left_out}


@in_world()
async def test_f20_a_market_that_fell_beyond_the_guard_stop_takes_no_entry(world: World) -> None:
    """The exchange refuses an entry whose own stop would fire at once: nothing was opened, and the row says so."""
    moving(world, "1.616")
    async with world.library() as positions:
        row, error = await world.tried(positions, symbol="HNTUSDT")
    assert isinstance(error, EntryRefused)
    assert row is not None
    assert row.proof is not None
    assert (row.state, row.proof.kind, row.filled_quantity) == (State.ROLLED_BACK, ProofKind.REFUSED, 0)
    assert world.accepted(HNT) == ()


def _refused(row: Any) -> set[Decimal]:
    """The guard triggers, computed from the mark: above the market by now, they cannot stand as separate stops."""
    return {order.trigger_price for order in stops_of(row) if order.status is None}


def without_average(reading: OrdersReading) -> OrdersReading:
    return replace(reading, orders=tuple(replace(order, average=None) for order in reading.orders))


def without_entry_price(reading: PositionReading) -> PositionReading:
    return replace(reading, position=replace(reading.position, entry_price=None))


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f21_without_a_price_an_interim_stop_comes_from_the_mark_and_the_exact_one_replaces_it(
    world: World, side: str
) -> None:
    """No average until t=2: a stop from the mark stands before t=1, the exact one after t=2, none at zero ever."""
    exchange = shaded(world)
    from_the_entry_on(exchange, lambda: world.venue.set_mark(AVL, Decimal("1.3600")))
    exchange.reads.show_orders = without_average
    exchange.reads.show_fills = fails
    exchange.reads.show_position = without_entry_price
    interim: list[Any] = []

    async def at_two() -> None:
        await world.clock.sleep(1)
        interim.extend(world.truth().stops)
        await world.clock.sleep(1)
        exchange.reads.show(as_it_is)

    async with world.library() as positions:
        (row, error), _ = await asyncio.gather(world.tried(positions, side=side), at_two())
        assert error is None
        assert row is not None
        assert world.elapsed_s > 2
    # a guard without an id of ours stands for none that has one: then there are both, at the same trigger
    assert len(interim) == (2 if world.profile.protection is Protection.ATTACHED_UNNAMED else 1)
    at = trigger_price(TWO_PERCENT, row.side, Decimal("1.3580"), Decimal("0.0001"))
    assert {stop.trigger_price for stop in interim} == {at}
    assert row.entry_price is not None
    assert row.stop_price == trigger_price(TWO_PERCENT, row.side, row.entry_price, Decimal("0.0001"))
    assert all(order.trigger_price > 0 for order in world.accepted() if order.conditional)
    assert row.exposure_s < 1
    assert len(world.sent(Call.PLACE_CLOSE)) == 0
    assert world.truth(AVL).stop_quantity >= 10
    assert row.state is State.PROTECTED
