"""F23: where the market is beyond the stop already, the stop has happened."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import ClosedImmediately, RolledBack
from atomicpos.models import OrderStatus, PositionSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from atomicpos.stop_price import beyond
from modes import in_every_mode, is_stop, naked, settled_within_s, shaded
from wired import bybit_client, library
from world import AVL, World, assert_safe, closes_of, in_world, stops_of

AGAINST = {"buy": Decimal("1.3200"), "sell": Decimal("1.3960")}
"""A mark about three percent against the position: a stop two percent away is passed."""


def at_the_first_stop(world: World, mark: Decimal) -> list[Any]:
    """The mark jumps while the first stop is on its way; every stop that leaves is noted."""
    exchange, sent = shaded(world), []

    async def before(request: Any) -> None:
        if is_stop(request):
            if not sent:
                world.venue.set_mark(AVL, mark)
            sent.append(request.trigger_price)

    exchange.before = before
    return sent


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f23_a_stop_that_would_fire_at_once_means_that_the_position_is_closed_at_once(
    world: World, side: str
) -> None:
    """The exchange says would-trigger: closed within three seconds, for that reason, and no price is tried twice."""
    naked(world)
    sent = at_the_first_stop(world, AGAINST[side])
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, RolledBack)
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "stop_crossed")
    assert world.elapsed_s < settled_within_s(world, 3)
    assert sent != []
    assert len(sent) == len(set(sent))
    assert [order.filled for order in closes_of(row)] == [10]
    assert row.exposure_s < 2
    assert_safe(world, row)


@in_every_mode()
async def test_f23_risk_is_never_widened_to_have_a_stop(world: World) -> None:
    """No stop that leaves in such a rollback lies farther from the market than was asked."""
    naked(world)
    sent = at_the_first_stop(world, AGAINST["buy"])
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    assert min(sent) >= Decimal("1.3580") * Decimal("0.98")


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_world(Fault("place_entry", None, "gap", 1, 0))
async def test_f23_a_guard_stop_that_the_gap_passes_has_fired_by_itself(world: World, side: str) -> None:
    """The stop that came with the entry closed it: closed_immediately, without a close and without any exposure."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, ClosedImmediately)
    assert row is not None
    assert row.state is State.CLOSED_IMMEDIATELY
    assert (row.exposure_s, world.truth().exposure_s) == (0, 0)
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.elapsed_s < 3
    assert_safe(world, row)


def between(world: World, side: str) -> Decimal:
    """A mark that the exact stop has happened at and the guard stop has not."""
    (guard,) = [stop.trigger_price for stop in world.truth().stops]
    assert guard is not None
    return guard + world.venue.market(AVL).tick * (1 if side == "buy" else -1)


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_world()
async def test_f23_a_guard_stop_that_still_stands_does_not_make_up_for_the_exact_one(world: World, side: str) -> None:
    """Only the exact stop would fire: it has happened, so the position is closed, the guard standing to the end."""
    exchange, sent = shaded(world), []

    async def before(request: Any) -> None:
        if is_stop(request):
            world.venue.set_mark(AVL, between(world, side))
            sent.append(request.trigger_price)

    exchange.before = before
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, RolledBack)
    assert row is not None
    assert row.reason == "stop_crossed"
    assert len(sent) == 1
    assert beyond(sent[0], PositionSide.LONG if side == "buy" else PositionSide.SHORT, world.venue.mark(AVL))
    assert world.truth().exposure_s == 0
    assert world.elapsed_s < 3
    assert {order.status for order in stops_of(row) if order.sends} >= {OrderStatus.DEAD}
    assert_safe(world, row)


@pytest.mark.wire
async def test_f23_on_the_wire_the_refused_stop_closes_the_position(bybit: Server) -> None:
    """Bybit's sentence about the base price is understood: one try, one close, flat within three seconds."""
    bybit.venue.faults.add(Fault("set_stop", None, "refuse", code="would_trigger"))
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(RolledBack) as caught:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    row = caught.value.position
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "stop_crossed")
    assert sum(order.sends for order in stops_of(row) if order.attempt > 1) == 1
    assert (row.updated_at_us - row.created_at_us) < 3_000_000
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stops) == (0, ())
