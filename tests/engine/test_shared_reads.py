"""One listing of the account answers for every position on it, and never says more than it shows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.app import AtomicPositions
from atomicpos.models import State
from atomicpos.ports import ReadFailed
from atomicpos.profile import Protection
from atomicpos.shared_reads import GATHER_S, OneForAll
from atomicpos.sim import Fault, VirtualClock
from atomicpos.sim.loop import run
from modes import attached, in_every_mode
from world import AVL, World, in_world

WATCH_S = 5
LISTINGS = ("account_positions", "account_orders")
SINGLE = ("orders", "fills", "position", "position_stop", "mark")


# --- one for all --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One listing: when it was asked for, and which one it was."""

    asked_s: float
    number: int


class Counted:
    """A listing that takes its time; ``fails`` says which one of them does."""

    def __init__(self, takes_s: float = 0.5, fails: int | None = None) -> None:
        self.asked: list[float] = []
        self.under_way = 0
        self.most_under_way = 0
        self._takes_s = takes_s
        self._fails = fails

    async def __call__(self) -> Answer:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        answer = Answer(now, len(self.asked))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self._takes_s)
        self.under_way -= 1
        if answer.number == self._fails:
            raise ReadFailed("an injected error")
        return answer


def clock() -> VirtualClock:
    return VirtualClock(asyncio.get_running_loop())


@given(st.lists(st.floats(0, 3), min_size=1, max_size=12), st.floats(0, 1))
def test_nobody_gets_an_answer_that_was_asked_for_before_its_question(waits: list[float], takes_s: float) -> None:
    """Whenever the questions come, each is answered by a listing asked for after it, and one is under way at a time."""

    async def scene() -> None:
        listing = Counted(takes_s)
        shared = OneForAll(listing, clock())

        async def asker(wait_s: float) -> tuple[float, Answer]:
            await asyncio.sleep(wait_s)
            asked_s = asyncio.get_running_loop().time()
            return asked_s, await shared()

        answers = await asyncio.gather(*map(asker, waits))
        assert all(answer.asked_s >= asked_s for asked_s, answer in answers)
        assert listing.most_under_way == 1

    run(scene)


def test_who_asks_at_once_shares_one_answer_and_who_comes_later_gets_the_next() -> None:
    """Twenty askers cost one listing; one who comes while it is under way waits for another."""

    async def scene() -> None:
        listing = Counted()
        shared = OneForAll(listing, clock())
        first = [asyncio.ensure_future(shared()) for _ in range(20)]
        await asyncio.sleep(GATHER_S + 0.1)
        later = await shared()
        assert {(await one).number for one in first} == {1}
        assert (later.number, listing.asked) == (2, [GATHER_S, 0.5 + 2 * GATHER_S])

    run(scene)


def test_an_error_goes_to_all_who_asked_and_to_nobody_else() -> None:
    """Each of them hears it; the next question is a new one."""

    async def scene() -> None:
        shared = OneForAll(Counted(fails=1), clock())
        failed = await asyncio.gather(*(shared() for _ in range(3)), return_exceptions=True)
        assert [type(error) for error in failed] == [ReadFailed] * 3
        assert (await shared()).number == 2

    run(scene)


def test_an_asker_that_goes_away_disturbs_nobody() -> None:
    """The one who began it is cancelled: the others get their answer all the same."""

    async def scene() -> None:
        listing = Counted()
        shared = OneForAll(listing, clock())
        asking = [asyncio.ensure_future(shared()) for _ in range(3)]
        await asyncio.sleep(0.1)
        asking[0].cancel()
        assert [answer.number for answer in await asyncio.gather(*asking[1:])] == [1, 1]
        alone = asyncio.ensure_future(shared())
        await asyncio.sleep(0.1)
        alone.cancel()
        assert (await shared()).number == 3

    run(scene)


# --- many positions -----------------------------------------------------------------------------------------------


async def fifteen(world: World, positions: AtomicPositions) -> None:
    """A protected position on every market, all at rest."""
    for symbol in world.venue.symbols():
        _, error = await world.tried(positions, symbol=symbol, quantity=world.worth(symbol))
        assert error is None
    await world.clock.sleep(20)


class ShadedAccount:
    """The account's listings; each passes through a function of the test, and those named in ``hanging`` never come."""

    def __init__(self, world: World) -> None:
        self._account = world.exchange.account
        self.hanging: frozenset[str] = frozenset()
        self.show: Callable[[tuple[Any, ...]], tuple[Any, ...]] = lambda rows: rows
        world.exchange.account = self

    async def positions(self) -> tuple[Any, ...]:
        return await self._shown("account_positions", self._account.positions())

    async def open_orders(self) -> tuple[Any, ...]:
        return await self._shown("account_orders", self._account.open_orders())

    async def fills(self, since_us: int) -> tuple[Any, ...]:
        return await self._account.fills(since_us)

    async def _shown(self, name: str, listing: Awaitable[tuple[Any, ...]]) -> tuple[Any, ...]:
        rows = await listing
        if name in self.hanging:
            await asyncio.Event().wait()
        return self.show(rows)


async def asked_during(world: World, seconds: float) -> list[tuple[str, str]]:
    """What was asked and sent meanwhile: calls and symbols."""
    before = len(world.exchange.requests)
    await world.clock.sleep(seconds)
    return [(call, symbol) for _, call, symbol in world.exchange.requests[before:]]


