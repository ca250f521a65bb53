"""``flatten_all`` and ``wait``: every position of the account closed, and each told as it ended."""

from __future__ import annotations

import asyncio

import pytest

from acts import opened
from atomicpos.errors import NotReady, UnknownPosition
from atomicpos.models import OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from modes import in_every_mode
from world import TEN, World, assert_safe, in_world

XRP = "XRP/USDT:USDT"
SOL = "SOL/USDT:USDT"
SYMBOLS = {"AVLUSDT": "AVL/USDT:USDT", "XRPUSDT": XRP, "SOLUSDT": SOL}


@in_every_mode()
async def test_everything_of_ours_is_closed_newest_first(world: World) -> None:
    """Three positions, one of them short: each is closed with its proof, and told with the newest first."""
    async with world.library() as positions:
        opened_ = [
            await opened(world, positions, symbol=raw, side=side)
            for raw, side in zip(SYMBOLS, ("buy", "sell", "buy"), strict=True)
        ]
        rows = await positions.flatten_all()
        assert [row.id for row in rows] == [row.id for row in reversed(opened_)]
        assert {(row.state, row.reason) for row in rows} == {(State.CLOSED, "flatten_all")}
        for row in rows:
            assert_safe(world, row, row.symbol)
        assert await positions.flatten_all() == ()


@in_world()
async def test_somebody_elses_position_is_not_touched(world: World) -> None:
    """What no row claims stays as it is, beside ours that are closed."""
    world.venue.place(PlaceRequest(XRP, None, OrderSide.BUY, TEN), foreign=True)
    async with world.library() as positions:
        await opened(world, positions)
        assert len(await positions.flatten_all()) == 1
        await world.clock.sleep(30)
    assert world.truth(XRP).quantity == TEN
    assert [order.symbol for order in world.accepted(XRP) if not order.foreign] == []


@in_world(Fault("orders", None, "lag", None, 6), Fault("fills", None, "lag", None, 6),
          Fault("position", None, "lag", None, 6))
async def test_what_is_still_being_opened_is_closed_as_well(world: World) -> None:
    """Between the entry's acknowledgement and its first reading: nothing is left, and the opener is told the truth."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(1)
        (row,) = await positions.flatten_all()
        told, error = await opening
        assert (row.state, row.reason) == (State.ROLLED_BACK, "flatten_all")
        assert_safe(world, row)
    assert told is not None
    assert (told.id, type(error).__name__) == (row.id, "RolledBack")


@in_world()
async def test_one_that_cannot_be_closed_does_not_hold_up_the_others(world: World) -> None:
    """Its closes are refused for good: it is told as an orphan suspected, the other one as closed; nothing raises."""
    async with world.library() as positions:
        await opened(world, positions, symbol="AVLUSDT")
        await opened(world, positions, symbol="XRPUSDT")
        world.venue.faults.add(Fault("place_close", "XRPUSDT", "refuse"))
        states = {row.symbol: row.state for row in await positions.flatten_all()}
        assert states == {XRP: State.ORPHAN_SUSPECTED, "AVL/USDT:USDT": State.CLOSED}
        assert world.truth(XRP).stop_quantity >= 10
        world.venue.faults.clear()
        (stuck,) = await positions.list(state="orphan_suspected")
        assert (await positions.wait(stuck.id)).state is State.CLOSED


@in_world()
async def test_flattening_twice_at_once_closes_once(world: World) -> None:
    """Two callers get the same end; one close left."""
    async with world.library() as positions:
        row = await opened(world, positions)
        one, two = await asyncio.gather(positions.flatten_all(), positions.flatten_all())
        assert [r.id for r in one] == [r.id for r in two] == [row.id]
    assert world.sent(Call.PLACE_CLOSE) == ["place_close"]


# --- waiting ------------------------------------------------------------------------------------------------------


@in_every_mode(Fault("orders", None, "lag", None, 8), Fault("fills", None, "lag", None, 8),
               Fault("position", None, "lag", None, 8), Fault("position_stop", None, "lag", None, 8))
async def test_waiting_ends_when_the_position_is_at_rest(world: World) -> None:
    """Whoever waits is told as soon as the opener is, and at once when it is at rest already."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(1)
        (row,) = await positions.list()
        waited = await positions.wait(row.id)
        at_s = world.elapsed_s
        told, _ = await opening
        assert told is not None
        assert (waited.state, waited.id, world.elapsed_s) == (State.PROTECTED, told.id, at_s)
        await positions.wait(row.id)
        assert world.elapsed_s == at_s


@in_world()
async def test_a_waiter_that_goes_away_takes_nothing_with_it(world: World) -> None:
    """A timeout of its own cancels only the waiting."""
    world.venue.faults.add(*(Fault(call, None, "lag", None, 8) for call in ("orders", "fills", "position")))
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.5)
        (row,) = await positions.list()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(positions.wait(row.id), 1)
        told, error = await opening
        assert error is None
        assert_safe(world, told)


@in_world()
async def test_nothing_works_outside_the_block(world: World) -> None:
    """Before and after the block every method is NotReady, and says what to do."""
    positions = world.library()
    calls = [
        lambda: positions.close_position("x"), lambda: positions.close_position("x", 1), positions.flatten_all,
        lambda: positions.move_stop("x", percent=1), lambda: positions.resolve("x", "closed", "y"),
        lambda: positions.wait("x"), lambda: positions.get("x"), positions.list, positions.recover, positions.health,
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(NotReady, match="inside its block"):
            await call()
    with pytest.raises(NotReady, match="inside its block"):
        positions.events()


@in_world()
async def test_an_unknown_id_is_unknown_to_every_act(world: World) -> None:
    """Each names the id."""
    async with world.library() as positions:
        for act in (positions.close_position, positions.wait, positions.get):
            with pytest.raises(UnknownPosition, match="no position has the id 'nobody'"):
                await act("nobody")
