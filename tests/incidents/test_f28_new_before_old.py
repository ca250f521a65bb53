"""F28: the new stop stands before the old one goes, and a refused move leaves everything as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import StopRefused
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import attached, in_every_mode, living_stops, shaded, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe, in_world

TIGHTER = "1.3450"
REFUSALS = ("would_trigger", "price_band", "too_many_stops", "no_position", "110066")


async def protected(world: World, positions: AtomicPositions) -> Position:
    """A protected long whose drive has come to rest."""
    row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    await world.clock.sleep(30)
    return row


@pytest.mark.parametrize("code", REFUSALS)
@in_every_mode()
async def test_f28_a_refused_move_leaves_the_old_stop_and_the_row_as_they_were(world: World, code: str) -> None:
    """StopRefused; the old stop is the only one on the exchange and the stored trigger is its own, not the wish's."""
    async with world.library() as positions:
        row = await protected(world, positions)
        (old,) = living_stops(world)
        world.venue.faults.add(*stop_faults("refuse", code=code))
        with pytest.raises(StopRefused) as caught:
            await positions.move_stop(row.id, price=TIGHTER)
        await world.clock.sleep(30)
        after = await positions.get(row.id)
        assert (after.state, after.stop_price) == (State.PROTECTED, row.stop_price)
        assert living_stops(world) == [old]
    assert caught.value.position is not None
    assert caught.value.position.stop_price == row.stop_price
    assert world.truth().exposure_s < 1
    assert world.sent(Call.CANCEL, Call.PLACE_CLOSE)[1:] == []


@in_every_mode()
async def test_f28_after_a_restart_the_refused_move_is_forgotten_and_the_old_stop_is_kept(world: World) -> None:
    """The next process finds the old trigger in the row and on the exchange, and sends nothing."""
    async with world.library() as positions:
        row = await protected(world, positions)
        world.venue.faults.add(*stop_faults("refuse", code="would_trigger"))
        with pytest.raises(StopRefused):
            await positions.move_stop(row.id, price=TIGHTER)
    world.venue.faults.clear()
    sent = world.sent()
    async with world.library(journal=world.journal.reopened()) as positions:
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert after.stop_price == row.stop_price
    assert world.sent() == sent


@pytest.mark.parametrize("price", [TIGHTER, "1.3200"], ids=["tighter", "looser"])
@in_every_mode()
async def test_f28_a_moved_stop_leaves_no_moment_without_one(world: World, price: str) -> None:
    """The new stop is sent first, the old one cancelled after it was read back; amended where there is only one."""
    exchange = shaded(world)
    async with world.library() as positions:
        row = await protected(world, positions)
        before = len(exchange.written)
        moved = await positions.move_stop(row.id, price=price)
        await world.clock.sleep(30)
        assert moved.stop_price == Decimal(price)
        assert_safe(world, await positions.get(row.id))
        assert len(living_stops(world)) == 1
    written = [type(request).__name__ for request in exchange.written[before:]]
    assert written == (["SetPositionStop"] if attached(world) else ["PlaceOrder", "CancelOrder"])
    assert world.truth().exposure_s < 1


@pytest.mark.parametrize("kind", ["lose_reply", "http_502_executed", "lose_request", "late_reply"])
@in_every_mode()
async def test_f28_a_move_of_unknown_outcome_ends_with_the_row_saying_what_is_so(world: World, kind: str) -> None:
    """Whether the new stop came up or not: one stop in the end, and the stored trigger is the one on the exchange."""
    async with world.library() as positions:
        row = await protected(world, positions)
        world.venue.faults.add(*stop_faults(kind, nth=1))
        moved = await positions.move_stop(row.id, price=TIGHTER)
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert moved.stop_price == after.stop_price == Decimal(TIGHTER)
        assert len(living_stops(world)) == 1
    assert world.truth().exposure_s < 1


@in_every_mode()
async def test_f28_a_move_after_a_refused_one_is_made_like_any_other(world: World) -> None:
    """What was refused before is no answer to the new wish, and does not change the way the stop is put up."""
    exchange = shaded(world)
    async with world.library() as positions:
        row = await protected(world, positions)
        world.venue.faults.add(*stop_faults("refuse", nth=1, code="would_trigger"))
        with pytest.raises(StopRefused):
            await positions.move_stop(row.id, price=TIGHTER)
        before = len(exchange.written)
        moved = await positions.move_stop(row.id, price=TIGHTER)
        await world.clock.sleep(30)
        assert moved.stop_price == Decimal(TIGHTER)
        assert_safe(world, await positions.get(row.id))
    written = [type(request).__name__ for request in exchange.written[before:]]
    assert written == (["SetPositionStop"] if attached(world) else ["PlaceOrder", "CancelOrder"])


@in_world(protection=Protection.AFTER_FILL)
async def test_f28_the_position_of_a_refused_cancel_keeps_both_stops_rather_than_none(world: World) -> None:
    """A surplus stop that cannot be cancelled for a while is tried again; the position is covered throughout."""
    async with world.library() as positions:
        row = await protected(world, positions)
        world.venue.faults.add(Fault("cancel", None, "refuse", 1))
        await positions.move_stop(row.id, price=TIGHTER)
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
        assert len(living_stops(world)) == 1


@pytest.mark.wire
async def test_f28_on_the_wire_an_amendment_that_is_refused_leaves_the_old_trigger(bybit: Server) -> None:
    """trading-stop answers with its sentence on the base price: StopRefused, and position/list shows the old stop."""
    client = bybit_client(bybit)
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        bybit.venue.faults.add(Fault("set_stop", None, "refuse", code="would_trigger"))
        with pytest.raises(StopRefused):
            await positions.move_stop(row.id, price=TIGHTER)
        bybit.venue.faults.clear()
        assert (await positions.get(row.id)).stop_price == row.stop_price
        assert [stop.trigger_price for stop in bybit.venue.truth(AVL).stops] == [row.stop_price]
        moved = await positions.move_stop(row.id, price=TIGHTER)
        assert [stop.trigger_price for stop in bybit.venue.truth(AVL).stops] == [moved.stop_price] == [Decimal(TIGHTER)]
