"""While one stop takes another's place: moves back and forth, late readings, and what a predecessor left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.advance import STOP_CROSSED, advance
from atomicpos.bounds import bounds
from atomicpos.evidence import Kind, Source
from atomicpos.models import Goal, Leg, Order, OrderSide, OrderStatus, Refusal, Sending, State, StopRule, TriggerBy
from atomicpos.plan import Cancel, plan
from atomicpos.profile import Protection
from atomicpos.record import Record, adopt
from atomicpos.settings import Settings
from atomicpos.sightings import Look, Sightings
from atomicpos.sim import SIM_PROFILE, Fault
from atomicpos.sim.fault_kinds import Call, FaultKind
from atomicpos.testing.samples import a_record, sent
from atomicpos.weigh import weigh
from modes import MODES
from world import AVL, World, in_world, play

BOUNDS = bounds(Settings(), SIM_PROFILE)
S = 1_000_000


@pytest.mark.parametrize("protection", MODES)
def test_moving_back_at_once_leaves_no_moment_without_a_stop(protection: Protection) -> None:
    """The stop that is just being cancelled reads alive, and is not taken for the one that was asked for again."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            row, error = await world.tried(positions)
            assert row is not None
            assert error is None
            before = world.truth().exposure_s
            for percent in ("1", "4", "1", "4", "1"):
                moved = await positions.move_stop(row.id, percent=percent)
                assert moved.state is State.PROTECTED
            await world.clock.sleep(60)
            after = await positions.get(row.id)
            assert world.truth().exposure_s == before
            assert [stop.trigger_price for stop in world.truth().stops] == [after.stop_price]

    play(scene, protection=protection)


def protected(*stops: Order, moving: StopRule | None = None) -> Record:
    """A long of ten, filled at 100, with these stops, looked at just now."""
    record = sent(a_record(mark_price=Decimal(100), stop_rule=StopRule(price=Decimal("98"))), 10 * S)
    entry = replace(
        record.entry, status=OrderStatus.FILLED, filled=Decimal(10), average=Decimal(100), created_at_us=10 * S
    )
    record = record.with_order(entry)
    for stop in stops:
        record = record.with_order(stop)
    looks = {name.value: Look(Kind.SEEN, 20 * S) for name in Source}
    return replace(
        record, state=State.PROTECTED, protected_at_us=11 * S, moving=moving, filled_quantity=Decimal(10),
        stop_price=Decimal(98), sightings=Sightings(since_us=5 * S, looks=looks),
    )


def a_stop(attempt: int, trigger: str, *, attached: bool, seen: bool) -> Order:
    """Sent and acknowledged; read back at 20 s where it was seen."""
    return Order(
        Leg.STOP, attempt, f"stop{attempt}", OrderSide.SELL, Decimal(10), True,
        trigger_price=Decimal(trigger), trigger_by=TriggerBy.MARK, attached=attached, sends=1,
        sending=Sending.ACKNOWLEDGED, first_sent_at_us=12 * S, sent_at_us=12 * S, answered_at_us=12 * S,
        status=OrderStatus.UNTRIGGERED if seen else None, read_back=seen, seen_at_us=20 * S if seen else None,
        created_at_us=12 * S if seen else None,
    )


def test_a_reading_from_before_the_last_trigger_that_was_sent_proves_nothing() -> None:
    """The exchange took another trigger since: what late reads still show of the position is not relied on.

    It is while that other trigger is where the stop is being moved to: either is ours then.
    """
    old, newer = a_stop(2, "98", attached=True, seen=True), a_stop(3, "95", attached=True, seen=False)
    assert weigh(protected(old), BOUNDS, 21 * S).stops == (old,)
    assert weigh(protected(old, newer), BOUNDS, 21 * S).stops == ()
    assert weigh(protected(old, newer, moving=StopRule(price=Decimal(95))), BOUNDS, 21 * S).stops == (old,)
    refused = replace(newer, sending=Sending.REFUSED)
    assert weigh(protected(old, refused), BOUNDS, 21 * S).stops == (old,)


def test_a_stop_that_is_being_cancelled_covers_nothing() -> None:
    """However alive it still reads."""
    going = replace(a_stop(2, "98", attached=False, seen=True), cancels=1, cancel_sent_at_us=20 * S)
    verdict = weigh(protected(going), BOUNDS, 21 * S)
    assert verdict.stops == ()
    assert not verdict.covered


def test_a_successor_cancels_no_stop_before_it_has_seen_another_one() -> None:
    """Its predecessor's word that one stands may be old: nothing else is taken away on it."""
    record = protected(a_stop(1, "98", attached=False, seen=True), a_stop(2, "98", attached=False, seen=True))
    taken = adopt(record, 30 * S)
    steps = plan(taken, weigh(taken, BOUNDS, 30 * S), BOUNDS).steps
    assert not [step for step in steps if isinstance(step, Cancel)]
    steps = plan(record, weigh(record, BOUNDS, 21 * S), BOUNDS).steps
    assert [step for step in steps if isinstance(step, Cancel)] == [Cancel(Leg.STOP, 2)]


@in_world(
    Fault(Call.PLACE_ENTRY.value, AVL, FaultKind.PARTIAL_THEN_MORE.value, 1, 1),
    Fault(Call.POSITION.value, AVL, FaultKind.LAG.value, None, 2),
)
async def test_an_exit_by_others_between_two_fills_is_found_and_counted(world: World) -> None:
    """Half fills and is taken by the exchange, then the other half fills: the row knows both, and what is left."""
    async with world.library() as positions:
        world.venue.faults.add(Fault(Call.SET_STOP.value, AVL, FaultKind.ADL.value, 1, 0))
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(20)
        (record,) = world.stored()
        assert (record.filled_quantity, record.closed_quantity) == (10, 5)
        assert world.truth().quantity == 5
        assert world.truth().stop_quantity >= 5


@in_world(Fault(Call.SET_STOP.value, AVL, FaultKind.REFUSE.value, None, None, "other"))
async def test_what_stands_is_not_put_up_again(world: World) -> None:
    """Where the position's own stop is refused for ever, a separate one that stands is enough: nothing more is sent."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(10)
        sent = world.sent()
        await world.clock.sleep(300)
        assert world.sent() == sent
        assert (await positions.get(row.id)).state is State.PROTECTED
        assert world.truth().stop_quantity >= 10


@in_world(
    *(Fault(call, AVL, FaultKind.LAG.value, None, 8) for call in ("orders", "position", "position_stop")),
    Fault(Call.PLACE_STOP.value, AVL, FaultKind.REFUSE.value, None, None, "too_many_stops"),
)
async def test_a_move_that_the_exchange_took_is_not_given_up_for_a_second_stop_that_it_refused(world: World) -> None:
    """The position's own stop was set and is read back late; a separate one that was refused decides nothing."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        moved = await positions.move_stop(row.id, percent="4")
        assert moved.state is State.PROTECTED
        assert [stop.trigger_price for stop in world.truth().stops] == [moved.stop_price]


def test_a_stop_sent_again_and_refused_as_crossed_has_happened() -> None:
    """Whether an earlier send of it arrived is not known; that the price is beyond it is."""
    doubtful = replace(
        a_stop(1, "98", attached=False, seen=False), sends=2, sending=Sending.UNKNOWN,
        refusal=Refusal.WOULD_TRIGGER,
    )
    record = replace(protected(doubtful), state=State.VERIFYING)
    after, *_ = advance(record, weigh(record, BOUNDS, 21 * S), BOUNDS)
    assert (after.goal, after.reason) == (Goal.FLAT, STOP_CROSSED)
