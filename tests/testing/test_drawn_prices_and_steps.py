"""What the strategies draw is what they promise, and the venue takes every market of theirs."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.app import AtomicPositions
from atomicpos.models import Position, State
from atomicpos.sim import Market, SimExchange, Venue, VirtualClock
from atomicpos.sim.loop import run
from atomicpos.testing.journals import MemoryJournal
from atomicpos.testing.strategies import prices, replies, sizes, steps, ticks

SYMBOL = "AVL/USDT:USDT"


@given(ticks, st.data())
def test_prices_are_on_the_tick_or_off_it_as_asked(tick: Decimal, data: st.DataObject) -> None:
    """Multiples of the tick, or none of them, above zero, never a float."""
    on, off = data.draw(prices(tick, on_tick=True)), data.draw(prices(tick, on_tick=False))
    assert on % tick == 0 < on
    assert off % tick != 0 < off
    assert isinstance(on, Decimal)
    assert isinstance(off, Decimal)


@pytest.mark.parametrize(("least", "most"), [(0, 5), (5, 5), (6, 5)])
def test_bounds_that_leave_no_price_are_an_error(least: int, most: int) -> None:
    """The message names both."""
    with pytest.raises(ValueError, match=f"least_ticks is {least}, most_ticks {most}"):
        prices(least_ticks=least, most_ticks=most)


@given(steps(), st.data())
def test_sizes_are_within_every_limit(market: Market, data: st.DataObject) -> None:
    """Whole steps, no less than the least, no more than the most, worth enough."""
    size = data.draw(sizes(market))
    assert size % market.step == 0
    assert market.min_quantity <= size <= market.max_quantity
    assert size * market.price >= market.min_notional


async def opened(market: Market, side: str, size: Decimal, percent: Decimal) -> tuple[Position, Venue]:
    """The position, as it was returned, and the venue that has it."""
    clock = VirtualClock(asyncio.get_running_loop())
    venue = Venue(clock.now_us, seed=1, markets=(market,))
    given = AtomicPositions.over(SimExchange(venue, clock), MemoryJournal(), clock, random.Random(1))
    async with given as positions:
        return await positions.open_position_atomic(SYMBOL, side, size, stop_loss_percent=percent), venue


@settings(max_examples=40)
@given(steps(SYMBOL), st.sampled_from(("buy", "sell")), st.sampled_from(("1", "2.37", "9")), st.data())
def test_a_position_is_protected_on_any_market(
    market: Market, side: str, percent: str, data: st.DataObject
) -> None:
    """Whatever the tick and the step: the whole of it is covered by a stop on the tick, never looser than asked."""
    size = data.draw(sizes(market))
    position, venue = run(lambda: opened(market, side, size, Decimal(percent)))
    truth = venue.truth(SYMBOL)
    assert (position.state, position.filled_quantity, truth.stop_quantity) == (State.PROTECTED, size, size)
    assert position.stop_price is not None
    assert position.entry_price is not None
    assert position.stop_price % market.tick == 0
    away = abs(position.entry_price - position.stop_price)
    assert 0 < away <= position.entry_price * Decimal(percent) / 100


@given(st.data())
def test_replies_are_struck(data: st.DataObject) -> None:
    """A reply comes back as a reply, whatever was done to it."""
    assert isinstance(data.draw(replies(b'{"retCode":0,"result":{"list":[]}}')).body, bytes)
