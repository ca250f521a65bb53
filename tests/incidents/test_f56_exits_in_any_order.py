"""F56: a position that ends is told of in pieces and in any order: one exit, by what closed it, and nothing is sent."""

from __future__ import annotations

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.models import Leg, OrderSide, Position, ProofKind, State
from atomicpos.sim import Fault, hands
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode, moves_of
from world import AVL, TEN, World, assert_safe

SWAPPED: dict[str, tuple[Fault, ...]] = {
    "the empty slot first": (Fault("fills", None, "lag", None, 7), Fault("orders", None, "lag", None, 7),
                             Fault("account_fills", None, "lag", None, 7)),
    "the fill first": (Fault("position", None, "lag", None, 7), Fault("account_positions", None, "lag", None, 7)),
    "everything late": tuple(Fault(call, None, "lag", None, 7) for call in
                             ("fills", "orders", "position", "position_stop", "account_positions", "account_orders")),
    "back and forth": tuple(Fault(call, None, "backwards", None, 7) for call in ("fills", "orders", "position")),
}  # fmt: skip

ENDS = {"its stop": hands.stop_out, "a liquidation": lambda venue, symbol: venue.liquidate(symbol), "hand": hands.close}


async def ended(world: World, positions: AtomicPositions, end: str, side: str) -> tuple[Position, Position]:
    """A protected position that somebody or something ends, and what its row says a little later."""
    row, error = await world.tried(positions, side=side)
    assert error is None
    assert row is not None
    await world.clock.sleep(60)
    ENDS[end](world.venue, AVL)
    await world.clock.sleep(60)
    return row, await positions.get(row.id)


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("swapped", SWAPPED)
@in_every_mode()
async def test_f56_an_exit_that_is_told_in_another_order_is_one_exit(
    world: World, swapped: str, end: str, side: str
) -> None:
    """Seven seconds apart, either first: closed ten by fills that closed, nothing sent on account of the delay."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
        assert error is None
        assert row is not None
        await world.clock.sleep(60)
        world.venue.faults.add(*SWAPPED[swapped])
        ENDS[end](world.venue, AVL)
        await world.clock.sleep(60)
        after = await positions.get(row.id)
    assert after.state is State.CLOSED
    assert after.proof is not None
    assert (after.proof.kind, f"filled {TEN}, closed {TEN}" in after.proof.detail) == (ProofKind.EXITED, True)
    assert after.entry_price == row.entry_price
    assert_safe(world, after)
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("end", ENDS)
@in_every_mode()
async def test_f56_the_exit_is_on_record_with_its_own_price(world: World, end: str) -> None:
    """By the stop that was ours, or by the closing executions themselves: what they paid, and never what we paid."""
    async with world.library() as positions:
        row, after = await ended(world, positions, end, "buy")
    executions = world.venue.executions_as_of(AVL, world.venue.now_us())
    exits = {(e.execution_id, e.price, e.quantity) for e in executions if e.order_side is OrderSide.SELL}
    fired = [order for order in after.orders if order.leg is Leg.STOP and order.filled > 0]
    fills = [fill for found in after.evidence for fill in getattr(found, "fills", ())]
    shown = {(f.fill_id, f.price, f.quantity) for f in fills if f.order_side is OrderSide.SELL}
    paid = sum(price * quantity for _, price, quantity in exits) / TEN
    assert [(order.filled, order.average) for order in fired] == [(TEN, paid)] or shown == exits
    assert (after.entry_price, moves_of(after)[-1]) == (row.entry_price, "closed")