@in_every_mode()
async def test_fifteen_positions_cost_one_listing_of_each_kind_a_turn(world: World) -> None:
    """An hour of watching: 720 turns, 720 listings of positions and of orders, fills every half minute, and no more."""
    async with world.library(watch_s=WATCH_S) as positions:
        await fifteen(world, positions)
        asked = Counter(call for call, _ in await asked_during(world, 3600))
        assert asked == {"account_positions": 720, "account_orders": 720, "account_fills": 120}
        assert {row.state for row in await positions.list()} == {State.PROTECTED}


@in_every_mode()
async def test_one_position_costs_no_more_than_the_listings_either(world: World) -> None:
    """Calls grow with turns and pages, not with positions: one costs what fifteen do."""
    async with world.library(watch_s=WATCH_S) as positions:
        await world.tried(positions)
        await world.clock.sleep(20)
        asked = Counter(call for call, _ in await asked_during(world, 600))
        assert asked == {"account_positions": 120, "account_orders": 120, "account_fills": 20}


@in_world(protection=Protection.ON_ACKNOWLEDGEMENT)
async def test_where_a_listing_of_orders_is_dear_few_positions_are_looked_up_by_id(world: World) -> None:
    """Below the number that the profile names no listing of orders is asked for while watching; from it on, one."""
    world.exchange.profile = replace(world.profile, orders_listed_from=2)
    async with world.library(watch_s=WATCH_S) as positions:
        await world.tried(positions)
        await world.clock.sleep(20)
        asked = Counter(call for call, _ in await asked_during(world, 600))
        assert asked.keys() == {"account_positions", "orders", "account_orders", "account_fills"}
        assert (asked["orders"], asked["account_orders"], asked["account_fills"]) == (120, 20, 20)
        assert asked["account_positions"] <= 140
        await world.tried(positions, symbol="XRPUSDT")
        await world.clock.sleep(20)
        asked = Counter(call for call, _ in await asked_during(world, 600))
        assert (asked["account_orders"], asked["orders"], asked["account_positions"]) == (120, 0, 120)


@pytest.mark.parametrize("listing", LISTINGS)
@in_every_mode()
async def test_what_a_listing_leaves_out_is_asked_for_by_its_own_name(world: World, listing: str) -> None:
    """One symbol is missing from it: that one is read by itself, the other fourteen are not, and nothing is done."""
    async with world.library(watch_s=WATCH_S) as positions:
        await fifteen(world, positions)
        sent = world.sent()
        world.venue.faults.add(Fault(listing, AVL, "omit"))
        asked = Counter(await asked_during(world, 60))
        single = {(call, symbol) for call, symbol in asked if call in SINGLE}
        expected = "position" if listing == "account_positions" else "position_stop" if attached(world) else "orders"
        assert single == {(expected, AVL)}
        assert asked[expected, AVL] == 60 / WATCH_S
        assert world.sent() == sent
        assert {row.state for row in await positions.list()} == {State.PROTECTED}


@pytest.mark.parametrize("kind", ["error", "omit"])
@pytest.mark.parametrize("listing", LISTINGS)
@in_every_mode()
async def test_a_listing_that_fails_or_is_empty_makes_each_be_asked_for_by_itself(
    world: World, listing: str, kind: str
) -> None:
    """All fifteen are read one by one, each is found as it was, and no row moves."""
    async with world.library(watch_s=WATCH_S) as positions:
        await fifteen(world, positions)
        before, sent = {row.id: row.version for row in world.stored()}, world.sent()
        world.venue.faults.add(Fault(listing, None, kind))
        asked = Counter(await asked_during(world, WATCH_S))
        assert sum(times for (call, _), times in asked.items() if call in SINGLE) == 15
        assert world.sent() == sent
        assert {row.state for row in await positions.list()} == {State.PROTECTED}
        assert {row.id: row.version for row in world.stored()}.keys() == before.keys()


@pytest.mark.parametrize("listing", LISTINGS)
@in_every_mode()
async def test_a_listing_that_never_answers_blinds_nobody(world: World, listing: str) -> None:
    """It hangs from now on: a stop that somebody takes away is seen missing and put up again all the same."""
    account = ShadedAccount(world)
    async with world.library(watch_s=WATCH_S) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(20)
        account.hanging = frozenset({listing})
        await world.clock.sleep(20)
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(30)
        assert world.truth().stop_quantity >= 10
        account.hanging = frozenset()
        await world.clock.sleep(30)
        asked = Counter(call for call, _ in await asked_during(world, 60))
        assert (asked["account_positions"], asked["account_orders"]) == (12, 12)
        assert (await positions.get(row.id)).state is State.PROTECTED


# --- single answers -----------------------------------------------------------------------------------------------


@in_world()
async def test_a_position_that_is_listed_twice_is_read_by_itself(world: World) -> None:
    """Two rows of one symbol say nothing that could be told apart: the slot's own read decides."""
    account = ShadedAccount(world)
    async with world.library(watch_s=WATCH_S) as positions:
        await world.tried(positions)
        await world.clock.sleep(20)
        account.show = lambda rows: rows * 2
        asked = Counter(await asked_during(world, 60))
        assert asked["position", AVL] == 12


@in_world(protection=Protection.AFTER_FILL)
async def test_an_order_of_our_id_on_another_symbol_is_not_ours(world: World) -> None:
    """What is listed elsewhere leaves ours to be looked up by itself: nothing is believed across symbols."""
    account = ShadedAccount(world)
    async with world.library(watch_s=WATCH_S) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(20)
        account.show = lambda rows: tuple(replace(listed, symbol="BTC/USDT:USDT") for listed in rows)
        asked = Counter(await asked_during(world, 60))
        assert asked["orders", AVL] == 12
        assert (await positions.get(row.id)).state is State.PROTECTED
