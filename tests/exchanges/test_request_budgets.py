"""Published request budgets are kept, by fifty opens at once and in whatever weather they fall into."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from budget_counting import Asked, fullest, over

from atomicpos.allowance import Allowance, Crowd, Tidying, Turnstile
from atomicpos.app import AtomicPositions
from atomicpos.exchanges.budgets import BUDGETS, BYBIT, Budget
from atomicpos.models import MICROSECONDS, State
from atomicpos.sim import Fault, SimExchange, Venue, VirtualClock
from atomicpos.sim.loop import run
from atomicpos.sim.markets import MARKETS, numbered
from atomicpos.sim.wire.server import Server, serve
from urgency import bot
from wired import bybit_client, library
from world import World, in_world

FIFTY = 50
ENDPOINTS = {
    "place_entry": ["POST /v5/order/create"], "place_close": ["POST /v5/order/create"],
    "place_stop": ["POST /v5/order/create"], "set_stop": ["POST /v5/position/trading-stop"],
    "cancel": ["POST /v5/order/cancel"], "mark": ["GET /v5/market/tickers"], "position": ["GET /v5/position/list"],
    "position_stop": ["GET /v5/order/realtime"], "fills": ["GET /v5/execution/list"],
    "orders": ["GET /v5/order/realtime", "GET /v5/order/history"], "account_positions": ["GET /v5/position/list"],
    "account_orders": ["GET /v5/order/realtime"], "account_fills": ["GET /v5/execution/list"],
}
"""The requests of Bybit that each call makes at the most: an order that is not found is looked for in the history."""


def as_bybit(world: World, count: int = FIFTY) -> list[str]:
    """The world's account becomes one on Bybit with so many symbols; their names."""
    world.venue = Venue(world.clock.now_us, seed=1, markets=numbered(count))
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile)
    world.exchange.name = "bybit"
    return [market.market_id for market in numbered(count)]


def requests(world: World) -> list[Asked]:
    """What would have arrived at Bybit."""
    asked = ((at_us, request) for at_us, call, _ in world.exchange.requests for request in ENDPOINTS[call])
    return [Asked(at_us, *request.split(" ", 1)) for at_us, request in asked]


async def all_at_once(world: World, positions: AtomicPositions, symbols: list[str]) -> Counter[str]:
    opened = await asyncio.gather(*(world.tried(positions, symbol=symbol) for symbol in symbols))
    return Counter(str(row.state) if row is not None else repr(error) for row, error in opened)


@in_world()
async def test_fifty_opens_at_once_keep_the_budgets(world: World) -> None:
    """All are protected; the last one has waited for its turn for some ten seconds."""
    symbols = as_bybit(world)
    async with world.library() as positions:
        assert await all_at_once(world, positions, symbols) == {State.PROTECTED: FIFTY}
        assert 8 < world.elapsed_s < 13
        await world.clock.sleep(30)
    assert over(BYBIT.published, requests(world)) == {}


@pytest.mark.parametrize("late_s", [1, 5, 24])
@in_world()
async def test_fifty_opens_in_lag_keep_the_budgets(world: World, late_s: int) -> None:
    """Nothing shows for a while, so that all of them are looked at side by side."""
    symbols = as_bybit(world)
    reads = ("orders", "fills", "position", "position_stop", "account_positions", "account_orders")
    world.venue.faults.add(*(Fault(call, None, "lag", None, late_s) for call in reads))
    async with world.library() as positions:
        await all_at_once(world, positions, symbols)  # whose stop is read back too late for the deadline is suspected
        await world.clock.sleep(60)
        assert {row.state for row in await positions.list()} == {State.PROTECTED}
    assert over(BYBIT.published, requests(world)) == {}


@in_world(*(Fault(call, None, "lose_reply", None, None) for call in ("place_entry", "set_stop")))
async def test_fifty_opens_without_a_reply_keep_the_budgets(world: World) -> None:
    """No reply ever comes: each order is looked up until it is found."""
    symbols = as_bybit(world)
    async with world.library() as positions:
        assert await all_at_once(world, positions, symbols) == {State.PROTECTED: FIFTY}
    assert over(BYBIT.published, requests(world)) == {}


