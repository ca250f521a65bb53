"""One position a slot and one a key: repeats find their own row, others find the slot taken (I7)."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from atomicpos.errors import AlreadyOpen, EntryNeverFilled, InvalidRequest
from atomicpos.models import OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from world import AVL, World, assert_safe, in_world


@in_world()
async def test_five_concurrent_calls_with_one_key_send_one_entry(world: World) -> None:
    """All five return the same position, and the exchange saw one entry."""
    async with world.library() as positions:
        calls = [world.tried(positions, idempotency_key="signal-81") for _ in range(5)]
        results = await asyncio.gather(*calls)
    assert [error for _, error in results] == [None] * 5
    rows = [row for row, _ in results]
    assert rows[0] is not None
    assert rows[0].state is State.PROTECTED
    assert {(r.id, r.state, r.filled_quantity, r.entry_price, r.stop_price) for r in rows if r} == {
        (rows[0].id, State.PROTECTED, Decimal(10), rows[0].entry_price, rows[0].stop_price)
    }
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_world(Fault("place_entry", None, "never_fill"))
async def test_a_repeat_of_a_failure_raises_the_same_failure_and_sends_nothing(world: World) -> None:
    """The key's answer is the row's, though another try might succeed by now."""
    async with world.library() as positions:
        first, _ = await world.tried(positions, idempotency_key="k")
        world.venue.faults.clear()
        again, error = await world.tried(positions, idempotency_key="k")
    assert isinstance(error, EntryNeverFilled)
    assert first is not None
    assert again is not None
    assert again.id == first.id
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_world()
async def test_a_repeat_after_the_position_closed_returns_it(world: World) -> None:
    """What was protected and has ended since is what the caller asked for; nothing is sent."""
    async with world.library() as positions:
        first, _ = await world.tried(positions, idempotency_key="k")
        assert first is not None
        await world.clock.sleep(1)
        await positions.close_position(first.id)
        again, error = await world.tried(positions, idempotency_key="k")
    assert error is None
    assert again is not None
    assert (again.id, again.state) == (first.id, State.CLOSED)
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize(
    "other", [{"quantity": "11"}, {"side": "sell"}, {"stop_loss_percent": "3"}, {"leverage": 5}, {"symbol": "XRPUSDT"}],
    ids=str,
)
@in_world()
async def test_a_key_may_not_be_used_for_another_request(world: World, other: dict[str, object]) -> None:
    """The same key with anything else changed is InvalidRequest, and nothing is sent."""
    async with world.library() as positions:
        await world.tried(positions, idempotency_key="k")
        sent = world.sent()
        _, error = await world.tried(positions, idempotency_key="k", **other)  # type: ignore[arg-type]
    assert isinstance(error, InvalidRequest)
    assert "'k'" in str(error)
    assert world.sent() == sent


@in_world()
async def test_a_call_that_stored_nothing_leaves_the_key_free(world: World) -> None:
    """After a refused input the same key opens."""
    async with world.library() as positions:
        _, error = await world.tried(positions, quantity="0.5", idempotency_key="k")
        assert isinstance(error, InvalidRequest)
        row, error = await world.tried(positions, idempotency_key="k")
    assert error is None
    assert_safe(world, row)


@in_world()
async def test_of_five_concurrent_opens_of_one_symbol_one_gets_the_slot(world: World) -> None:
    """One is protected; the others are told who holds it, and no second entry leaves (F41)."""
    async with world.library() as positions:
        results = await asyncio.gather(*(world.tried(positions) for _ in range(5)))
    winners = [row for row, error in results if error is None]
    assert len(winners) == 1
    losers = [(row, error) for row, error in results if error is not None]
    assert all(isinstance(error, AlreadyOpen) for _, error in losers)
    assert {row.id for row, _ in losers if row} == {winners[0].id if winners[0] else ""}
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_world()
async def test_a_protected_position_holds_its_slot_for_both_sides(world: World, side: str) -> None:
    """A second request is AlreadyOpen with the occupant, long or short; nothing is sent."""
    async with world.library() as positions:
        first, _ = await world.tried(positions)
        sent = world.sent()
        occupant, error = await world.tried(positions, side=side)
    assert isinstance(error, AlreadyOpen)
    assert first is not None
    assert occupant is not None
    assert occupant.id == first.id
    assert world.sent() == sent


@pytest.mark.parametrize("side", [OrderSide.BUY, OrderSide.SELL])
@in_world()
async def test_an_external_position_takes_its_slot_and_is_not_touched(world: World, side: OrderSide) -> None:
    """Five that no row claims: AlreadyOpen without an occupant, nothing sent, and the five are still there (F40)."""
    world.venue.place(PlaceRequest(AVL, None, side, Decimal(5)), foreign=True)
    before = world.truth().quantity
    async with world.library() as positions:
        row, error = await world.tried(positions)
        await world.clock.sleep(60)
    assert isinstance(error, AlreadyOpen)
    assert row is None
    assert world.sent() == []
    assert world.stored() == ()
    assert world.truth().quantity == before


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.149, 0.16, 0.3, 0.5])
@in_world()
async def test_a_cancelled_caller_cancels_its_waiting_only(world: World, after_s: float) -> None:
    """Before the intent is stored nothing is sent; after it the position goes on and is found under its key."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions, idempotency_key="k"))
        await asyncio.wait({opening}, timeout=after_s)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        if not world.stored():
            await world.clock.sleep(60)
            assert world.sent() == []
            return
        row = await world.settle(positions)
        again, error = await world.tried(positions, idempotency_key="k")
    assert error is None
    assert row is not None
    assert again is not None
    assert (again.id, again.state) == (row.id, State.PROTECTED)
    assert_safe(world, row)
