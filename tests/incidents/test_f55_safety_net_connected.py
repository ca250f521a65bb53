"""F55: the block starts its watchdog, its renewals and its sweep by itself, and tells whether they are alive."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import NotReady, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.externals import EXTERNAL_POSITION
from atomicpos.models import OrderSide, State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server
from atomicpos.testing.journals import JournalOver
from modes import in_every_mode
from wired import bybit_client, library
from world import AVL, TEN, World, assert_safe, in_world

MINUTE_S = 60


class Counted(JournalOver):
    """A journal that counts what it is asked, and fails while it is down."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.asked: Counter[str] = Counter()
        self.down = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("claim", "renew", "beat", "holding", "find_orders", "settled_since", "release"):
            self.asked[name] += 1
            if self.down:
                return _fails
        return found


async def _fails(*args: Any) -> Any:
    raise StoreUnavailable("the network is gone")


def listings(world: World) -> Counter[str]:
    return Counter(call for _, call, _ in world.exchange.requests if call.startswith("account"))


@in_every_mode()
async def test_f55_entering_the_block_is_all_it_takes(world: World) -> None:
    """A minute in which the bot calls nothing: rows claimed, leases renewed, the account swept, heartbeats made."""
    world.journal = journal = Counted(world.journal)
    async with world.library(watch_s=5) as positions:
        assert (await positions.health()).watchdog_s == 0
        await world.clock.sleep(MINUTE_S)
        assert journal.asked["claim"] >= MINUTE_S / 5
        assert journal.asked["renew"] >= MINUTE_S / 8
        assert journal.asked["beat"] >= MINUTE_S / 8
        assert journal.asked["find_orders"] >= MINUTE_S / 5
        asked = listings(world)
        assert min(asked["account_positions"], asked["account_orders"]) >= MINUTE_S / 5
        assert asked["account_fills"] >= 2
        health = await positions.health()
        assert health.watchdog_s is not None
        assert health.watchdog_s <= 5
        assert [(w.lives, w.behind_s, w.waits_for) for w in health.watchdogs] == [(True, 0, "")]
        assert health.ok


@in_every_mode()
async def test_f55_the_watch_mends_what_the_bot_never_asks_about(world: World) -> None:
    """Opened, and not a call more: a stop that is taken away is put up again, an external position is announced."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        await world.clock.sleep(20)
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        world.venue.foreign_order("XRP/USDT:USDT", OrderSide.BUY, TEN)
        await world.clock.sleep(20)
        assert world.truth().stop_quantity >= TEN
        assert len(world.heard(EventKind.ALERT, EXTERNAL_POSITION)) == 1
        assert row is not None
        assert_safe(world, await positions.get(row.id))


@in_every_mode(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_f55_an_orphan_is_driven_on_though_its_caller_has_long_gone(world: World) -> None:
    """The caller gave up after a second: a minute later the row is suspected, and resolved when reads work again."""
    async with world.library() as positions:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.tried(positions), 1)
        await world.clock.sleep(MINUTE_S)
        (row,) = await positions.list()
        assert row.state is State.ORPHAN_SUSPECTED
        world.venue.faults.clear()
        await world.clock.sleep(MINUTE_S)
        assert (await positions.get(row.id)).state is State.ROLLED_BACK


@in_world()
async def test_f55_the_background_tasks_outlive_a_database_that_fails(world: World) -> None:
    """Down for five minutes: said once, by health too; then all of them go on, and that is said as well."""
    world.journal = journal = Counted(world.journal)
    async with world.library() as positions:
        await world.clock.sleep(20)
        journal.down = True
        await world.clock.sleep(300)
        health = await positions.health()
        assert not health.ok
        assert not health.database
        journal.down = False
        await world.clock.sleep(20)
        before, asked = Counter(journal.asked), listings(world)
        await world.clock.sleep(MINUTE_S)
        done = journal.asked - before
        assert min(done["claim"], done["find_orders"]) >= MINUTE_S / 5
        assert min(done["renew"], done["beat"]) >= 7
        assert listings(world)["account_positions"] >= asked["account_positions"] + MINUTE_S / 5
        assert (await positions.health()).ok
    told = [event.kind for event in world.events if event.condition == "watchdog_hindered"]
    assert told == [EventKind.ALERT, EventKind.RESOLVED]


@in_every_mode()
async def test_f55_nothing_runs_on_after_the_block(world: World) -> None:
    """Left: no task of it is alive, nothing is asked of the exchange or the database any more, and it says so."""
    before = asyncio.all_tasks()
    world.journal = journal = Counted(world.journal)
    async with world.library() as positions:
        await world.tried(positions)
        await world.clock.sleep(20)
    left = asyncio.all_tasks() - before
    asked, requests = Counter(journal.asked), len(world.exchange.requests)
    await world.clock.sleep(MINUTE_S)
    assert {task.get_coro().__qualname__ for task in left if not task.done()} == set()  # type: ignore[union-attr]
    assert (journal.asked, len(world.exchange.requests)) == (asked, requests)
    with pytest.raises(NotReady, match="inside its block"):
        await positions.health()


@in_world()
async def test_f55_a_block_that_could_not_be_entered_leaves_nothing_behind(world: World) -> None:
    """The database fails at the start: StoreUnavailable, no task, no request later, and the next try works."""
    before = asyncio.all_tasks()
    world.journal = journal = Counted(world.journal)
    journal.down = True
    with pytest.raises(StoreUnavailable):
        await world.library().__aenter__()
    await world.clock.sleep(1)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
    requests = len(world.exchange.requests)
    await world.clock.sleep(MINUTE_S)
    assert len(world.exchange.requests) == requests
    async with world.library(journal=journal.inner.reopened()) as positions:  # type: ignore[attr-defined]
        assert (await positions.health()).ok


@pytest.mark.wire
async def test_f55_on_the_wire_the_account_is_swept_without_a_call(bybit: Server, tmp_path: Path) -> None:
    """A real client and a real file: listings of positions, orders and executions arrive by themselves."""
    async with library(bybit_client(bybit), database=f"sqlite:///{tmp_path}/a.db", watch_s=0.2) as positions:
        await asyncio.sleep(1.0)
        arrived = Counter(arrival.path for arrival in bybit.arrivals.entries)
        assert arrived["/v5/position/list"] >= 3
        assert arrived["/v5/order/realtime"] >= 3
        assert arrived["/v5/execution/list"] >= 1
        assert isinstance(positions, AtomicPositions)
        assert (await positions.health()).watchdog_s is not None