@in_world()
async def test_fifty_positions_at_once_share_their_snapshots(world: World) -> None:
    """Ten minutes of watching fifty cost one listing of each kind a poll interval, and no read of any one of them."""
    symbols = as_bybit(world)
    async with world.library(watch_s=5.0) as positions:
        await all_at_once(world, positions, symbols)
        await world.clock.sleep(20)
        before = len(world.exchange.requests)
        await world.clock.sleep(600)
        asked = world.exchange.requests[before:]
    assert Counter(call for _, call, _ in asked) == {
        "account_positions": 120, "account_orders": 120, "account_fills": 20,
    }
    for call in ("account_positions", "account_orders"):
        times = [at_us for at_us, other, _ in asked if other == call]
        assert min(b - a for a, b in pairwise(times)) >= 4.9 * MICROSECONDS


# --- on the wire --------------------------------------------------------------------------------------------------


def arrived(server: Server) -> list[Asked]:
    return [Asked(entry.at_us, entry.method, entry.path) for entry in server.arrivals.entries]


@pytest.mark.wire
@pytest.mark.parametrize(("dialect", "count"), [("binanceusdm", 4), ("okx", 4)])
async def test_several_opens_at_once_keep_the_budgets_of_each_exchange(dialect: str, count: int) -> None:
    """Through real ccxt without its limiter: weights and requests are counted as they arrive, the start included."""
    server = await serve(dialect, seed=7)
    client = bot(server, dialect)
    client.enableRateLimit = False
    try:
        async with library(client) as positions:
            await asyncio.gather(*(
                positions.open_position_atomic(market.symbol, "buy", _worth(market), stop_loss_percent="2")
                for market in MARKETS[:count]
            ))
            assert {row.state for row in await positions.list()} == {State.PROTECTED}
        assert over(BUDGETS[dialect].published, arrived(server)) == {}
    finally:
        await server.stop()


@pytest.mark.wire
@pytest.mark.parametrize("limited", [False, True], ids=["without a limiter", "with ccxt's limiter"])
async def test_every_symbol_at_once_keeps_the_budgets_on_the_wire(bybit: Server, limited: bool) -> None:
    """Fifteen opens at once through real ccxt, whether the bot has its limiter on or not: counted as they arrive."""
    client = bybit_client(bybit)
    client.enableRateLimit = limited
    async with library(client) as positions:
        quantities = [(market.market_id, _worth(market)) for market in MARKETS]
        await asyncio.gather(*(
            positions.open_position_atomic(symbol, "buy", quantity, stop_loss_percent="2")
            for symbol, quantity in quantities
        ))
        assert {row.state for row in await positions.list()} == {State.PROTECTED}
    assert over(BYBIT.published, arrived(bybit)) == {}, Counter(entry.path for entry in bybit.arrivals.entries)


@pytest.mark.wire
async def test_watching_on_the_wire_asks_for_one_listing_an_interval(bybit: Server) -> None:
    """However many positions there are: the endpoints of a listing are asked once in each poll interval."""
    client = bybit_client(bybit)
    async with library(client, watch_s=0.5) as positions:
        for market in MARKETS[:8]:
            await positions.open_position_atomic(market.market_id, "buy", _worth(market), stop_loss_percent="2")
        await asyncio.sleep(1.5)
        before = len(bybit.arrivals.entries)
        await asyncio.sleep(3.0)
        asked = Counter(entry.path for entry in list(bybit.arrivals.entries)[before:])
    assert asked["/v5/position/list"] <= 7
    assert asked["/v5/order/realtime"] <= 7 * 2  # pages


