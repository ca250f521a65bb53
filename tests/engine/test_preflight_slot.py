"""Preflight on the slot: who holds it, whether it is free after all, and the mode of the account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from acts import opened
from atomicpos.errors import AlreadyOpen, EntryRefused, NotReady
from atomicpos.models import OrderSide, ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from modes import in_every_mode
from world import AVL, World, assert_safe, in_world

OUT = Decimal("1.3000")
BACK = Decimal("1.3580")


def stopped_out(world: World) -> None:
    """The market falls through the stop and comes back."""
    world.venue.set_mark(AVL, OUT)
    world.venue.set_mark(AVL, BACK)


def closed_by_hand(world: World) -> None:
    world.venue.place(PlaceRequest(AVL, None, OrderSide.SELL, Decimal(10), reduce_only=True), foreign=True)


def liquidated(world: World) -> None:
    world.venue.liquidate(AVL)


@pytest.mark.parametrize("ends", [stopped_out, closed_by_hand, liquidated])
@in_every_mode()
async def test_a_slot_whose_position_is_proven_flat_on_the_spot_goes_on(
    world: World, ends: Callable[[World], None]
) -> None:
    """The protected row has ended and no watch has seen it yet: it is proven closed, and the next one opens at once."""
    async with world.library(watch_s=3600) as positions:
        first = await opened(world, positions)
        ends(world)
        began_s = world.elapsed_s
        second, error = await world.tried(positions)
        assert error is None
        assert second is not None
        assert world.elapsed_s - began_s < 4
        before = await positions.get(first.id)
        assert before.proof is not None
        assert (before.state, before.proof.kind) == (State.CLOSED, ProofKind.EXITED)
        await world.clock.sleep(20)
        assert (await positions.get(second.id)).state is State.PROTECTED
        assert (world.truth().quantity, world.truth().stop_quantity >= 10) == (10, True)


@pytest.mark.parametrize("kind", ["error", "lag"])
@in_every_mode()
async def test_a_slot_that_cannot_be_proven_flat_in_time_is_taken(world: World, kind: str) -> None:
    """Orders and fills do not tell within write_patience_s: AlreadyOpen with the occupant, and nothing is sent."""
    async with world.library(watch_s=3600) as positions:
        first = await opened(world, positions)
        stopped_out(world)
        seconds = 60.0 if kind == "lag" else None
        world.venue.faults.add(*(Fault(call, None, kind, None, seconds) for call in ("orders", "fills")))
        sent, began_s = world.sent(), world.elapsed_s
        occupant, error = await world.tried(positions)
        assert isinstance(error, AlreadyOpen)
        assert occupant is not None
        assert occupant.id == first.id
        assert 2 <= world.elapsed_s - began_s < 3
        assert (world.sent(), len(world.stored())) == (sent, 1)
        world.venue.faults.clear()
        await world.clock.sleep(60)
        assert (await positions.get(first.id)).state is State.CLOSED
        _, error = await world.tried(positions)
        assert error is None


@in_world(Fault("position", None, "lag", None, 10))
async def test_a_slot_that_still_shows_what_is_gone_is_taken(world: World) -> None:
    """The position list lags behind the stop-out: AlreadyOpen names the row that held it, and nothing is sent."""
    async with world.library(watch_s=3600) as positions:
        first = await opened(world, positions)
        stopped_out(world)
        occupant, error = await world.tried(positions)
        assert isinstance(error, AlreadyOpen)
        assert f"claimed by position {first.id}; nothing was sent" in str(error)
        assert occupant is not None
        assert occupant.id == first.id


@in_world(Fault("position", None, "lag", None, 10), Fault("orders", None, "lag", None, 10),
          Fault("fills", None, "lag", None, 10))
async def test_a_slot_of_a_position_that_is_being_opened_is_taken(world: World) -> None:
    """The slot reads empty and its row is unsettled: AlreadyOpen at once, nothing is proven away."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(1)
        began_s = world.elapsed_s
        occupant, error = await world.tried(positions, side="sell")
        assert isinstance(error, AlreadyOpen)
        assert world.elapsed_s - began_s < 0.5
        first, _ = await opening
        assert first is not None
        assert occupant is not None
        assert occupant.id == first.id
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize("settings", [{"leverage": 5}, {}], ids=str)
@in_world()
async def test_nothing_is_set_on_a_slot_that_holds_a_position(world: World, settings: dict[str, int]) -> None:
    """Neither leverage nor margin mode of somebody else's position is touched: AlreadyOpen before any write."""
    world.venue.place(PlaceRequest(AVL, None, OrderSide.BUY, Decimal(5)), foreign=True)
    async with world.library(margin_mode="cross") as positions:
        row, error = await world.tried(positions, **settings)
        await world.clock.sleep(30)
    assert isinstance(error, AlreadyOpen)
    assert "already holds 5 long, claimed by no position of ours" in str(error)
    assert (row, world.sent(), world.stored()) == (None, [], ())
    assert Call.SET_MARGIN_MODE not in [call for _, call, _ in world.exchange.requests]


@in_world()
async def test_an_account_in_hedge_mode_is_refused(world: World) -> None:
    """The mode that is needed cannot be had: EntryRefused, nothing stored or sent, and asked once only."""
    world.venue.set_position_mode("hedge")
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=5)
    assert isinstance(error, EntryRefused)
    assert "in hedge mode; nothing was sent" in str(error)
    assert error.position is None
    assert (row, world.sent(), world.stored()) == (None, [], ())
    assert [call for _, call, _ in world.exchange.requests].count("position") == 1


@pytest.mark.parametrize("call", ["position", "mark"])
@pytest.mark.parametrize("times", [1, 2])
@in_world()
async def test_a_transient_error_of_a_read_is_read_again(world: World, call: str, times: int) -> None:
    """Once or twice an error, then an answer: the position is opened all the same (F59)."""
    world.venue.faults.add(*(Fault(call, None, "error", nth) for nth in range(1, times + 1)))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert_safe(world, row)


@pytest.mark.parametrize("call", ["position", "mark"])
@in_world()
async def test_a_read_that_goes_on_failing_is_not_ready(world: World, call: str) -> None:
    """Three times an error: NotReady with the reason within a second, nothing stored or sent."""
    world.venue.faults.add(Fault(call, None, "error"))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, NotReady)
    assert f"could not be read before the entry: {call} on" in str(error)
    assert (row, world.sent(), world.stored()) == (None, [], ())
    assert world.elapsed_s < 1.5
