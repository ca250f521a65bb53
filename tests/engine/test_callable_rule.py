"""A callable stop rule: asked with the mark before the send, again with the average fill, and never in the way."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import PositionSide, State
from atomicpos.sim.fault_kinds import Call
from atomicpos.stop_price import trigger_price
from modes import in_every_mode
from shades import ShadedExchange, from_the_entry_on
from world import AVL, World, assert_safe, in_world

MARK, MOVED = Decimal("1.3580"), Decimal("1.3600")
TICK = Decimal("0.0001")


class Asked:
    """A rule that notes what it was asked, and answers the first time three percent below (above for a short)."""

    def __init__(self, later: Callable[[Decimal, PositionSide], Any]) -> None:
        self.questions: list[tuple[Decimal, PositionSide]] = []
        self._later = later

    def __call__(self, price: Decimal, side: PositionSide) -> Any:
        self.questions.append((price, side))
        if len(self.questions) > 1:
            return self._later(price, side)
        return three_percent(price, side)


def three_percent(price: Decimal, side: PositionSide) -> Decimal:
    return price * (Decimal("0.97") if side is PositionSide.LONG else Decimal("1.03"))


def raises(price: Decimal, side: PositionSide) -> Any:
    raise ZeroDivisionError("a slip in the bot's own code")


async def too_late(price: Decimal, side: PositionSide) -> Any:
    await asyncio.sleep(0.51)
    return price * Decimal("0.99")


async def just_in_time(price: Decimal, side: PositionSide) -> Any:
    await asyncio.sleep(0.49)
    return price * Decimal("0.99")


async def never(price: Decimal, side: PositionSide) -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_the_rule_is_asked_twice_and_the_second_answer_is_the_stop(world: World, side: str) -> None:
    """First with the mark, then with the average fill, each with the side; the last answer is read back."""
    nearer = Decimal("0.0213")
    rule = Asked(lambda price, s: price - nearer if s is PositionSide.LONG else price + nearer)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side, stop_loss=rule)
        assert error is None
        assert row is not None
        assert row.entry_price is not None
        assert rule.questions == [(MARK, row.side), (row.entry_price, row.side)]
        asked = row.entry_price - nearer if side == "buy" else row.entry_price + nearer
        assert row.stop_price is not None
        assert 0 <= (row.stop_price - asked) * (1 if side == "buy" else -1) < TICK
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(row.id))
        assert [stop.trigger_price for stop in world.truth().stops] == [row.stop_price]


WRONG: dict[str, Callable[[Decimal, PositionSide], Any]] = {
    "an error": raises,
    "over half a second": too_late,
    "never": never,
    "the wrong side": lambda price, side: price * Decimal("1.01"),
    "the price itself": lambda price, side: price,
    "NaN": lambda price, side: math.nan,
    "a text that is no number": lambda price, side: "about two percent",
    "nothing": lambda price, side: None,
    "zero": lambda price, side: 0,
    "infinity": lambda price, side: math.inf,
}


@pytest.mark.parametrize("later", WRONG.values(), ids=WRONG.keys())
@in_every_mode()
async def test_a_second_answer_that_is_none_keeps_the_stored_distance(world: World, later: Any) -> None:
    """The distance from the mark, in percent, is applied to the fill; the position is protected all the same."""
    world.exchange = exchange = ShadedExchange(world.venue, world.clock, profile=world.profile)
    from_the_entry_on(exchange, lambda: world.venue.set_mark(AVL, MOVED))
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss=Asked(later))
        assert error is None
        assert row is not None
        assert row.entry_price is not None
        assert abs(row.entry_price - MOVED) < Decimal("0.001")
        await world.clock.sleep(20)
        row = await positions.get(row.id)
        (stored,) = world.stored()
        assert stored.intent.stop_rule.percent == 3
        assert row.stop_price == trigger_price(stored.intent.stop_rule, row.side, row.entry_price, TICK)
        assert_safe(world, row)
        told = next(entry.text for entry in row.journal if entry.cause == "stop_loss")
        assert told.startswith("the stored distance is kept: ")
    assert world.truth().exposure_s < 1


@in_every_mode()
async def test_a_rule_that_takes_its_time_delays_the_answer_and_not_the_guard(world: World) -> None:
    """It answers after half a second less a little: a guard stop stands meanwhile, and the answer counts."""
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss=Asked(just_in_time))
        assert error is None
        assert row is not None
        assert row.entry_price is not None
        assert row.stop_price == (row.entry_price * Decimal("0.99")).quantize(TICK, "ROUND_CEILING")
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(row.id))
    assert world.truth().exposure_s <= 0.5


@pytest.mark.parametrize("answer", ["1.33", 1.33, Decimal("1.33")], ids=repr)
@in_world()
async def test_every_kind_of_number_is_an_answer(world: World, answer: Any) -> None:
    """A text, a float by its repr and a Decimal mean the same price."""
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss=lambda price, side: answer)
    assert error is None
    assert row is not None
    assert row.stop_price == Decimal("1.33")


@in_world()
async def test_an_asynchronous_rule_is_awaited_both_times(world: World) -> None:
    """A coroutine function is a rule like any other."""

    async def rule(price: Decimal, side: PositionSide) -> Decimal:
        await asyncio.sleep(0.1)
        return price * Decimal("0.95")

    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss=rule)
    assert error is None
    assert row is not None
    assert row.entry_price is not None
    assert row.stop_price == (row.entry_price * Decimal("0.95")).quantize(TICK, "ROUND_CEILING")


@pytest.mark.parametrize("first", WRONG.values(), ids=WRONG.keys())
@in_world()
async def test_a_first_answer_that_is_none_refuses_the_request(world: World, first: Any) -> None:
    """Before anything is stored or sent there is nothing to fall back to: InvalidRequest, within the half second."""
    async with world.library() as positions:
        row, error = await world.tried(positions, stop_loss=first)
    assert isinstance(error, InvalidRequest)
    assert "stop_loss" in str(error)
    assert row is None
    assert (world.sent(), world.stored()) == ([], ())
    assert world.elapsed_s <= 1


@in_every_mode()
async def test_the_answer_is_stored_and_a_restart_keeps_to_it(world: World) -> None:
    """The next process has no function; it keeps the stop where the function put it, and puts it up there again."""
    async with world.library() as positions:
        row, _ = await world.tried(positions, stop_loss=Asked(lambda price, side: "1.3437"))
        assert row is not None
        assert row.stop_price == Decimal("1.3437")
        await world.clock.sleep(20)
    async with world.library(journal=world.journal.reopened()) as positions:
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(30)
        after = await positions.get(row.id)
        assert after.stop_price == Decimal("1.3437")
        assert_safe(world, after)


@in_world()
async def test_a_repeat_under_the_same_key_does_not_ask_the_function(world: World) -> None:
    """The row that exists answers; what the function would say now is of no interest."""
    first, again = Asked(three_percent), Asked(three_percent)
    async with world.library() as positions:
        one, _ = await world.tried(positions, stop_loss=first, idempotency_key="signal-81")
        two, error = await world.tried(positions, stop_loss=again, idempotency_key="signal-81")
    assert error is None
    assert one is not None
    assert two is not None
    assert (two.id, again.questions) == (one.id, [])


@in_world()
async def test_a_rule_whose_answer_was_overtaken_by_a_close_changes_nothing(world: World) -> None:
    """The position is closed while the function still thinks: it ends flat, and no stop follows."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions, stop_loss=Asked(just_in_time)))
        await world.clock.sleep(0.5)
        (row,) = await positions.list()
        closed = await positions.close_position(row.id)
        assert closed.state in (State.ROLLED_BACK, State.CLOSED)
        await opening
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(row.id))
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]
