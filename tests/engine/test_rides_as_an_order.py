"""A guard stop that travels with the entry and becomes an order: what holds whoever gives that its id."""

from __future__ import annotations

from atomicpos.models import Leg, OrderStatus, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from modes import in_modes, living_stops
from world import World

AS_AN_ORDER = (Protection.ATTACHED_ORDER, Protection.ATTACHED_UNNAMED)


@in_modes(AS_AN_ORDER)
async def test_no_row_ends_while_it_may_be_alive(world: World) -> None:
    """I2: it does not go with the position, so it is cancelled, by our id or the exchange's, and seen dead before."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert living_stops(world) == []
    assert all(order.status is OrderStatus.DEAD for order in closed.orders if order.leg is Leg.STOP)


@in_modes(AS_AN_ORDER, Fault("place_entry", None, "refuse", 1))
async def test_a_refused_entry_brings_none_and_ends_at_once(world: World) -> None:
    """What travels with a request that was refused is refused with it."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is not None
        assert row is not None
    assert row.state is State.ROLLED_BACK
    assert world.elapsed_s < 1
    assert world.truth().stops == ()
