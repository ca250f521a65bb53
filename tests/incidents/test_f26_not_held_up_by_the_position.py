"""F26: the stop waits for a fill, not for a position that can be seen; and a zero position is no proof of anything."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.models import Refusal, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, moves_of, naked, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe, stops_of


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("seen_after_s", [1.2, 4.5, 8.4])
@in_every_mode()
async def test_f26_a_refusal_for_want_of_a_position_is_asked_again_until_it_stands(
    world: World, seen_after_s: float, side: str
) -> None:
    """Whenever before the exposure deadline it is taken at last: protected two seconds later, and nothing is closed."""
    naked(world)
    world.venue.faults.add(*stop_faults("refuse", code="no_position"))
    asyncio.get_running_loop().call_later(seen_after_s, world.venue.faults.clear)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
        protected_s = world.elapsed_s
        assert error is None
        assert row is not None
        assert_safe(world, row)
    refused = [order for order in stops_of(row) if order.refusal is Refusal.NO_POSITION]
    assert len(refused) >= 2
    assert protected_s < seen_after_s + 2
    assert abs(row.exposure_s - world.truth().exposure_s) < 0.2
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode(*(Fault(call, None, "empty", None, 24) for call in ("position", "position_stop")))
async def test_f26_the_first_sign_of_a_fill_is_enough(world: World) -> None:
    """The position shows nothing for 24 s: the stop stands within a second all the same, and nothing is closed."""
    naked(world)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
    assert world.truth().exposure_s < 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode(*stop_faults("refuse", code="no_position"))
async def test_f26_being_refused_for_want_of_a_position_is_never_evidence_of_flat(world: World) -> None:
    """Refused to the very end while ten are open: never called flat before a close of ours made it so."""
    naked(world)
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert error is not None
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "exposure_deadline")
    assert "closed_immediately" not in moves_of(row)
    assert world.truth().quantity == 0
    assert_safe(world, row)


@in_every_mode(*stop_faults("refuse", code="no_position"), Fault("position", None, "empty", None, 24))
async def test_f26_even_together_with_an_empty_position_it_proves_nothing(world: World) -> None:
    """Refusals and empty looks agree for ten seconds: the position is closed by an order of ours, with its fill."""
    naked(world)
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert sum(order.filled for order in row.orders if order.leg == "close") == 10
    assert_safe(world, row)


@pytest.mark.wire
async def test_f26_on_the_wire_a_zero_position_is_asked_again(bybit: Server) -> None:
    """10001 "can not set tp/sl/ts for zero position" once, then accepted: protected, and never called flat."""
    bybit.venue.faults.add(
        Fault("place_entry", None, "drop_attached", 1), Fault("set_stop", None, "refuse", 1, code="10001")
    )
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED
    assert Refusal.NO_POSITION in [order.refusal for order in stops_of(row)]
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity) == (10, 10)
