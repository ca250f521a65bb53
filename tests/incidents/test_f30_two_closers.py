"""F30: two closers of one position: it ends flat, never on the other side, and every exit counts once."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.models import Leg, OrderSide, Position, ProofKind, State
from atomicpos.sim import Fault, hands
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, is_close, shaded
from wired import bybit_client, library
from world import AVL, World, assert_safe, closes_of

TEN = Decimal(10)


async def protected(world: World, positions: AtomicPositions, side: str = "buy") -> Position:
    row, error = await world.tried(positions, side=side)
    assert error is None
    assert row is not None
    await world.clock.sleep(30)
    return row


def assert_never_turned_over(world: World, side: str = "buy") -> None:
    """Execution by execution the position was never on the other side, and its exits sum to its entry."""
    held, exits, opening = Decimal(0), Decimal(0), OrderSide(side)
    for execution in world.venue.executions_as_of(AVL, world.venue.now_us()):
        opens = execution.order_side is opening
        held += execution.quantity if opens else -execution.quantity
        exits += 0 if opens else execution.quantity
        assert held >= 0
    assert (held, exits) == (0, TEN)


def assert_one_exit(position: Position) -> None:
    """What the row says of its exits is what was realised: all of it, once."""
    assert position.state is State.CLOSED
    assert position.proof is not None
    assert position.proof.kind is ProofKind.EXITED
    assert f"closed {TEN}" in position.proof.detail


def when_our_close_leaves(world: World, act: Any) -> None:
    """Another hand acts while our close is on its way."""
    exchange = shaded(world)

    async def before(request: Any) -> None:
        if is_close(request):
            act(world.venue, AVL)

    exchange.before = before


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize(
    "act", [hands.stop_out, hands.close, lambda venue, symbol: venue.liquidate(symbol)],
    ids=["its stop fires", "somebody else closes", "it is liquidated"],
)
@in_every_mode()
async def test_f30_whoever_is_first_the_second_finds_nothing_to_close(world: World, act: Any, side: str) -> None:
    """Another exit fills while our close is in flight: flat, never on the other side, one realised exit in the row."""
    when_our_close_leaves(world, act)
    async with world.library() as positions:
        row = await protected(world, positions, side)
        closed = await positions.close_position(row.id)
    assert_one_exit(closed)
    assert sum(order.filled for order in closes_of(closed)) == 0
    assert_never_turned_over(world, side)
    assert_safe(world, closed)


@in_every_mode()
async def test_f30_a_part_of_it_gone_already_is_closed_by_what_is_left(world: World) -> None:
    """Somebody sells four of the ten while ours is in flight: ours takes six, and nothing is turned over."""
    when_our_close_leaves(world, lambda venue, symbol: venue.foreign_order(
        symbol, OrderSide.SELL, Decimal(4), reduce_only=True) if venue.truth(symbol).quantity == TEN else None)
    async with world.library() as positions:
        row = await protected(world, positions)
        closed = await positions.close_position(row.id)
    assert_one_exit(closed)
    assert sum(order.filled for order in closes_of(closed)) == 6
    assert_never_turned_over(world)


@pytest.mark.parametrize("callers", [2, 5])
@in_every_mode()
async def test_f30_closing_twice_at_once_closes_once(world: World, callers: int) -> None:
    """Concurrent calls get the same answer, and one close order leaves for all of them."""
    async with world.library() as positions:
        row = await protected(world, positions)
        answers = await asyncio.gather(*(positions.close_position(row.id) for _ in range(callers)))
    assert {(answer.id, answer.state) for answer in answers} == {(row.id, State.CLOSED)}
    assert world.sent(Call.PLACE_CLOSE) == ["place_close"]
    assert_never_turned_over(world)
    assert_safe(world, answers[0])


@pytest.mark.parametrize("kind", ["http_502_executed", "lose_reply", "late_reply", "duplicate", "lose_request"])
@in_every_mode()
async def test_f30_a_close_of_unknown_outcome_does_not_close_twice(world: World, kind: str) -> None:
    """Its answer is lost: it is looked up and sent again under its own id at most; the exits sum to the entry."""
    async with world.library() as positions:
        row = await protected(world, positions)
        world.venue.faults.add(Fault("place_close", None, kind, 1))
        closed = await positions.close_position(row.id)
    assert_one_exit(closed)
    assert len(closes_of(closed)) == 1
    assert_never_turned_over(world)
    assert_safe(world, closed)


@in_every_mode()
async def test_f30_the_stop_stays_up_until_flat_is_proven(world: World) -> None:
    """While closes are refused the stop stands: no moment of the whole life is without cover once it was up."""
    async with world.library() as positions:
        row = await protected(world, positions)
        before = world.truth().exposure_s
        world.venue.faults.add(*(Fault("place_close", None, "refuse", nth) for nth in (1, 2, 3)))
        closed = await positions.close_position(row.id)
    assert world.truth().exposure_s == before
    assert_one_exit(closed)
    assert_safe(world, closed)
    assert [order.leg for order in closed.orders if order.leg is Leg.CLOSE] != []


@pytest.mark.wire
async def test_f30_on_the_wire_the_stop_is_faster_than_the_close(bybit: Server) -> None:
    """110017 "current position is zero": the late close does nothing, and the row is closed by its stop's fill."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        hands.stop_out(bybit.venue, AVL)
        closed = await positions.close_position(row.id)
    assert_one_exit(closed)
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stops) == (0, ())
