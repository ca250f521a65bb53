"""F25: our own stop is known by its id, or by our last value on the position, and never put up twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from atomicpos.models import State
from atomicpos.ports import OrdersReading
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import attached, in_every_mode, living_stops, naked, shaded, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe, closes_of

LOST_REPLIES = ("lose_reply", "http_502_executed", "html_200_executed", "cut_body", "duplicate")


def accepted_stops(world: World) -> Counter[Any]:
    """How many stops the engine ever took at each trigger; the position's own is one order however often it is set."""
    return Counter(order.trigger_price for order in world.accepted() if order.trigger_price is not None)


@pytest.mark.parametrize("kind", LOST_REPLIES)
@in_every_mode()
async def test_f25_a_stop_whose_answer_was_lost_is_recognised_and_stands_once(world: World, kind: str) -> None:
    """Taken by the exchange, answered by nothing: protected by exactly one stop, and none was taken twice."""
    naked(world)
    world.venue.faults.add(*stop_faults(kind))
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        await world.clock.sleep(60)
        assert row is not None
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert len(living_stops(world)) == 1
    assert set(accepted_stops(world).values()) == {1}
    assert closes_of(after) == []


@in_every_mode()
async def test_f25_a_good_position_is_not_closed_for_a_stop_that_shows_late(world: World) -> None:
    """The listings show the stop eight seconds late, inside the exposure deadline: no close, one stop, protected."""
    naked(world)
    world.venue.faults.add(*(Fault(call, None, "lag", None, 8) for call in ("orders", "position", "position_stop")))
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        world.venue.faults.clear()
        await world.clock.sleep(60)
        assert row is not None
        assert_safe(world, await positions.get(row.id))
        assert len(living_stops(world)) == 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f25_an_omission_of_one_listing_does_not_put_a_second_stop_up(world: World) -> None:
    """A protected stop that the listings leave out for a while is looked up again, not doubled."""
    async with world.library(watch_s=5) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(60)
        before = accepted_stops(world)
        exchange_reads = ("orders", "position_stop")
        world.venue.faults.add(*(Fault(call, None, "omit") for call in exchange_reads))
        await world.clock.sleep(20)
        world.venue.faults.clear()
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert after.state is State.PROTECTED
        assert_safe(world, after)
    assert accepted_stops(world) == before


@in_every_mode()
async def test_f25_a_stop_is_told_from_others_by_its_id_and_not_by_where_it_stands_in_a_list(world: World) -> None:
    """Listings in any order, with other orders between: the same single stop protects."""
    exchange = shaded(world)

    def turned(reading: OrdersReading) -> OrdersReading:
        return replace(reading, orders=tuple(reversed(reading.orders)))

    exchange.reads.show_orders = turned
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        await world.clock.sleep(5)
        assert_safe(world, row)
        assert len(living_stops(world)) == 1
    assert attached(world) or max(accepted_stops(world).values()) == 1


@pytest.mark.wire
@pytest.mark.parametrize("kind", ["http_502_executed", "cut_body"])
async def test_f25_on_the_wire_a_separate_stop_is_found_among_the_conditional_orders(bybit: Server, kind: str) -> None:
    """Bybit lists stops apart from plain orders: ours, taken without an answer, is found there and sent once."""
    bybit.venue.faults.add(
        Fault("place_entry", None, "drop_attached", 1),
        Fault("set_stop", None, "refuse", code="110066"),
        Fault("place_stop", None, kind, 1),
    )
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED
    venue = bybit.venue
    assert [stop.trigger_price for stop in venue.truth(AVL).stops] == [row.stop_price]
    ever = [order for order in venue.orders_as_of(AVL, venue.now_us()) if order.conditional]
    assert len(ever) == 1
