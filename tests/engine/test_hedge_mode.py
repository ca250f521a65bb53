"""Hedge mode: a long and a short of one symbol side by side, each protected, closed and proven by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from atomicpos.errors import AlreadyOpen
from atomicpos.events import EventKind
from atomicpos.externals import EXTERNAL_POSITION
from atomicpos.models import Position, PositionMode, PositionSide, State
from atomicpos.sim import Fault, SimExchange, Venue, hands
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import in_every_mode
from world import AVL, SETTLED, TEN, World, in_world

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


def hedged(world: World) -> World:
    """The same account in hedge mode, at an exchange on which positions can be held in it."""
    world.profile = replace(world.profile, hedge_mode=True)
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile)
    world.venue.set_position_mode("hedge")
    return world


def assert_side(world: World, row: Position | None, symbol: str = AVL) -> None:
    """The promise, of one side: covered as the row says, or flat with nothing of it left."""
    assert row is not None
    truth = world.venue.truth(symbol, row.side)
    assert world.stored_mode(row.id) is PositionMode.HEDGE
    if row.state is State.PROTECTED:
        assert abs(truth.quantity) == row.filled_quantity > 0
        assert truth.stop_quantity >= abs(truth.quantity)
        assert any(stop.trigger_price == row.stop_price for stop in truth.stops)
    else:
        assert row.state in SETTLED
        assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def both(world: World, positions: Any) -> tuple[Position, Position]:
    """A long of ten and a short of four."""
    long = await positions.open_position_atomic("AVLUSDT", "long", "10", stop_loss_percent="2")
    short = await positions.open_position_atomic("AVLUSDT", "short", "4", stop_loss_percent="3")
    return long, short


@in_every_mode()
async def test_a_long_and_a_short_stand_side_by_side(world: World) -> None:
    """Both are protected, each by its own stop, whatever the way of protection; nothing is announced."""
    hedged(world)
    async with world.library() as positions:
        for row in await both(world, positions):
            assert_side(world, row)
        await world.clock.sleep(120)
        assert {row.state for row in await positions.list()} == {State.PROTECTED}
    assert (world.venue.truth(AVL, LONG).quantity, world.venue.truth(AVL, SHORT).quantity) == (10, -4)
    assert [e.condition for e in world.heard(EventKind.ALERT)] == []


@in_every_mode()
async def test_both_at_once(world: World) -> None:
    """Opened at the same moment, neither takes the other's slot, fills or stop for its own."""
    hedged(world)
    async with world.library() as positions:
        opened = await asyncio.gather(world.tried(positions, side="buy"), world.tried(positions, side="sell"))
        for row, error in opened:
            assert error is None
            assert_side(world, row)


@in_every_mode()
async def test_a_second_one_on_a_side_is_refused(world: World) -> None:
    """The side is the slot: AlreadyOpen names the row that holds it, and the other side is free."""
    hedged(world)
    async with world.library() as positions:
        long, _ = await both(world, positions)
        occupant, error = await world.tried(positions)
        assert isinstance(error, AlreadyOpen)
        assert occupant is not None
        assert occupant.id == long.id


@pytest.mark.parametrize("end", [hands.stop_out, hands.close, Venue.liquidate])
@pytest.mark.parametrize("side", PositionSide)
@in_every_mode()
async def test_the_end_of_one_leaves_the_other(world: World, side: PositionSide, end: Callable[..., None]) -> None:
    """What ends one side is proven of that side, and the other goes on protected."""
    hedged(world)
    async with world.library() as positions:
        rows = {row.side: row for row in await both(world, positions)}
        end(world.venue, AVL, side)
        await world.clock.sleep(60)
        ended, left = [await positions.get(rows[which].id) for which in (side, side.other)]
        assert (ended.state, left.state) == (State.CLOSED, State.PROTECTED)
        for row in (ended, left):
            assert_side(world, row)


@in_every_mode()
async def test_closing_one_leaves_the_other(world: World) -> None:
    """Wholly, and in part: the closes reduce their side and nothing else (I6)."""
    hedged(world)
    async with world.library() as positions:
        long, short = await both(world, positions)
        await positions.close_position(long.id, quantity="3")
        assert (world.venue.truth(AVL, LONG).quantity, world.venue.truth(AVL, SHORT).quantity) == (7, -4)
        closed = await positions.close_position(long.id)
        assert closed.state is State.CLOSED
        assert_side(world, closed)
        assert_side(world, await positions.get(short.id))
        await positions.flatten_all()
        assert (await positions.get(short.id)).state is State.CLOSED
    assert world.truth().quantity == 0
    closing = [order for order in world.accepted() if order.order_side is order.position_side.closing]
    assert {order.reduce_only for order in closing} == {True}


