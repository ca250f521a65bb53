"""F54: at start every open row and every recent end is checked against the exchange, and put right."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.events import EventKind
from atomicpos.models import Leg, OrderSide, Position, ProofKind, State, TriggerBy
from atomicpos.sim import Fault, hands
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from atomicpos.store import open_journal
from modes import attached, in_every_mode, moves_of
from world import AVL, TEN, World, assert_safe

TEN_MINUTES_S = 600
SECONDS = 20
"""Two listings, a stop, and the receive window in which a predecessor's last request may still arrive."""

Life = Callable[[World, AtomicPositions], Awaitable[Position]]


async def never_arrived(world: World, positions: AtomicPositions) -> Position:
    """Rolled back: its entry was proven absent."""
    world.venue.faults.add(Fault("place_entry", None, "lose_request"))
    await world.tried(positions)
    row = await world.settle(positions)
    world.venue.faults.clear()
    assert row is not None
    assert (row.state, row.proof and row.proof.kind) == (State.ROLLED_BACK, ProofKind.ABSENT)
    return row


async def protected(world: World, positions: AtomicPositions) -> Position:
    """Protected, and at rest."""
    row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    await world.clock.sleep(20)
    return row


def fills_late(world: World, row: Position) -> None:
    """The exchange carries the entry out after all, under the row's own id."""
    entry = next(order for order in row.orders if order.leg is Leg.ENTRY)
    guard = next((order.trigger_price for order in row.orders if order.attached), None)
    world.venue.place(PlaceRequest(AVL, entry.client_order_id, OrderSide.BUY, TEN, stop_loss=guard,
                                   stop_loss_by=TriggerBy.MARK if guard else None))  # fmt: skip


async def lived(world: World, life: Life) -> Position:
    """One life of the bot."""
    async with world.library() as positions:
        return await life(world, positions)


REOPENED = ["orphan_suspected", "rolled_back", "orphan_suspected", "verifying", "protected"]


@pytest.mark.parametrize("down_s", [0, TEN_MINUTES_S, 20 * 3600])
@in_every_mode()
async def test_f54_a_row_that_was_rolled_back_and_is_there_after_all_is_reopened_and_protected(
    world: World, down_s: int
) -> None:
    """Rolled back ten minutes ago, or yesterday; its entry has filled since: suspected again, and protected."""
    row = await lived(world, never_arrived)
    await world.clock.sleep(down_s)
    fills_late(world, row)
    other = world.beside()
    async with other.library() as positions:
        await world.clock.sleep(SECONDS)
        after = await positions.get(row.id)
        assert moves_of(after) == REOPENED
        assert_safe(other, after)
    assert len(other.heard(EventKind.ALERT, "orphan_suspected")) == 1
    assert other.sent(Call.PLACE_ENTRY, Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f54_it_was_there_all_the_while_nobody_ran(world: World) -> None:
    """Filled right after the bot had stopped, and unseen for ten minutes: not closed for having been alone so long."""
    row = await lived(world, never_arrived)
    fills_late(world, row)
    await world.clock.sleep(TEN_MINUTES_S)
    other = world.beside()
    async with other.library() as positions:
        await world.clock.sleep(SECONDS)
        assert_safe(other, await positions.get(row.id))
        assert (await positions.get(row.id)).state is State.PROTECTED
    assert other.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f54_the_same_from_a_real_file(world: World, tmp_path: Path) -> None:
    """Rows and proofs read back from SQLite: the settled row gives up its proof, and gets the one of its stop."""
    url = f"sqlite:///{tmp_path}/positions.db"
    world.journal = await open_journal(url, world.clock, rng=random.Random(1))
    row = await lived(world, never_arrived)
    await world.clock.sleep(TEN_MINUTES_S)
    fills_late(world, row)
    world.journal = await open_journal(url, world.clock, rng=random.Random(2))
    async with world.library() as positions:
        await world.clock.sleep(SECONDS)
        after = await positions.get(row.id)
        assert moves_of(after) == REOPENED
        assert after.proof is not None
        assert after.proof.kind is ProofKind.STOP_READ_BACK
        assert_safe(world, after)


# --- rows that were open ------------------------------------------------------------------------------------------


def stop_gone(world: World) -> None:
    hands.clear_stop(world.venue, AVL)


def stop_moved(world: World) -> None:
    """Somebody moved it one percent away; a separate stop can only be cancelled."""
    hands.alter_stop(world.venue, AVL) if attached(world) else hands.clear_stop(world.venue, AVL)


def half_closed(world: World) -> None:
    world.venue.foreign_order(AVL, OrderSide.SELL, Decimal(4), reduce_only=True)


def stopped_out(world: World) -> None:
    hands.stop_out(world.venue, AVL)


def liquidated(world: World) -> None:
    world.venue.liquidate(AVL)


MEANWHILE = {
    "the stop is gone": (stop_gone, 10), "the stop was moved": (stop_moved, 10), "part was sold": (half_closed, 6),
    "it was stopped out": (stopped_out, 0), "it was liquidated": (liquidated, 0),
}  # fmt: skip


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@in_every_mode()
async def test_f54_what_happened_to_a_protected_position_while_nobody_ran_is_seen_at_start(
    world: World, meanwhile: str
) -> None:
    """Its stop gone or moved, some or all of it gone: covered again, or ended with the proof, within seconds."""
    act, left = MEANWHILE[meanwhile]
    row = await lived(world, protected)
    act(world)
    await world.clock.sleep(TEN_MINUTES_S)
    other = world.beside()
    async with other.library() as positions:
        await world.clock.sleep(SECONDS)
        after, truth = await positions.get(row.id), world.truth()
        assert truth.quantity == left
        assert after.state is (State.PROTECTED if left else State.CLOSED)
        assert truth.stop_quantity >= left
        assert [stop.trigger_price for stop in truth.stops] == ([row.stop_price] if left else [])
        assert after.proof is not None
        assert after.proof.kind is (ProofKind.STOP_READ_BACK if left else ProofKind.EXITED)
    assert other.sent(Call.PLACE_ENTRY, Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f54_a_row_that_is_as_it_was_stays_so_without_a_write(world: World) -> None:
    """Checked, and nothing more: not an order is sent, and not a state is moved."""
    row = await lived(world, protected)
    await world.clock.sleep(TEN_MINUTES_S)
    other = world.beside()
    async with other.library() as positions:
        asked = len(other.exchange.requests)
        await world.clock.sleep(SECONDS)
        assert moves_of(await positions.get(row.id)) == moves_of(row)
        assert_safe(other, await positions.get(row.id))
    assert other.sent() == []
    assert len(other.exchange.requests) > asked
