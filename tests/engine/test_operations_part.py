"""``close_position(id, quantity)``: that much is closed, the rest stays open under its stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from acts import opened
from atomicpos.errors import InvalidRequest, UnknownPosition
from atomicpos.models import Position, ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode
from world import AVL, World, assert_safe, closes_of, in_world, play


def left(world: World) -> Decimal:
    """What the exchange holds, whichever side."""
    return abs(world.truth().quantity)


def assert_protected(world: World, row: Position, share: int) -> None:
    """That much is left, a stop at the row's price covers it, and the row says protected."""
    assert (row.state, left(world)) == (State.PROTECTED, share)
    assert world.truth().stop_quantity >= share
    assert row.stop_price in {stop.trigger_price for stop in world.truth().stops}
    assert row.proof is not None
    assert row.proof.kind is ProofKind.STOP_READ_BACK


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_a_part_is_closed_and_the_rest_stays_protected(world: World, side: str) -> None:
    """Four of ten are closed by one reduce-only order; six stay under the same stop, and the row was never naked."""
    async with world.library() as positions:
        row = await opened(world, positions, side=side)
        after = await positions.close_position(row.id, "4")
        assert_protected(world, after, 6)
        assert (after.filled_quantity, after.stop_price) == (10, row.stop_price)
        await world.clock.sleep(60)
        assert_protected(world, await positions.get(row.id), 6)
    (close,) = closes_of(after)
    assert (close.quantity, close.filled, close.reduce_only, close.order_side) == (4, 4, True, row.side.closing)
    assert world.truth().exposure_s == row.exposure_s


@in_every_mode()
async def test_parts_follow_each_other_to_the_end(world: World) -> None:
    """Three, then two, then all that is left: closed, with the proof, and no order of ours is alive."""
    async with world.library() as positions:
        row = await opened(world, positions)
        for part, share in ((3, 7), (2, 5)):
            assert_protected(world, await positions.close_position(row.id, part), share)
        ended = await positions.close_position(row.id)
        assert ended.state is State.CLOSED
        assert_safe(world, ended)
    assert [close.quantity for close in closes_of(ended)] == [3, 2, 5]


@pytest.mark.parametrize("first", [None, "6"])
@in_every_mode()
async def test_a_part_as_large_as_what_is_left_is_the_whole(world: World, first: str | None) -> None:
    """Closing the share by its number ends the position as closing it whole does."""
    async with world.library() as positions:
        row = await opened(world, positions)
        if first is not None:
            await positions.close_position(row.id, first)
        ended = await positions.close_position(row.id, "4" if first else "10")
        assert (ended.state, ended.reason) == (State.CLOSED, "close_position")
        assert_safe(world, ended)


BAD: list[tuple[Any, str]] = [
    ("0", "quantity is '0'; it must be above 0"),
    ("-4", "quantity is '-4'; it must be above 0"),
    ("NaN", "quantity is 'NaN'; it must be a finite number"),
    ("four", "quantity is 'four'; it must be a number"),
    (True, "quantity is True; it must be"),
    ("10.5", "quantity is 10.5; position .* has 10 left"),
    ("11", "quantity is 11; position .* has 10 left"),
    ("0.5", "quantity is 0.5; the least for AVL/USDT:USDT is 1"),
    ("2.5", "quantity is 2.5; AVL/USDT:USDT trades in steps of 1, the nearest is 2"),
]


@pytest.mark.parametrize(("quantity", "sentence"), BAD, ids=[str(quantity) for quantity, _ in BAD])
@in_world()
async def test_a_part_that_cannot_be_closed_is_refused_before_anything_is_sent(
    world: World, quantity: Any, sentence: str
) -> None:
    """One sentence with the value and the limit; nothing was sent, and all ten are protected as before."""
    async with world.library() as positions:
        row = await opened(world, positions)
        sent = world.sent()
        with pytest.raises(InvalidRequest, match=sentence):
            await positions.close_position(row.id, quantity)
        assert world.sent() == sent
        assert_protected(world, await positions.get(row.id), 10)


@in_world()
async def test_a_rest_that_could_never_be_closed_is_not_left(world: World) -> None:
    """Eight of ten where the least is three would leave two: refused, with what to do instead."""
    real = world.exchange.instrument

    async def instrument(symbol: str) -> Any:
        return replace(await real(symbol), min_quantity=Decimal(3))

    world.exchange.instrument = instrument
    async with world.library() as positions:
        row = await opened(world, positions)
        with pytest.raises(InvalidRequest, match=r"2 would be left of position .*, less than the 3 .* close the whole"):
            await positions.close_position(row.id, "8")
        assert_protected(world, await positions.close_position(row.id, "7"), 3)


