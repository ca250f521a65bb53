"""Whatever a plug-in does, it may delay an end and may veto one; it never brings about a wrong one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bad_plugins import (
    INSISTS,
    SHOWS_NOTHING,
    Answer,
    Plugin,
    does_not_know,
    hangs_and_ignores_its_cancellation,
    says_absent,
)

from atomicpos.errors import EntryNeverFilled, InvalidRequest, OrphanSuspected
from atomicpos.models import OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from world import AVL, TEN, World, assert_safe, in_world


async def released(plugin: Plugin) -> None:
    """Let the stubborn one go, so that the test's loop can end."""
    plugin.released = True
    for task in asyncio.all_tasks():
        if "_asked" in repr(task.get_coro()):
            task.cancel()


def closed_by_hand(world: World) -> None:
    """Somebody else sells the position."""
    world.venue.place(PlaceRequest(AVL, None, OrderSide.SELL, TEN, reduce_only=True), foreign=True)


@pytest.mark.parametrize("answer", SHOWS_NOTHING + INSISTS)
@in_world()
async def test_it_keeps_no_position_from_being_protected_and_watched(world: World, answer: Answer) -> None:
    """The position is protected within the second, and its stop is put up again when somebody takes it away."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
        assert row.exposure_s < 1
        assert plugin.asked > 0
        await world.clock.sleep(60)
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
    await released(plugin)
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("answer", SHOWS_NOTHING)
@in_world(Fault("place_entry", None, "never_fill"))
async def test_it_holds_up_no_proof_that_nothing_filled(world: World, answer: Answer) -> None:
    """A source that shows nothing changes nothing: dead unfilled is rolled back, at once."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        row, error = await world.tried(positions)
    await released(plugin)
    assert isinstance(error, EntryNeverFilled)
    assert row is not None
    assert row.filled_quantity == 0
    assert_safe(world, row)
    assert world.elapsed_s < 5


@pytest.mark.parametrize("answer", INSISTS)
@in_world(Fault("place_entry", None, "never_fill"))
async def test_one_that_insists_on_a_position_makes_the_row_suspected_and_never_ended(
    world: World, answer: Answer
) -> None:
    """Its word vetoes the end and proves nothing: no fill, no stop, no close, and the slot stays taken."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        row, error = await world.tried(positions)
        assert isinstance(error, OrphanSuspected)
        assert row is not None
        await world.clock.sleep(600)
        row = await positions.get(row.id)
        assert (row.state, row.filled_quantity, row.entry_price) == (State.ORPHAN_SUSPECTED, 0, None)
        assert world.sent(Call.PLACE_CLOSE) == []
        assert world.truth().quantity == 0
        plugin.answer = does_not_know
        await world.clock.sleep(60)
        assert (await positions.get(row.id)).state is State.ORPHAN_SUSPECTED
        plugin.answer = says_absent
        ended = await world.settle(positions)
    assert ended is not None
    assert ended.state is State.ROLLED_BACK
    assert_safe(world, ended)


@pytest.mark.parametrize("answer", SHOWS_NOTHING)
@in_world()
async def test_a_position_closed_by_hand_is_closed_in_the_row_too(world: World, answer: Answer) -> None:
    """The built-in sources show that it is gone; nothing else is needed, and nothing is sent to open or close."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        _, error = await world.tried(positions)
        assert error is None
        closed_by_hand(world)
        await world.clock.sleep(30)
        ended = await world.settle(positions)
    await released(plugin)
    assert ended is not None
    assert ended.state is State.CLOSED
    assert_safe(world, ended)
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("answer", INSISTS)
@in_world()
async def test_one_that_insists_holds_up_the_end_of_a_position_closed_by_hand(world: World, answer: Answer) -> None:
    """While it insists the row does not end; what it says is not closed again, and the exchange stays flat."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        closed_by_hand(world)
        await world.clock.sleep(300)
        assert not (await positions.get(row.id)).state.settled
        assert world.truth().quantity == 0
        plugin.answer = says_absent
        ended = await world.settle(positions, quiet_s=60)
    assert ended is not None
    assert ended.state is State.CLOSED
    assert_safe(world, ended)
    assert [order.reduce_only for order in world.accepted() if order.filled] == [False, True]


@pytest.mark.parametrize("answer", SHOWS_NOTHING + INSISTS)
@in_world(*(Fault(call, None, "lag", None, 12) for call in ("orders", "fills", "position")))
async def test_while_everything_lags_it_ends_nothing_early(world: World, answer: Answer) -> None:
    """Twelve seconds in which only the plug-in speaks up: the position is protected, and never was anything else."""
    plugin = Plugin(answer)
    async with world.library(verifiers=[plugin]) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert_safe(world, row)
    await released(plugin)
    assert not any(entry.data.get("to") in ("rolled_back", "closed_immediately") for entry in row.journal)


@in_world()
async def test_it_is_made_once_when_the_library_is_built(world: World) -> None:
    """A constructor that is slow, or fails, costs the start: no position is ever waiting for one."""
    made: list[Plugin] = []

    class Counted(Plugin):
        def __init__(self) -> None:
            super().__init__(does_not_know)
            made.append(self)

    async with world.library(verifiers=[Counted()]) as positions:
        await world.tried(positions)
        await world.tried(positions, symbol="XRPUSDT")
    assert len(made) == 1


@in_world()
async def test_a_stubborn_look_is_not_asked_again_while_it_lasts(world: World) -> None:
    """One that ignores its cancellation costs one task, however long the position is watched."""
    plugin = Plugin(hangs_and_ignores_its_cancellation)
    async with world.library(verifiers=[plugin], watch_s=1.0) as positions:
        await world.tried(positions)
        await world.clock.sleep(600)
    assert plugin.asked == 1
    await released(plugin)


@in_world()
async def test_a_name_that_cannot_be_read_is_refused(world: World) -> None:
    """What raises when it is asked for its name is InvalidRequest like any other that has none."""

    class Nameless:
        @property
        def name(self) -> str:
            raise OSError("no name today")

        async def look(self, question: Any) -> Any: ...

    with pytest.raises(InvalidRequest, match="needs a name"):
        world.library(verifiers=[Nameless()])
