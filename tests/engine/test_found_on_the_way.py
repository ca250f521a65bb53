"""Defects that were found by trying to break the engine, kept so that they stay away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import NotReady, StoreUnavailable
from atomicpos.evidence import Evidence, Kind, OrderView
from atomicpos.models import FillKind, OrderSide, OrderStatus, State
from atomicpos.ports import FillsReading
from atomicpos.sim import Fault
from atomicpos.sim.reads import SimReads
from atomicpos.verifiers import Question
from world import AVL, TEN, World, assert_safe, in_world, play


@pytest.mark.parametrize("call", ["history", "load"])
def test_a_database_that_fails_after_the_protection_takes_nothing_from_the_answer(call: str) -> None:
    """The caller of a protected position gets it, not an error that would mean that nothing was sent."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            real = getattr(world.journal, call)

            async def failing(*given: Any) -> Any:
                if world.truth().stops:
                    raise StoreUnavailable("the disk is gone")
                return await real(*given)

            setattr(world.journal, call, failing)
            position, error = await world.tried(positions)
            setattr(world.journal, call, real)
            assert error is None
            assert position is not None
            assert position.state is State.PROTECTED

    play(scene)


@pytest.mark.parametrize("pause_s", [0, 0.001, 1])
def test_a_close_right_after_the_open_is_carried_out(pause_s: float) -> None:
    """A request that meets a drive just coming to rest is not lost with it."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            position, _ = await world.tried(positions)
            assert position is not None
            await world.clock.sleep(pause_s)
            closed = await positions.close_position(position.id)
            assert closed.state is State.CLOSED
            assert_safe(world, closed)

    play(scene)


class Doubled(SimReads):
    """Pages that overlap: every fill is shown twice in one reading."""

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        reading = await super().fills(symbol, since_us, all_kinds=all_kinds)
        return replace(reading, fills=reading.fills * 2)


@in_world(Fault("orders", None, "lag", None, 4))
async def test_a_fill_that_is_shown_twice_counts_once(world: World) -> None:
    """Overlapping pages do not make a position twice as large."""
    doubled = Doubled(world.venue, world.clock, 0.15, [])
    world.exchange.reads = world.exchange.urgent_reads = doubled
    async with world.library() as positions:
        position, _ = await world.tried(positions)
        assert position is not None
        assert position.filled_quantity == TEN
        assert_safe(world, position)


class Forger:
    """A plug-in that claims to have read our orders as dead and unfilled."""

    name = "forger"

    async def look(self, question: Question) -> Evidence:
        views = tuple(OrderView(i, "x", OrderStatus.DEAD, filled=Decimal(0)) for i in question.client_order_ids)
        return replace(Evidence.absent(), orders=views, absent_ids=question.client_order_ids)


@in_world(Fault("orders", None, "lag", None, 3), Fault("fills", None, "lag", None, 3))
async def test_a_plug_in_cannot_forge_a_proof(world: World) -> None:
    """Only built-in sources can show orders, fills and the slot; what a plug-in adds to its answer is dropped."""
    async with world.library(verifiers=[Forger()]) as positions:
        position, error = await world.tried(positions)
        assert error is None
        assert_safe(world, position)


MALFORMED = [
    "not evidence at all",
    None,
    Evidence("seen"),  # type: ignore[arg-type]
    Evidence(Kind.SEEN, quantity=Decimal("NaN")),
    Evidence(Kind.SEEN, quantity="many"),  # type: ignore[arg-type]
    Evidence(Kind.ABSENT, orders=("x",)),  # type: ignore[arg-type]
    Evidence(Kind.ABSENT, fills=(1,)),  # type: ignore[arg-type]
    Evidence(Kind.ABSENT, orders=None),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("answer", MALFORMED, ids=repr)
def test_a_malformed_answer_of_a_plug_in_is_unknown(answer: Any) -> None:
    """Whatever a plug-in returns, the position is protected as without it."""

    class Odd:
        name = "odd"

        async def look(self, question: Question) -> Any:
            return answer

    async def scene(world: World) -> None:
        async with world.library(verifiers=[Odd()]) as positions:
            position, error = await world.tried(positions)
            assert error is None
            assert_safe(world, position)

    play(scene)


@in_world()
async def test_the_stop_that_stays_is_never_looser_than_asked(world: World) -> None:
    """A guard stop a tick below the exact trigger of a long is replaced, however near it is."""
    async with world.library() as positions:
        position, _ = await world.tried(positions)
        assert position is not None
        assert position.entry_price is not None
        assert position.stop_price is not None
        assert position.stop_price >= position.entry_price * Decimal("0.98")


@in_world(Fault("place_entry", None, "liquidate", None, 0))
async def test_a_liquidation_is_told_by_its_own_kind_of_fill(world: World) -> None:
    """What ended it is an execution that was asked for by name, on the closing side."""
    async with world.library() as positions:
        position, _ = await world.tried(positions)
        assert position is not None
        assert position.state is State.CLOSED_IMMEDIATELY
    fills = [e for e in world.venue.executions_as_of(AVL, world.venue.now_us()) if e.kind is FillKind.LIQUIDATION]
    assert {fill.order_side for fill in fills} == {OrderSide.SELL}


@in_world()
async def test_a_block_is_entered_once(world: World) -> None:
    """An instance that is inside its block refuses to enter it again, and goes on."""
    async with world.library() as first:
        await world.tried(first)
        with pytest.raises(NotReady, match="already inside its block"):
            await first.__aenter__()
        assert len(await first.list()) == 1


@in_world()
async def test_an_open_that_meets_the_end_of_the_block_sends_nothing(world: World) -> None:
    """A request that is still being checked when the block is left is refused, and leaves no row behind."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.05)
    position, error = await opening
    assert position is None
    assert isinstance(error, NotReady)
    assert world.sent() == []
    assert world.stored() == ()


@in_world()
async def test_a_key_does_not_depend_on_how_the_symbol_was_spelled(world: World) -> None:
    """The same request under the exchange's id and under the unified symbol is the same request."""
    async with world.library() as positions:
        first, _ = await world.tried(positions, symbol="AVLUSDT", idempotency_key="signal-81")
        again, error = await world.tried(positions, symbol=AVL, idempotency_key="signal-81")
    assert error is None
    assert (first and first.id) == (again and again.id)
    assert world.truth().entries == 1


@in_world()
async def test_a_close_survives_a_drive_that_fails_before_it_was_stored(world: World) -> None:
    """The drive breaks at the very commit of the request and is started again: the position is closed all the same."""
    async with world.library() as positions:
        position, _ = await world.tried(positions)
        assert position is not None
        await world.clock.sleep(1)
        real, broken = world.journal.commit, []

        async def fails_once(change: Any) -> None:
            if not broken:
                broken.append(change)
                raise RuntimeError("an injected defect")
            await real(change)

        world.journal.commit = fails_once
        closed = await positions.close_position(position.id)
        assert broken
        assert closed.state is State.CLOSED
        assert_safe(world, closed)