@in_world()
async def test_an_unknown_position_has_no_parts(world: World) -> None:
    """A wrong id is UnknownPosition, a part of it as well as the whole."""
    async with world.library() as positions:
        for quantity in (None, "4"):
            with pytest.raises(UnknownPosition, match="no position has the id 'nobody'"):
                await positions.close_position("nobody", quantity)


@in_world(Fault("orders", None, "lag", None, 20), Fault("fills", None, "lag", None, 20),
          Fault("position", None, "lag", None, 20))
async def test_parts_are_closed_of_protected_positions_only(world: World) -> None:
    """While it is being opened, a part is refused; the whole may be closed at any time."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(1)
        (row,) = await positions.list()
        with pytest.raises(InvalidRequest, match="is pending_entry; parts are closed of protected positions only"):
            await positions.close_position(row.id, "4")
        await opening


@in_world()
async def test_a_part_of_a_position_that_has_ended_changes_nothing(world: World) -> None:
    """What was closed before is returned as it ended; no order leaves."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id)
        sent = world.sent()
        assert (await positions.close_position(row.id, "4")).state is State.CLOSED
        assert world.sent() == sent


@in_every_mode()
async def test_two_parts_at_once_are_both_closed(world: World) -> None:
    """Three and four at the same moment leave three."""
    async with world.library() as positions:
        row = await opened(world, positions)
        rows = await asyncio.gather(*(positions.close_position(row.id, part) for part in (3, 4)))
        assert {after.state for after in rows} == {State.PROTECTED}
        assert_protected(world, await positions.get(row.id), 3)


@in_every_mode()
async def test_two_parts_at_once_never_close_more_than_there_is(world: World) -> None:
    """Of seven and seven the second is refused by what the first has left."""
    async with world.library() as positions:
        row = await opened(world, positions)
        parts = (positions.close_position(row.id, 7) for _ in range(2))
        done, refused = await asyncio.gather(*parts, return_exceptions=True)
        assert isinstance(done, Position)
        assert isinstance(refused, InvalidRequest)
        assert "has 3 left" in str(refused)
        assert_protected(world, done, 3)


@pytest.mark.parametrize("whole_first", [True, False])
@in_every_mode()
async def test_a_part_and_the_whole_at_once_end_flat(world: World, whole_first: bool) -> None:
    """Whoever comes first, both are told the same end, and exactly ten were closed."""
    async with world.library() as positions:
        row = await opened(world, positions)
        acts = [positions.close_position(row.id), positions.close_position(row.id, "4")]
        rows = await asyncio.gather(*(acts if whole_first else reversed(acts)), return_exceptions=True)
        ended = await positions.wait(row.id)
        assert ended.state is State.CLOSED
        assert_safe(world, ended)
    assert all(isinstance(row, Position) for row in rows), rows
    assert sum(close.filled for close in closes_of(ended)) == 10


@in_every_mode()
async def test_after_a_part_the_rest_is_stopped_out_with_its_proof(world: World) -> None:
    """What the stop closes and what was closed before sum to the fill: closed, not closed_immediately."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id, "4")
        world.venue.set_mark(AVL, Decimal("1.3000"))
        await world.clock.sleep(15)
        ended = await positions.get(row.id)
        assert ended.state is State.CLOSED
        assert_safe(world, ended)
    assert len(world.sent(Call.PLACE_CLOSE)) == 1


@pytest.mark.parametrize("lag_s", [1, 5, 20])
@in_every_mode()
async def test_a_part_is_closed_once_however_late_the_reads_are(world: World, lag_s: float) -> None:
    """Orders, fills and the slot show it late: one close of four leaves, and the answer waits for what was read."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "lag", None, lag_s) for call in ("orders", "fills", "position")))
        after = await positions.close_position(row.id, "4")
        assert left(world) == 6
        assert [close.filled for close in closes_of(after)] == [4]
        await world.clock.sleep(2 * lag_s + 10)
        assert_protected(world, await positions.get(row.id), 6)


def test_a_part_right_after_the_open_is_carried_out() -> None:
    """A request that meets a drive just coming to rest is not lost with it."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            row, _ = await world.tried(positions)
            assert row is not None
            assert_protected(world, await positions.close_position(row.id, "4"), 6)

    play(scene)
