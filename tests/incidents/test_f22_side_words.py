"""F22: a side is one of four words, and no word means short by default."""

from __future__ import annotations

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import OrderSide, PositionSide
from atomicpos.sim.fault_kinds import Call
from world import World, assert_safe, in_world

LONG = ["buy", "BUY", "long", "LONG", "Buy", " buy ", "lOnG"]
SHORT = ["sell", "SELL", "short", "SHORT", "Sell"]
NEITHER = ["", "b", "buyy", "bid", "longs", "none", "unknown", "0", "1", "-1", None, 1, -1, True, b"buy", ["buy"]]


@pytest.mark.parametrize("word", LONG)
@in_world()
async def test_f22_every_spelling_of_long_gets_a_stop_below_the_fill(world: World, word: str) -> None:
    """Whatever the case of buy or long, the position is long and its sell stop lies below the fill."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=word)
    assert error is None
    assert row is not None
    assert row.side is PositionSide.LONG
    assert row.stop_price is not None
    assert row.entry_price is not None
    assert row.stop_price < row.entry_price
    assert [stop.order_side for stop in world.truth().stops] == [OrderSide.SELL]
    assert_safe(world, row)


@pytest.mark.parametrize("word", SHORT)
@in_world()
async def test_f22_every_spelling_of_short_gets_a_stop_above_the_fill(world: World, word: str) -> None:
    """Whatever the case of sell or short, the position is short and its buy stop lies above the fill."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=word)
    assert error is None
    assert row is not None
    assert row.side is PositionSide.SHORT
    assert row.stop_price is not None
    assert row.entry_price is not None
    assert row.stop_price > row.entry_price
    assert [stop.order_side for stop in world.truth().stops] == [OrderSide.BUY]
    assert_safe(world, row)


@pytest.mark.parametrize("word", NEITHER)
@in_world()
async def test_f22_any_other_word_is_refused_before_anything_is_stored_or_sent(world: World, word: object) -> None:
    """What is none of the four words raises InvalidRequest, and nobody hears of it."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=word)  # type: ignore[arg-type]
    assert isinstance(error, InvalidRequest)
    assert "buy, sell, long, short" in str(error)
    assert row is None
    assert world.sent(*Call) == []
    assert world.stored() == ()
