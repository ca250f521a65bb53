"""F24: a stop that is not ours protects nothing of ours, and is left alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.events import EventKind
from atomicpos.models import OrderSide, Position, State
from atomicpos.sim import Venue
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.hands import alter_stop
from atomicpos.sim.orders import VenueOrder
from modes import attached, in_every_mode, living_stops, naked, shaded, stop_faults
from world import AVL, World, assert_safe, closes_of, in_world

SELL = OrderSide.SELL
WATCH_S = 5


def left_over(world: World, quantity: int, trigger: str) -> VenueOrder:
    """A reduce-only sell stop of somebody else's that waits on the flat symbol, as other exchanges take it."""
    world.venue = Venue(world.clock.now_us, seed=1, stop_when_flat="accept")
    shaded(world)
    return world.venue.foreign_order(AVL, SELL, Decimal(quantity), reduce_only=True, trigger_price=Decimal(trigger))


@pytest.mark.parametrize(
    ("quantity", "trigger"),
    [pytest.param(1, "1.3440", id="a tenth, one percent off"), pytest.param(10, "1.3309", id="just like ours")],
)
@in_every_mode()
async def test_f24_a_stop_left_over_from_earlier_is_never_taken_for_ours(
    world: World, quantity: int, trigger: str
) -> None:
    """However alike it is, a stop of ours is put up beside it; the other one outlives the position untouched."""
    other = left_over(world, quantity, trigger)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(1)
        assert [stop.trigger_price for stop in living_stops(world)] == [row.stop_price]
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert [stop.order_id for stop in world.truth().stops] == [other.order_id]


@in_every_mode(*stop_faults("refuse"))
async def test_f24_with_only_somebody_elses_stop_it_is_not_called_protected(world: World) -> None:
    """Ours is refused to the end: the foreign stop at our very trigger counts for nothing, and the row is closed."""
    naked(world)
    left_over(world, 10, "1.3309")
    naked(world)
    async with world.library() as positions:
        world.venue.faults.add(*stop_faults("refuse"))
        row, error = await world.tried(positions)
    assert error is not None
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "exposure_deadline")
    assert row.exposure_s >= 10
    assert all(order.client_order_id for order in closes_of(row))


@in_world()
async def test_f24_a_stop_that_somebody_sets_on_the_position_first_is_replaced_by_ours(world: World) -> None:
    """The guard stop was dropped and another hand's looser one took its place: ours is set, at our trigger."""
    naked(world)
    exchange = shaded(world)

    async def first(request: Any) -> None:
        if world.truth().quantity and not world.truth().stops:
            world.venue.set_position_stop(AVL, Decimal("1.2000"))

    exchange.before = first
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)


async def protected(world: World, positions: AtomicPositions) -> Position:
    row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    await world.clock.sleep(60)
    return row


@pytest.mark.parametrize("trigger", ["1.3177", "1.3450"], ids=["looser", "tighter"])
@in_world()
async def test_f24_a_changed_stop_of_the_position_is_announced_and_ours_restored(world: World, trigger: str) -> None:
    """Whichever way it was moved: within a watch the position's stop has our trigger again, and somebody is told."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await protected(world, positions)
        world.venue.set_position_stop(AVL, Decimal(trigger))
        await world.clock.sleep(WATCH_S + 5)
        after = await positions.get(row.id)
        assert after.stop_price == row.stop_price
        assert_safe(world, after)
    assert len(world.heard(EventKind.ALERT, "foreign_stop")) == 1
    assert len(world.heard(EventKind.RESOLVED, "foreign_stop")) == 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_world()
async def test_f24_a_tighter_stop_is_kept_where_the_settings_say_so(world: World) -> None:
    """With ``on_foreign_stop="accept"`` the tighter trigger becomes the rule of the row, and nothing is set again."""
    async with world.library(watch_s=WATCH_S, on_foreign_stop="accept") as positions:
        row = await protected(world, positions)
        sent = world.sent()
        world.venue.set_position_stop(AVL, Decimal("1.3450"))
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert after.state is State.PROTECTED
        assert after.stop_price == Decimal("1.3450")
        assert [stop.trigger_price for stop in world.truth().stops] == [Decimal("1.3450")]
    assert world.sent()[: len(sent)] == sent
    assert any(entry.cause == "foreign_stop_accepted" for entry in after.journal)


@in_world()
async def test_f24_a_looser_stop_is_never_accepted(world: World) -> None:
    """``on_foreign_stop="accept"`` is no licence to widen the risk: ours is restored."""
    async with world.library(watch_s=WATCH_S, on_foreign_stop="accept") as positions:
        row = await protected(world, positions)
        alter_stop(world.venue, AVL)
        await world.clock.sleep(60)
        after = await positions.get(row.id)
        assert after.stop_price == row.stop_price
        assert_safe(world, after)


@in_every_mode()
async def test_f24_no_request_of_ours_names_a_stop_that_is_not_ours(world: World) -> None:
    """From open to close every cancel carries an id of ours, or takes the position's own stop off a flat slot."""
    left_over(world, 1, "1.3440")
    written = world.exchange.written
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(1)
        closed = await positions.close_position(row.id)
    ours = {name for order in closed.orders for name in (order.client_order_id, order.exchange_order_id)}
    cancels = [request for request in written if hasattr(request, "conditional")]
    assert {request.client_order_id or request.exchange_order_id for request in cancels} <= ours
    assert attached(world) or cancels != []
