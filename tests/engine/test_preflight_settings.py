"""Leverage and margin mode: set and read back once the slot is taken, before the entry; else there is no entry."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from atomicpos.errors import EntryRefused, InvalidRequest
from atomicpos.models import MarginMode, OrderSide, ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from gates import Mortal
from world import AVL, World, assert_safe, in_world, play

BEFORE = (Call.SET_MARGIN_MODE, Call.SET_LEVERAGE, Call.PLACE_ENTRY)
NOT_HAD = ["refuse", "rate_limit", "lose_request", "lose_reply", "http_502_executed", "http_502_not_executed",
           "html_200_executed", "cut_body"]  # fmt: skip


@in_world()
async def test_mode_then_leverage_then_entry_and_only_then(world: World) -> None:
    """Three writes in this order, after the row was stored; the exchange has both settings when the fill comes."""
    stored: list[int] = []
    real = world.exchange.write

    async def write(request: Any, permit: Any) -> Any:
        stored.append(len(world.stored()))
        return await real(request, permit)

    world.exchange.write = write
    async with world.library(margin_mode="cross") as positions:
        row, error = await world.tried(positions, leverage=5)
        assert error is None
        assert row is not None
        assert_safe(world, row)
    assert [call for _, call, _ in world.exchange.requests if call in BEFORE] == list(BEFORE)
    assert set(stored) == {1}
    assert (world.venue.margin_mode(), row.leverage) == (MarginMode.CROSS, 5)
    assert world.venue.position_as_of(AVL, world.venue.now_us()).leverage == 5


@in_world()
async def test_a_mode_that_the_slot_shows_already_is_not_set(world: World) -> None:
    """It is isolated, isolated is asked for: no request for it."""
    async with world.library(margin_mode=MarginMode.ISOLATED) as positions:
        _, error = await world.tried(positions)
    assert error is None
    assert Call.SET_MARGIN_MODE not in [call for _, call, _ in world.exchange.requests]


@pytest.mark.parametrize("kind", NOT_HAD)
@pytest.mark.parametrize("call", [Call.SET_MARGIN_MODE, Call.SET_LEVERAGE])
@in_world()
async def test_what_could_not_be_had_for_certain_means_no_entry(world: World, call: Call, kind: str) -> None:
    """Refused or of unknown outcome: EntryRefused with its proof, no entry ever left, and the slot is free again."""
    world.venue.faults.add(Fault(call, None, kind, None, 1 if kind == "lose_reply" else None))
    async with world.library(margin_mode="cross") as positions:
        row, error = await world.tried(positions, leverage=5)
        assert isinstance(error, EntryRefused)
        assert row is not None
        assert row.proof is not None
        reason = "margin_mode_refused" if call is Call.SET_MARGIN_MODE else "leverage_refused"
        assert (row.state, row.reason, row.proof.kind) == (State.ROLLED_BACK, reason, ProofKind.NOT_SENT)
        assert ("margin mode cross" if call is Call.SET_MARGIN_MODE else "leverage 5") in str(error)
        assert_safe(world, row)
        await world.clock.sleep(60)
        assert world.sent(Call.PLACE_ENTRY) == []
        world.venue.faults.clear()
        _, error = await world.tried(positions, leverage=5)
        assert error is None


@in_world()
async def test_a_mode_that_cannot_change_while_another_symbol_is_open_is_refused(world: World) -> None:
    """The exchange keeps the account's mode while somebody holds anything: EntryRefused with its reason."""
    world.venue.place(PlaceRequest("XRP/USDT:USDT", None, OrderSide.BUY, Decimal(5)), foreign=True)
    async with world.library(margin_mode="cross") as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryRefused)
    assert "margin mode cross could not be had: the margin mode stays while a position is open" in str(error)
    assert_safe(world, row)


@pytest.mark.parametrize("word", ["portfolio", "", "ISOLATED ", 1])
@in_world()
async def test_a_mode_that_does_not_exist_is_refused_when_the_library_is_made(world: World, word: Any) -> None:
    """A setting is checked once, at the start, with its value and the words there are."""
    with pytest.raises(InvalidRequest, match=r"margin_mode is .*; it must be one of isolated, cross"):
        world.library(margin_mode=word)


def test_a_process_that_dies_on_the_way_to_its_entry_is_succeeded() -> None:
    """Killed at each passage: the successor sets nothing and sends no entry, and ends protected or proven flat."""
    died: list[bool] = []

    async def scene(world: World, at: int) -> None:
        mortal = Mortal(world, at)

        async def life() -> None:
            async with world.library(margin_mode="cross") as positions:
                await world.tried(positions, leverage=5)

        died.append(await mortal.live(life))
        before = world.sent(*BEFORE)
        async with world.library(margin_mode="cross") as positions:
            assert_safe(world, await world.settle(positions))
        if died[-1]:
            assert world.sent(*BEFORE) == before

    for at in count(1):
        play(scene, at=at)
        if not died[-1] or at > 60:
            break
    assert len(died) > 10
