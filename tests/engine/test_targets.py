"""The target beside the stop: it takes the profit, protects nothing, and ends with the position."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.conditions import TARGET_LEFT_OUT
from atomicpos.errors import InvalidRequest, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.models import Leg, Order, Position, State, TriggerBy
from atomicpos.ports import Change
from atomicpos.sim import Fault, SimExchange
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.orders import VenueOrder
from atomicpos.testing.journals import MemoryJournal
from atomicpos.weigh import TARGET_TRIES
from gates import Mortal
from modes import in_every_mode, living_stops
from world import AVL, World, in_world

FIVE = Decimal(5)
TARGET_CALL = Call.PLACE_TARGET.value


def target_of(position: Position) -> Order:
    """Its newest target."""
    return max((o for o in position.orders if o.leg is Leg.TARGET), key=lambda o: o.attempt)


def living_target(world: World) -> VenueOrder | None:
    """The target that waits on the exchange."""
    return next((order for order in world.truth().orders if order.target), None)


def past(world: World, trigger: Decimal | None) -> None:
    """The mark jumps to that price."""
    assert trigger is not None
    world.venue.set_mark(AVL, trigger)


def assert_nothing_left(world: World) -> None:
    truth = world.truth()
    assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def opened(world: World, positions: object, side: str = "buy") -> Position:
    """A position with a target, once the target stands."""
    position, error = await world.tried(positions, side=side, take_profit_percent="5")  # type: ignore[arg-type]
    assert error is None
    assert position is not None
    await world.clock.sleep(5)
    return await positions.get(position.id)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_it_stands_beside_the_stop(world: World, side: str) -> None:
    """Reduce-only, over the share, in the direction of the profit and never less than asked; the stop came first."""
    async with world.library() as positions:
        row = await opened(world, positions, side)
        target, living = target_of(row), living_target(world)
        assert living is not None
        assert row.entry_price is not None
        asked = row.entry_price * (100 + FIVE if side == "buy" else 100 - FIVE) / 100
        assert row.target_price == living.trigger_price == target.trigger_price
        assert target.trigger_price is not None
        over = target.trigger_price - asked if side == "buy" else asked - target.trigger_price
        assert 0 <= over < world.venue.market(AVL).tick
        assert (living.reduce_only, living.quantity, living.order_side) == (True, row.filled_quantity,
                                                                            row.side.closing)  # fmt: skip
        assert living.trigger_by is TriggerBy.MARK
        stop = next(o for o in row.orders if o.leg is Leg.STOP and o.read_back)
        assert (stop.first_sent_at_us or 0) < (target.first_sent_at_us or 0)
        assert world.truth().stop_quantity == row.filled_quantity
        await world.clock.sleep(120)
        assert len(world.sent(Call.PLACE_TARGET)) == 1
        assert (await positions.get(row.id)).state is State.PROTECTED
        assert world.heard(EventKind.ALERT) == []


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_it_takes_the_profit(world: World, side: str) -> None:
    """The position is closed, with its proof, and the stop is gone with it."""
    async with world.library() as positions:
        row = await opened(world, positions, side)
        past(world, row.target_price)
        await world.clock.sleep(90)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert ended.target_price is None
        assert target_of(ended).filled == row.filled_quantity
        assert_nothing_left(world)
        assert (await world.tried(positions))[1] is None


@in_every_mode()
async def test_the_stop_fires_first(world: World) -> None:
    """Then the target is cancelled and read as dead before the row settles (I2)."""
    async with world.library() as positions:
        row = await opened(world, positions)
        past(world, row.stop_price)
        await world.clock.sleep(90)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert all(order.settled for order in ended.orders)
        assert_nothing_left(world)


@in_every_mode()
async def test_both_fire(world: World) -> None:
    """The price jumps through the target and back through the stop before anybody looks: nothing is turned over."""
    async with world.library() as positions:
        row = await opened(world, positions)
        past(world, row.target_price)
        past(world, row.stop_price)
        await world.clock.sleep(90)
        assert (await positions.get(row.id)).state is State.CLOSED
        assert_nothing_left(world)


@pytest.mark.parametrize("kind", ["refuse", "rate_limit"])
@in_every_mode()
async def test_refused_for_ever(world: World, kind: str) -> None:
    """It is tried again with pauses, then alerted and left out; the position stays protected, and is never closed."""
    world.venue.faults.add(Fault(TARGET_CALL, None, kind))
    async with world.library() as positions:
        position, error = await world.tried(positions, take_profit_percent="5")
        assert error is None
        await world.clock.sleep(300)
        assert position is not None
        row = await positions.get(position.id)
        assert (row.state, row.goal.value, row.target_price) == (State.PROTECTED, "protect", None)
        assert len(world.sent(Call.PLACE_TARGET)) == TARGET_TRIES
        assert len(living_stops(world)) == 1
        assert len(world.heard(EventKind.ALERT, TARGET_LEFT_OUT)) == 1
        assert len(world.heard(EventKind.ALERT)) == 1
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert_nothing_left(world)


@in_every_mode()
async def test_refused_once(world: World) -> None:
    """The next try stands, and nobody is woken."""
    world.venue.faults.add(Fault(TARGET_CALL, None, "refuse", 1))
    async with world.library() as positions:
        row = await opened(world, positions)
        assert (target_of(row).attempt, row.target_price) == (2, target_of(row).trigger_price)
        assert world.heard(EventKind.ALERT) == []


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "late_request", "late_reply", "duplicate"])
@in_every_mode()
async def test_its_outcome_is_unknown(world: World, kind: str) -> None:
    """One target stands in the end, never two."""
    world.venue.faults.add(Fault(TARGET_CALL, None, kind, 1))
    async with world.library() as positions:
        row = await opened(world, positions)
        await world.clock.sleep(120)
        assert sum(order.target for order in world.truth().orders) == 1
        row = await positions.get(row.id)
        past(world, row.target_price)
        await world.clock.sleep(90)
        assert (await positions.get(row.id)).state is State.CLOSED
        assert_nothing_left(world)


@in_every_mode()
async def test_somebody_cancels_it(world: World) -> None:
    """It is put up again, as the stop would be."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.cancel(AVL, client_order_id=target_of(row).client_order_id)
        await world.clock.sleep(60)
        assert living_target(world) is not None
        assert (await positions.get(row.id)).state is State.PROTECTED


