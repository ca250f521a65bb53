"""F40: what somebody else holds on the symbol is neither opened upon, nor closed, nor left under our stop."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from atomicpos.errors import AlreadyOpen, EntryRefused, RolledBack
from atomicpos.events import EventKind
from atomicpos.models import OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.hands import scale_in
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, is_close, living_stops, naked, shaded, stop_faults
from wired import bybit_client, library
from world import AVL, TEN, World, closes_of

FIVE = Decimal(5)


@pytest.mark.parametrize("held", [OrderSide.BUY, OrderSide.SELL])
@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f40_a_symbol_that_is_held_by_hand_is_refused_and_left_alone(
    world: World, side: str, held: OrderSide
) -> None:
    """Five by hand: AlreadyOpen without a position, nothing is sent, nothing is stored, and they are still five."""
    world.venue.foreign_order(AVL, held, FIVE)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
        await world.clock.sleep(60)
    assert isinstance(error, AlreadyOpen)
    assert row is None
    assert world.sent() == []
    assert world.stored() == ()
    assert abs(world.truth().quantity) == FIVE


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode(*stop_faults("refuse"))
async def test_f40_a_failing_open_closes_its_own_share_and_no_more(world: World, side: str) -> None:
    """Somebody doubles the position while no stop can be had: ten of the twenty are closed, the other ten stay."""
    naked(world)
    exchange = shaded(world)
    async with world.library() as positions:
        asyncio.get_running_loop().call_later(2, scale_in, world.venue, AVL)
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, RolledBack)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert sum(request.quantity for request in exchange.written if is_close(request)) == TEN
    assert sum(order.filled for order in closes_of(row)) == TEN
    assert abs(world.truth().quantity) == TEN
    assert living_stops(world) == []
    assert len(world.heard(EventKind.ALERT, "position_larger_than_share")) == 1


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f40_the_bots_own_exit_closes_our_share_and_takes_our_stop_off_the_rest(world: World, side: str) -> None:
    """Protected, then doubled by somebody else, then closed: their ten stay, and no stop of ours stays on them."""
    async with world.library(watch_s=5) as positions:
        row, error = await world.tried(positions, side=side)
        assert error is None
        assert row is not None
        await world.clock.sleep(30)
        scale_in(world.venue, AVL)
        await world.clock.sleep(30)
        assert (await positions.get(row.id)).state is State.PROTECTED
        closed = await positions.close_position(row.id)
        assert closed.state is State.CLOSED
        await world.clock.sleep(30)
    assert sum(order.filled for order in closes_of(closed)) == TEN
    assert abs(world.truth().quantity) == TEN
    assert living_stops(world) == []
    assert all(order.settled for order in closed.orders)


@in_every_mode(Fault("place_entry", None, "refuse"))
async def test_f40_a_refused_open_touches_nothing_that_appeared_meanwhile(world: World) -> None:
    """Somebody buys five while our entry is on its way and refused: EntryRefused, and they are still five."""
    exchange = shaded(world)

    async def before(request: object) -> None:
        world.venue.foreign_order(AVL, OrderSide.BUY, FIVE)
        exchange.before = _nothing

    exchange.before = before
    async with world.library() as positions:
        _, error = await world.tried(positions)
        await world.clock.sleep(60)
    assert isinstance(error, EntryRefused)
    assert world.sent() == ["place_entry"]
    assert world.truth().quantity == FIVE


@in_every_mode(Fault("place_entry", None, "never_fill"))
async def test_f40_an_entry_that_died_unfilled_is_not_rolled_back_on_somebody_elses_position(world: World) -> None:
    """Our order died with nothing filled, and five are there by hand: no stop stays on them, and none are closed."""
    exchange = shaded(world)

    async def before(request: object) -> None:
        world.venue.foreign_order(AVL, OrderSide.BUY, FIVE)
        exchange.before = _nothing

    exchange.before = before
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is not None
        await world.clock.sleep(60)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.truth().quantity == FIVE
    assert living_stops(world) == []


async def _nothing(request: object) -> None:
    """The hook that does nothing."""


@pytest.mark.wire
async def test_f40_on_the_wire_a_position_by_hand_is_refused_before_any_write(bybit: Server) -> None:
    """position/list shows five that no row claims: AlreadyOpen, and not one POST leaves."""
    bybit.venue.foreign_order(AVL, OrderSide.BUY, FIVE)
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(AlreadyOpen) as caught:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert caught.value.position is None
    assert [arrival for arrival in bybit.arrivals.entries if arrival.method == "POST"] == []
    assert bybit.venue.truth(AVL).quantity == FIVE
