"""Protected is a monitored claim: what happens to a position afterwards is seen, mended or recorded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import UnknownPosition
from atomicpos.events import EventKind
from atomicpos.models import OrderSide, OrderStatus, Position, ProofKind, Scope, State
from atomicpos.record import Record
from atomicpos.sim import Fault, Venue
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from atomicpos.testing.journals.over import JournalOver
from modes import attached, in_every_mode
from world import AVL, World, assert_safe, closes_of, in_world, stops_of

WATCH_S = 5


async def protected(world: World, positions: AtomicPositions, side: str = "buy") -> Position:
    """A protected position whose drive has come to rest."""
    row, error = await world.tried(positions, side=side)
    assert error is None
    assert row is not None
    await world.clock.sleep(60)
    return row


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_a_stop_that_somebody_cancelled_is_put_up_again(world: World, side: str) -> None:
    """At t=60 the stop is gone: within a watch and a few seconds another one stands, and the gap is counted (F29).

    An order that was cancelled has a time of its end. The position's own stop leaves no trace: its gap is counted from
    when it was seen last, at most one watch too early.
    """
    async with world.library(watch_s=WATCH_S) as positions:
        row = await protected(world, positions, side)
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(WATCH_S + 5)
        after = await positions.get(row.id)
        assert after.state is State.PROTECTED
        assert world.truth().stop_quantity == 10
        assert len(stops_of(after)) == len(stops_of(row)) + 1
        assert after.exposure_s > row.exposure_s
        too_much_s = after.exposure_s - world.truth().exposure_s
        assert 0 <= too_much_s < (WATCH_S if attached(world) else 0.5)
        assert_safe(world, after)
    moves = [entry.data["to"] for entry in after.journal if entry.kind == "transition"]
    assert moves[-3:] == ["protected", "verifying", "protected"]
    assert world.sent(Call.PLACE_CLOSE) == []


def liquidated(venue: Venue) -> None:
    venue.liquidate(AVL)


def stopped_out(venue: Venue) -> None:
    venue.set_mark(AVL, Decimal("1.2900"))


def closed_by_hand(venue: Venue) -> None:
    venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(10), reduce_only=True), foreign=True)


@pytest.mark.parametrize("end", [liquidated, stopped_out, closed_by_hand])
@in_every_mode()
async def test_a_protected_position_that_ended_is_closed_with_its_proof(
    world: World, end: Callable[[Venue], None]
) -> None:
    """Stopped out, liquidated or closed by hand: closed, proven, no order of ours left, and no close was sent."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await protected(world, positions)
        end(world.venue)
        await world.clock.sleep(WATCH_S + 10)
        after = await positions.get(row.id)
        assert after.state is State.CLOSED
        assert after.proof is not None
        assert after.proof.kind is ProofKind.EXITED
        assert_safe(world, after)
        _, error = await world.tried(positions)
        assert error is None, "the slot is free again"
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_a_position_closed_by_hand_in_part_stays_protected(world: World) -> None:
    """Four of ten are sold by hand: the rest is still covered, and nothing is closed on its account."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await protected(world, positions)
        world.venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(4), reduce_only=True), foreign=True)
        await world.clock.sleep(60)
        after = await positions.get(row.id)
    assert after.state is State.PROTECTED
    truth = world.truth()
    assert (truth.quantity, truth.stop_quantity >= 6) == (6, True)
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_a_calm_protected_position_is_looked_at_and_left_alone(world: World) -> None:
    """Hour after hour nothing is written to the exchange, and the row does not move."""
    async with world.library(watch_s=60) as positions:
        row = await protected(world, positions)
        sent, asked = world.sent(), len(world.exchange.requests)
        await world.clock.sleep(3600)
        after = await positions.get(row.id)
    assert world.sent() == sent
    assert len(world.exchange.requests) >= asked + 2 * 55
    assert [e for e in after.journal if e.kind == "transition"] == [e for e in row.journal if e.kind == "transition"]


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((), id="calm"),
        pytest.param((Fault("place_close", None, "http_502_executed", 1),), id="reply lost"),
        pytest.param((Fault("place_close", None, "lose_request", 1),), id="request lost"),
        pytest.param((Fault("place_close", None, "refuse", 1),), id="refused once"),
        pytest.param((Fault("cancel", None, "lose_request", 1),), id="cancel lost"),
        pytest.param((Fault("cancel", None, "refuse", 1),), id="cancel refused"),
        pytest.param((Fault("position", None, "lag", None, 8),), id="position late"),
        pytest.param(tuple(Fault(c, None, "lag", None, 4) for c in ("orders", "fills", "position")), id="all late"),
    ],
)
@in_every_mode()
async def test_close_position_ends_closed_with_nothing_of_ours_alive(
    world: World, faults: tuple[Fault, ...], side: str
) -> None:
    """Whatever befalls the close or the cancel: closed by our fill, flat, the stop cancelled and seen dead."""
    async with world.library() as positions:
        row = await protected(world, positions, side)
        world.venue.faults.add(*faults)
        closed = await positions.close_position(row.id)
    assert (closed.state, closed.reason) == (State.CLOSED, "close_position")
    assert sum(order.filled for order in closes_of(closed)) == 10
    assert all(order.settled for order in closed.orders)
    assert any(order.status is OrderStatus.DEAD for order in stops_of(closed))
    assert_safe(world, closed)


@in_every_mode()
async def test_the_stop_stays_up_until_flat_is_proven(world: World) -> None:
    """No moment of a close is without cover: what is cancelled is cancelled after the position is gone (F30).

    The position's own stop goes with the position, and nothing is left to cancel.
    """
    async with world.library() as positions:
        row = await protected(world, positions)
        before = world.truth().exposure_s
        await positions.close_position(row.id)
    writes = world.sent()
    assert writes[writes.index("place_close"):].count("cancel") == (0 if attached(world) else 1)
    assert world.truth().exposure_s == before


@in_world()
async def test_closing_what_is_closed_or_unknown_sends_nothing(world: World) -> None:
    """A settled position is returned as it is; an unknown id is refused."""
    async with world.library() as positions:
        row = await protected(world, positions)
        await positions.close_position(row.id)
        sent = world.sent()
        assert (await positions.close_position(row.id)).state is State.CLOSED
        with pytest.raises(UnknownPosition, match="nobody"):
            await positions.close_position("nobody")
        assert world.sent() == sent


class SlowJournal(JournalOver):
    """Reads what holds a slot, and answers ``late_s`` later: the rows are then as old as that."""

    def __init__(self, world: World) -> None:
        super().__init__(world.journal)
        self.world, self.late_s = world, 0.0

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        rows = await super().holding(scope)
        await self.world.clock.sleep(self.late_s)
        return rows


@in_every_mode()
async def test_f31_a_row_that_was_moved_on_while_it_was_read_is_not_watched_as_it_was(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The watchdog's answer is two seconds old, and the stop was moved meanwhile: nobody is called somebody else."""
    world.journal = slow = SlowJournal(world)
    async with world.library(watch_s=WATCH_S) as positions:
        row = await protected(world, positions)
        slow.late_s = 2
        for percent in ("3", "2", "3", "2"):
            await world.clock.sleep(WATCH_S * 0.8)
            moved = await positions.move_stop(row.id, percent=percent)
            assert_safe(world, moved)
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
    assert world.heard(EventKind.ALERT) == []
    assert "failed" not in caplog.text