@in_every_mode()
async def test_a_stop_is_moved_on_its_side(world: World) -> None:
    """The other side's stop stays where it is."""
    hedged(world)
    async with world.library() as positions:
        long, short = await both(world, positions)
        await world.clock.sleep(5)  # what was surplus is tidied up
        before = {stop.trigger_price for stop in world.venue.truth(AVL, SHORT).stops}
        moved = await positions.move_stop(long.id, price="1.3400")
        assert_side(world, moved)
        assert {stop.trigger_price for stop in world.venue.truth(AVL, SHORT).stops} == before
        assert_side(world, await positions.get(short.id))


@pytest.mark.parametrize("call", [Call.PLACE_ENTRY, Call.PLACE_STOP, Call.SET_STOP, Call.PLACE_CLOSE])
@pytest.mark.parametrize("kind", ["lose_reply", "lose_request", "late_reply", "late_request"])
@in_every_mode()
async def test_a_lost_request_or_reply_ends_safe(world: World, kind: str, call: Call) -> None:
    """With the other side held all along: what is unknown is looked up on its own side."""
    hedged(world)
    async with world.library() as positions:
        other, _ = await world.tried(positions, side="sell")
        world.venue.faults.add(Fault(call, None, kind, 1))
        row, _ = await world.tried(positions)
        assert row is not None
        row = await positions.wait(row.id)
        if row.state is State.PROTECTED and call is Call.PLACE_CLOSE:
            row = await positions.close_position(row.id)
        assert row.state in SETTLED | {State.PROTECTED}
        assert_side(world, row)
        assert_side(world, await positions.get(other.id))


LAGS = tuple(Fault(call, None, "lag", None, 8) for call in ("orders", "fills", "position", "position_stop"))


@in_every_mode(*LAGS)
async def test_reads_that_lag_prove_nothing_of_the_other_side(world: World) -> None:
    """Late reads delay, and neither side is taken for the other."""
    hedged(world)
    async with world.library() as positions:
        long, short = await both(world, positions)
        assert (await positions.close_position(short.id)).state is State.CLOSED
        assert_side(world, await positions.get(long.id))
        await world.clock.sleep(30)
        assert_side(world, await positions.get(short.id))


@pytest.mark.parametrize("at", range(0, 60, 7))
@in_every_mode()
async def test_a_crash_is_taken_up_on_its_side(world: World, at: int) -> None:
    """Wherever the process dies, the next one finds each row in its mode and brings it to rest."""
    hedged(world)
    async with world.library(journal=world.journal.reopened()) as positions:
        first, _ = await world.tried(positions, side="sell", quantity="4")
    dies = Mortal(world, at)

    async def life() -> None:
        async with world.library() as positions:
            await world.tried(positions)

    await dies.live(life)
    async with world.library() as positions:
        await world.clock.sleep(90)
        for row in await positions.list():
            assert (await positions.wait(row.id)).state in SETTLED | {State.PROTECTED}
            assert_side(world, await positions.get(row.id))
    assert first is not None
    assert world.venue.truth(AVL, LONG).entries <= 1


@in_world()
async def test_somebody_elses_position_on_the_other_side_is_no_occupant(world: World) -> None:
    """It is another slot: the entry goes through, and it is announced as nobody's; on our side it is AlreadyOpen."""
    hedged(world)
    world.venue.foreign_order(AVL, SHORT.opening, TEN, position_side=SHORT)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_side(world, row)
        _, error = await world.tried(positions, side="sell")
        assert isinstance(error, AlreadyOpen)
        await world.clock.sleep(60)
        said = world.heard(EventKind.ALERT, EXTERNAL_POSITION)
        assert [event.data["key"] for event in said] == [f"{AVL} short"]
    assert world.venue.truth(AVL, SHORT).quantity == -10


@in_world()
async def test_leverage_is_set_on_our_side_only(world: World) -> None:
    """Somebody's position on the other side keeps its leverage, and with it its liquidation price."""
    hedged(world)
    world.venue.foreign_order(AVL, SHORT.opening, TEN, position_side=SHORT)
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=5)
    assert error is None
    assert_side(world, row)
    held = {side: world.venue.position_as_of(AVL, world.clock.now_us(), side).leverage for side in PositionSide}
    assert held == {LONG: 5, SHORT: 10}


@in_world()
async def test_many_positions_share_the_listings_of_the_account(world: World) -> None:
    """Protected sides are watched by the account's listings, each row by its own side's rows."""
    hedged(world)
    async with world.library() as positions:
        await both(world, positions)
        began = len(world.exchange.requests)
        await world.clock.sleep(60)
        asked = [call for _, call, _ in world.exchange.requests[began:]]
        assert {row.state for row in await positions.list()} == {State.PROTECTED}
    assert asked.count("account_positions") > 3
    assert asked.count("position") == 0


