"""``move_stop``: the new stop is read back before the old one goes, and a refusal leaves the old one."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from acts import opened, stands
from atomicpos.errors import InvalidRequest, StopRefused, UnknownPosition
from atomicpos.models import Position, State
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode
from world import AVL, World, assert_safe, in_world


@pytest.mark.parametrize(
    ("side", "where", "price"),
    [("buy", {"price": "1.34"}, "1.3400"), ("buy", {"percent": "1"}, "1.3446"), ("buy", {"percent": 3.5}, "1.3107"),
     ("sell", {"price": 1.38}, "1.3800"), ("sell", {"percent": Decimal(1)}, "1.3714")],
    ids=str,
)  # fmt: skip
@in_every_mode()
async def test_a_stop_is_moved(world: World, side: str, where: dict[str, Any], price: str) -> None:
    """By price or by distance from the average fill, on the tick toward the market: it was read back, and stays."""
    async with world.library() as positions:
        row = await opened(world, positions, side=side)
        after = await positions.move_stop(row.id, **where)
        assert (after.state, after.stop_price) == (State.PROTECTED, Decimal(price))
        await world.clock.sleep(60)
        stands(world, await positions.get(row.id), price)
    assert world.truth().exposure_s == row.exposure_s


@pytest.mark.parametrize("where", [{"price": "1.34"}, {"price": "1.30"}], ids=["tighter", "looser"])
@in_every_mode()
async def test_the_old_stop_stands_until_the_new_one_was_read_back(world: World, where: dict[str, Any]) -> None:
    """At every instant of the move the whole position is under a stop, tighter or looser."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moving = asyncio.ensure_future(positions.move_stop(row.id, **where))
        while not moving.done():
            assert world.truth().stop_quantity >= 10
            await world.clock.sleep(0.01)
        assert_safe(world, await moving)


@in_every_mode()
async def test_a_move_survives_a_restart(world: World) -> None:
    """The rule is stored: the next process keeps the stop where it was moved to, and puts it up there again."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.move_stop(row.id, price="1.34")
        await world.clock.sleep(20)
    world.journal = world.journal.reopened()
    async with world.library() as positions:
        await world.clock.sleep(20)
        stands(world, await positions.get(row.id), "1.34")
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(20)
        stands(world, await positions.get(row.id), "1.34")


@in_world()
async def test_on_bybit_a_move_is_one_amendment(world: World) -> None:
    """The position's own stop is set once; no separate stop, no cancel."""
    async with world.library() as positions:
        row = await opened(world, positions)
        sent = len(world.sent())
        await positions.move_stop(row.id, percent="1")
        await world.clock.sleep(20)
        assert world.sent()[sent:] == [Call.SET_STOP]


@in_every_mode()
async def test_a_stop_may_move_into_profit(world: World) -> None:
    """After the market rose, a distance of zero is the entry price and one below zero lies above it."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.set_mark(AVL, Decimal("1.4000"))
        even = await positions.move_stop(row.id, percent=0)
        assert even.entry_price is not None
        assert even.stop_price is not None
        assert 0 <= even.stop_price - even.entry_price < Decimal("0.0001")
        await positions.move_stop(row.id, percent="-1")
        await world.clock.sleep(20)
        stands(world, await positions.get(row.id), "1.3718")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "exactly one of price and percent"),
    ({"price": "1.3", "percent": "2"}, "exactly one of price and percent"),
    ({"price": "1.3580"}, "price is 1.3580; for a long position it must lie below the mark price 1.358"),
    ({"price": "1.5"}, "price is 1.5.*; for a long position it must lie below the mark price 1.358"),
    ({"price": "0"}, "price is '0'; it must be above 0"),
    ({"price": "-1"}, "price is '-1'; it must be above 0"),
    ({"price": "NaN"}, "price is 'NaN'; it must be a finite number"),
    ({"percent": "0"}, "the stop at 0 % is 1.35.*; for a long position it must lie below the mark price"),
    ({"percent": "-3"}, "the stop at -3 % is 1.39.*; for a long position it must lie below the mark price"),
    ({"percent": "100"}, "percent is '100'; it must lie between -100 and 100"),
    ({"percent": "two"}, "percent is 'two'; it must be a number"),
]


@pytest.mark.parametrize(("where", "sentence"), WRONG, ids=[str(where) for where, _ in WRONG])
@in_world()
async def test_a_stop_that_cannot_be_is_refused_before_anything_is_sent(
    world: World, where: dict[str, Any], sentence: str
) -> None:
    """One sentence with the value and the limit; nothing was sent or stored, and the old stop stands."""
    async with world.library() as positions:
        row = await opened(world, positions)
        sent, stored = world.sent(), world.stored()
        with pytest.raises(InvalidRequest, match=sentence):
            await positions.move_stop(row.id, **where)
        assert (world.sent(), world.stored()) == (sent, stored)
        stands(world, await positions.get(row.id), "1.3310")


@in_world()
async def test_only_the_stop_of_a_protected_position_moves(world: World) -> None:
    """Closed is InvalidRequest, unknown is UnknownPosition; nothing is sent."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id)
        sent = world.sent()
        with pytest.raises(InvalidRequest, match="is closed; only a protected stop can be moved"):
            await positions.move_stop(row.id, percent="1")
        with pytest.raises(UnknownPosition):
            await positions.move_stop("nobody", percent="1")
        assert world.sent() == sent


@in_every_mode()
async def test_moving_to_where_it_is_sends_nothing(world: World) -> None:
    """The rule in force asked for once more is had already."""
    async with world.library() as positions:
        row = await opened(world, positions)
        sent = world.sent()
        after = await positions.move_stop(row.id, percent="2")
        assert (after.stop_price, world.sent()) == (row.stop_price, sent)


@in_every_mode()
async def test_of_two_moves_at_once_one_stop_is_left(world: World) -> None:
    """Each caller gets its move or StopRefused; what stands is what the row says, and it is one stop."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moves = (positions.move_stop(row.id, price=price) for price in ("1.34", "1.32"))
        rows = await asyncio.gather(*moves, return_exceptions=True)
        assert {type(after) for after in rows} <= {Position, StopRefused}
        await world.clock.sleep(60)
        stands(world, await positions.get(row.id), "1.34", "1.32")


@pytest.mark.parametrize("whole", [True, False])
@in_every_mode()
async def test_a_close_during_a_move_wins(world: World, whole: bool) -> None:
    """The whole closed meanwhile is StopRefused with the end; a part leaves both done."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moving = positions.move_stop(row.id, price="1.34")
        closing = positions.close_position(row.id, None if whole else "4")
        moved, closed = await asyncio.gather(moving, closing, return_exceptions=True)
        assert isinstance(closed, Position)
        await world.clock.sleep(30)
        after = await positions.get(row.id)
        if whole:
            assert isinstance(moved, StopRefused)
            assert after.state is State.CLOSED
            assert_safe(world, after)
        else:
            assert isinstance(moved, Position)
            assert (world.truth().quantity, after.stop_price) == (6, Decimal("1.34"))
            assert world.truth().stop_quantity >= 6
