"""What is looked at before the first entry of a process, in virtual time: once, beside what is read anyway."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from atomicpos.errors import InvalidRequest, NotReady
from atomicpos.models import State
from atomicpos.ports import KeyFacts, ReadFailed
from atomicpos.sim import SimExchange
from world import AVL, World, in_world


class Told(SimExchange):
    """Counts how often its clock is asked, and tells it as it is made to."""

    asked = 0
    ahead_us = 0
    failures = 0
    slow_s = 0.0

    async def server_time_us(self) -> int:
        self.asked += 1
        await self._clock.sleep(self.slow_s)
        if self.asked <= self.failures:
            raise ReadFailed("a gateway's page")
        return await super().server_time_us() + self.ahead_us


def told(world: World, **as_made: Any) -> Told:
    world.exchange = made = Told(world.venue, world.clock, profile=world.profile)
    for name, value in as_made.items():
        setattr(made, name, value)
    return made


@in_world()
async def test_the_clock_is_asked_once_a_process_however_many_open(world: World) -> None:
    """Five symbols at once and one more afterwards: one question."""
    exchange = told(world, slow_s=0.1)
    symbols = ("AVLUSDT", "XRPUSDT", "WIFUSDT", "MNTUSDT", "LINKUSDT")
    async with world.library() as positions:
        opens = [world.tried(positions, symbol=s, quantity=world.worth(f"{s[:-4]}/USDT:USDT")) for s in symbols]
        rows = await asyncio.gather(*opens)
        assert [row.state for row, _ in rows if row is not None] == [State.PROTECTED] * len(symbols)
        _, error = await world.tried(positions, symbol="ETHUSDT", quantity="1")
    assert (error, exchange.asked) == (None, 1)


@pytest.mark.parametrize("ahead_s", [-10, -1.5, 1.5, 3, 10])
@in_world()
async def test_a_clock_beyond_the_bound_is_not_ready_before_any_order(world: World, ahead_s: float) -> None:
    """One sentence names the difference, the limit and the remedy; nothing is stored; once it is right, it opens."""
    exchange = told(world, ahead_us=round(ahead_s * 1e6))
    async with world.library() as positions:
        _, error = await world.tried(positions)
        assert isinstance(error, NotReady)
        assert f"{abs(ahead_s):.3f} s" in str(error)
        assert "clock_skew_s_max is 1 s; set this machine's clock by a time server; nothing was sent" in str(error)
        assert (world.sent(), world.stored()) == ([], ())
        exchange.ahead_us = 0
        row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED


@in_world()
async def test_a_wider_bound_is_the_caller_s_to_give(world: World) -> None:
    """With ``clock_skew_s_max=4`` three seconds are within it."""
    told(world, ahead_us=3_000_000)
    async with world.library(clock_skew_s_max=4) as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED


@pytest.mark.parametrize("failures", [1, 2, 3, 99])
@in_world()
async def test_a_clock_that_cannot_be_read_kills_no_signal(world: World, failures: int) -> None:
    """F59: it is asked three times, and then the entry goes out; the next entry asks again until it was told once."""
    exchange = told(world, failures=failures)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert exchange.asked == min(failures + 1, 3)
        await world.tried(positions, symbol="ETHUSDT", quantity="1")
        assert exchange.asked == {1: 2, 2: 3, 3: 4, 99: 6}[failures]


@in_world()
async def test_a_clock_that_does_not_answer_holds_an_entry_up_for_two_seconds(world: World) -> None:
    """Then it is opened all the same."""
    told(world, slow_s=60)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        elapsed_s = world.elapsed_s
    assert error is None
    assert row is not None
    assert 2 <= elapsed_s < 4


@in_world()
async def test_a_key_that_may_not_trade_is_not_ready(world: World) -> None:
    """As the exchange said at the opening."""
    world.exchange.key = KeyFacts(may_trade=False)
    async with world.library() as positions:
        _, error = await world.tried(positions)
    assert isinstance(error, NotReady)
    assert "may not trade contracts" in str(error)
    assert world.sent() == []


@in_world()
async def test_a_symbol_that_may_only_be_closed_is_refused_and_others_are_not(world: World) -> None:
    """Read with the slot, before every entry: nothing leaves, and once it trades again it opens."""
    world.venue.set_only_closable(AVL, True)
    async with world.library() as positions:
        _, error = await world.tried(positions)
        assert isinstance(error, InvalidRequest)
        assert "AVL/USDT:USDT may only be closed at the moment" in str(error)
        assert (world.sent(), world.stored()) == ([], ())
        row, error = await world.tried(positions, symbol="ETHUSDT", quantity="1")
        assert error is None
        world.venue.set_only_closable(AVL, False)
        row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED


@in_world()
async def test_a_position_on_a_symbol_that_may_only_be_closed_is_closed(world: World) -> None:
    """What was opened before is not held by it: stops and closes are reduce-only."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        world.venue.set_only_closable(AVL, True)
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert world.truth().quantity == 0
