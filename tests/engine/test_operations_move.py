"""``move_stop``: the new stop is read back before the old one goes, and a refusal leaves the old one."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from acts import in_every_mode, opened
from atomicpos.app import AtomicPositions
from atomicpos.errors import InvalidRequest, StopRefused, UnknownPosition
from atomicpos.models import OrderStatus, Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from world import AVL, World, assert_safe, in_world, play, stops_of

STOPS = (Call.SET_STOP, Call.PLACE_STOP)


def assert_stands(world: World, row: Position, *prices: str) -> None:
    """Protected by exactly that stop, on the exchange and in the row; with several prices, by one of them."""
    (stop,) = world.truth().stops
    assert row.state is State.PROTECTED
    assert stop.trigger_price in {Decimal(price) for price in prices}
    assert (stop.trigger_price, stop.quantity >= 10) == (row.stop_price, True)


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
        assert_stands(world, await positions.get(row.id), price)
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
        assert_stands(world, await positions.get(row.id), "1.34")
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(20)
        assert_stands(world, await positions.get(row.id), "1.34")


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
        assert_stands(world, await positions.get(row.id), "1.3718")


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
        assert_stands(world, await positions.get(row.id), "1.3310")


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
        assert_stands(world, await positions.get(row.id), "1.34", "1.32")


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


# --- refused, late, lost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [None, "too_many_stops", "price_band", "price"])
@in_every_mode()
async def test_a_refused_move_leaves_the_old_stop_and_says_so(world: World, code: str | None) -> None:
    """StopRefused with the exchange's reason; the old stop stands and the row is protected by it as before."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "refuse", None, None, code) for call in STOPS))
        with pytest.raises(StopRefused, match="the stop was not moved, the old one is kept: ") as refused:
            await positions.move_stop(row.id, price="1.34")
        assert refused.value.position is not None
        assert refused.value.position.stop_price == row.stop_price
        world.venue.faults.clear()
        await world.clock.sleep(60)
        assert_stands(world, await positions.get(row.id), "1.3310")
        after = await positions.move_stop(row.id, price="1.34")
        await world.clock.sleep(20)
        assert_stands(world, after, "1.34")


@pytest.mark.parametrize("price", ["1.34", "1.30"], ids=["tighter", "looser"])
@in_every_mode()
async def test_a_move_that_came_one_too_many_is_asked_again(world: World, price: str) -> None:
    """A rate limit is no refusal for good: the next request moves it, and one stop is left."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "rate_limit", 1) for call in STOPS))
        after = await positions.move_stop(row.id, price=price)
        await world.clock.sleep(60)
        assert_stands(world, after, price)


@in_every_mode()
async def test_a_move_that_the_market_overtakes_is_refused_by_the_exchange(world: World) -> None:
    """The mark falls below the new trigger on the way: StopRefused, the old stop stands, nothing is closed."""
    async with world.library() as positions:
        row = await opened(world, positions)
        moving = asyncio.ensure_future(positions.move_stop(row.id, price="1.35"))
        await world.clock.sleep(0.16)
        world.venue.set_mark(AVL, Decimal("1.3450"))
        with pytest.raises(StopRefused):
            await moving
        await world.clock.sleep(60)
        assert_stands(world, await positions.get(row.id), "1.3310")
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "http_502_executed", "http_502_not_executed",
                                  "html_200_executed", "cut_body", "late_reply", "late_request", "duplicate"])
@in_every_mode()
async def test_a_move_ends_with_one_stop_whatever_becomes_of_the_reply(world: World, kind: str) -> None:
    """Moved, or refused with the old one standing; never without a stop, and in the end with exactly one."""
    async with world.library() as positions:
        row = await opened(world, positions)
        seconds = {"lose_reply": 20.0, "late_reply": 20.0, "late_request": 3.0}.get(kind)
        world.venue.faults.add(*(Fault(call, None, kind, 1, seconds) for call in STOPS))
        after = await positions.move_stop(row.id, price="1.34")
        assert after.stop_price == Decimal("1.34")
        await world.clock.sleep(120)
        assert_stands(world, await positions.get(row.id), "1.34")
    assert world.truth().exposure_s == row.exposure_s


@pytest.mark.parametrize("lag_s", [1, 5, 20])
@in_every_mode()
async def test_a_move_while_the_reads_lag_never_loses_the_cover(world: World, lag_s: float) -> None:
    """What is read late is the old stop: the move is shown, or given up with one stop in the end; no gap either way."""
    async with world.library() as positions:
        row = await opened(world, positions)
        late = ("orders", "position", "position_stop", "fills")
        world.venue.faults.add(*(Fault(call, None, "lag", None, lag_s) for call in late))
        try:
            after = await positions.move_stop(row.id, price="1.34")
            assert after.stop_price == Decimal("1.34")
        except StopRefused:
            assert lag_s > 10, "it could have been shown within the exposure deadline"
        await world.clock.sleep(4 * lag_s + 60)
        final = await positions.get(row.id)
        assert_stands(world, final, "1.34", "1.3310")
    assert world.truth().exposure_s == row.exposure_s
    assert len(world.sent(*STOPS)) < 12


# --- the process dies ---------------------------------------------------------------------------------------------


async def died_while_moving(world: World, at: int) -> bool:
    mortal = Mortal(world, at)
    mortal.gate.armed = False

    async def life() -> None:
        async with world.library() as positions:
            row = await opened(world, positions)
            mortal.gate.armed = True
            await moved(positions, row)
            mortal.gate.armed = False

    return await mortal.live(life)


async def moved(positions: AtomicPositions, row: Position) -> None:
    await positions.move_stop(row.id, price="1.34")


@pytest.mark.parametrize("protection", list(Protection))
def test_a_crash_in_the_middle_of_a_move_leaves_one_stop(protection: Protection) -> None:
    """Killed at each passage: the position was never without a stop, and the successor ends with the one it names."""
    died: list[bool] = []

    async def scene(world: World, at: int) -> None:
        died.append(await died_while_moving(world, at))
        before = world.truth().exposure_s
        (stored,) = world.stored()
        asked = stored.moving or stored.rule
        async with world.library() as positions:
            await world.clock.sleep(90)
            assert_stands(world, await positions.get(stored.id), "1.34" if asked else "1.3310")
            dead = [stop for stop in stops_of(await positions.get(stored.id)) if stop.status is not OrderStatus.DEAD]
            assert len([stop for stop in dead if not stop.never_existed]) == 1
        assert world.truth().exposure_s == before

    for at in count(1):
        play(scene, at=at, protection=protection)
        if not died[-1] or at > 60:
            break
    assert len(died) > 4