@in_every_mode()
async def test_a_part_is_closed(world: World) -> None:
    """The target stays as large as it was: it can only reduce; what it fills counts for no part that was asked for."""
    async with world.library() as positions:
        row = await opened(world, positions)
        part = await positions.close_position(row.id, quantity="4")
        assert (part.state, world.truth().quantity) == (State.PROTECTED, 6)
        past(world, row.target_price)
        await world.clock.sleep(90)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert target_of(ended).filled == 6
        assert_nothing_left(world)


@in_every_mode()
async def test_closing_and_moving_the_stop(world: World) -> None:
    """A moved stop leaves the target as it is; the bot's own exit takes it away."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moved = await positions.move_stop(row.id, percent="1")
        assert moved.target_price == row.target_price
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert_nothing_left(world)


@pytest.mark.parametrize("at", ["before write target", "after write target"])
@in_every_mode()
async def test_a_crash_around_its_send(world: World, at: str) -> None:
    """Whether it left or not, the next process finds one target, and everything ends with the position."""
    dies = Mortal(world, at)

    async def life() -> None:
        async with world.library() as positions:
            await opened(world, positions)
            await world.clock.sleep(60)

    assert await dies.live(life)
    async with world.library() as positions:
        await world.clock.sleep(180)
        (row,) = await positions.list()
        assert row.state is State.PROTECTED
        assert sum(order.target for order in world.truth().orders) == 1
        past(world, row.target_price)
        await world.clock.sleep(90)
        assert (await positions.get(row.id)).state is State.CLOSED
    assert_nothing_left(world)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"take_profit_percent": "5", "take_profit_price": "1"}, "at most one target"),
        ({"take_profit_percent": "0"}, "take_profit_percent is '0'; it must be above 0"),
        ({"take_profit_percent": "100", "side": "sell"}, "below 100"),
        ({"take_profit_price": "0.1"}, "take_profit_price is 0.1; for a long position it must lie above the mark"),
        ({"take_profit_price": "9", "side": "sell"}, "for a short position it must lie below the mark price"),
    ],
)
@in_world()
async def test_what_cannot_be_a_target(world: World, asked: dict[str, str], says: str) -> None:
    """It is refused by name before anything is stored or sent."""
    async with world.library() as positions:
        _, error = await world.tried(positions, **asked)
        assert isinstance(error, InvalidRequest)
        assert says in str(error)
        assert (await positions.list(), world.sent()) == ((), [])


@in_world()
async def test_an_exchange_without_targets(world: World) -> None:
    """A request for one is refused by name; without one nothing changes."""
    world.exchange = SimExchange(world.venue, world.clock, profile=replace(world.profile, targets=False))
    async with world.library() as positions:
        _, error = await world.tried(positions, take_profit_percent="5")
        assert isinstance(error, InvalidRequest)
        assert "not supported on sim" in str(error)
        assert (await world.tried(positions))[1] is None


@in_world()
async def test_a_price_is_kept(world: World) -> None:
    """A target at a price stands there, rounded to the tick away from the entry."""
    async with world.library() as positions:
        position, error = await world.tried(positions, take_profit_price="1.50001")
        assert error is None
        await world.clock.sleep(5)
        assert position is not None
        tick = world.venue.market(AVL).tick
        price = (await positions.get(position.id)).target_price
        assert price is not None
        assert Decimal("1.50001") <= price < Decimal("1.50001") + tick


class Away(MemoryJournal):
    """A journal that does not take a row with a target while it is told so."""

    away = True

    async def commit(self, change: Change) -> None:
        if self.away and change.record.of(Leg.TARGET):
            raise StoreUnavailable("the disk is full")
        await super().commit(change)


@in_every_mode()
async def test_the_database_is_away(world: World) -> None:
    """A target protects nothing, so it leaves only once its row is stored (I4); the stop stands meanwhile."""
    world.journal = journal = Away(now_us=world.clock.now_us)
    async with world.library() as positions:
        position, error = await world.tried(positions, take_profit_percent="5")
        assert error is None
        assert position is not None
        await world.clock.sleep(20)
        assert (world.sent(Call.PLACE_TARGET), len(living_stops(world))) == ([], 1)
        journal.away = False
        await world.clock.sleep(20)
        assert len(world.sent(Call.PLACE_TARGET)) == 1
        past(world, (await positions.get(position.id)).target_price)
        await world.clock.sleep(90)
        assert (await positions.get(position.id)).state is State.CLOSED
    assert_nothing_left(world)


@in_every_mode()
async def test_the_position_ends_while_the_database_is_away(world: World) -> None:
    """A target that was only intended never leaves, and holds nothing up."""
    world.journal = journal = Away(now_us=world.clock.now_us)
    async with world.library() as positions:
        position, _ = await world.tried(positions, take_profit_percent="5")
        assert position is not None
        await world.clock.sleep(5)
        past(world, position.stop_price)
        await world.clock.sleep(20)
        journal.away = False
        await world.clock.sleep(90)
        ended = await positions.get(position.id)
        assert ended.state is State.CLOSED
        assert all(order.settled for order in ended.orders)
        assert world.sent(Call.PLACE_TARGET) == []
    assert_nothing_left(world)