def _worth(market: Any) -> str:
    steps = -(-50 // (market.price * market.step))
    return str(max(market.min_quantity, steps * market.step))


# --- the parts ----------------------------------------------------------------------------------------------------


def test_every_budget_says_where_it_comes_from() -> None:
    """Bounded, covering something, and with a sentence about its source."""
    for name, budgets in BUDGETS.items():
        assert budgets.published, name
        for budget in budgets.published:
            assert budget.most > 0 < budget.window_s
            assert budget.weights
            assert budget.source.endswith("documented.")


def test_a_window_slides() -> None:
    """Ten at the end of one second and ten at the beginning of the next are twenty within a second."""
    budget = BYBIT.published[0]
    asked = [Asked(n, "POST", "/v5/order/create") for n in (*range(900_000, 900_010), *range(1_100_000, 1_100_010))]
    assert fullest(budget, asked) == 20
    assert over(BYBIT.published, asked) == {budget.name: (20, 10)}


def test_what_is_named_weighs() -> None:
    """What is named more closely is not counted as what it begins with."""
    weight: Budget = BUDGETS["binanceusdm"].published[0]
    assert [weight.weight("GET", path) for path in ("/fapi/v1/userTrades", "/fapi/v1/order", "/fapi/v3/balance")] == [
        5, 1, 5,
    ]
    assert weight.weight("POST", "/fapi/v1/order") == 0
    algos = [budget for budget in BUDGETS["okx"].published if budget.weight("POST", "/api/v5/trade/order-algo")]
    assert [budget.most for budget in algos] == [20]


@pytest.fixture
def few() -> Allowance:
    return Allowance(3, 1.0, 4, 2.0, 2, {"order_status": 10.0})


def test_a_turnstile_lets_few_pass_at_once_and_the_others_in_order(few: Allowance) -> None:
    """In any window of a second three pass; who was first passes first."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        turnstile = Turnstile(VirtualClock(loop), few, Crowd(few))
        passed: list[tuple[int, float]] = []

        async def one(number: int) -> None:
            await turnstile.passed()
            passed.append((number, round(loop.time(), 6)))

        await asyncio.gather(*map(one, range(7)))
        assert passed == [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2)]
        await asyncio.sleep(10)
        began = loop.time()
        await turnstile.passed()
        assert loop.time() == began

    run(scene)


def test_while_many_are_at_risk_opens_are_rare(few: Allowance) -> None:
    """Four rows wait for news that do not come: the next opens are two seconds apart, until there are fewer."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        crowd = Crowd(few)
        turnstile = Turnstile(VirtualClock(loop), few, crowd)
        await turnstile.passed()
        crowd.at_risk = 4
        for expected in (2, 4):
            await turnstile.passed()
            assert round(loop.time(), 6) == expected
        crowd.at_risk = 3
        await turnstile.passed()
        assert round(loop.time(), 6) == 4

    run(scene)


def test_cancels_of_what_is_left_over_are_counted_by_the_second(few: Allowance) -> None:
    """Two in any second, and any number where nothing is published."""

    async def scene() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        tidying, free = Tidying(clock, few), Tidying(clock, None)
        assert [tidying.may() for _ in range(3)] == [True, True, False]
        await asyncio.sleep(1)
        assert [tidying.may() for _ in range(3)] == [True, True, False]
        assert all(free.may() for _ in range(100))

    run(scene)


def test_a_crowd_stretches_the_pace_and_a_few_do_not(few: Allowance) -> None:
    """Ten a second for all: two wait a fifth of a second each, one that is looked at slowly counts a tenth."""
    crowd = Crowd(few)
    assert crowd.least_s("order_status") == 0
    for _ in range(2):
        crowd.joins("order_status", slowly=False)
    assert crowd.least_s("order_status") == pytest.approx(0.2)
    crowd.leaves("order_status", slowly=False)
    crowd.joins("order_status", slowly=True)
    assert crowd.least_s("order_status") == pytest.approx(0.11)
    assert (crowd.least_s("mine"), Crowd(None).least_s("order_status")) == (0, 0)
