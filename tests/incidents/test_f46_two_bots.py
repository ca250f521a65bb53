"""F46: a second process on one database is welcome, a second database on one account is announced, neither adopts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen
from atomicpos.events import Event, EventKind
from atomicpos.externals import EXTERNAL_POSITION, FOREIGN_ORDER
from atomicpos.models import OrderSide, State
from atomicpos.sim.wire.server import Server
from atomicpos.testing.journals import MemoryJournal
from modes import attached, in_every_mode
from wired import bybit_client, library
from world import Named, World, assert_safe, in_world

AVL, ETH = "AVL/USDT:USDT", "ETH/USDT:USDT"
TOLD_S = 70
"""Two searches of the account's fills, and two listings."""


def alerts(world: World, condition: str | None = None) -> list[Event]:
    return world.heard(EventKind.ALERT, condition)


# --- two processes, one database ----------------------------------------------------------------------------------


@asynccontextmanager
async def two_processes(world: World, other: World) -> AsyncIterator[tuple[AtomicPositions, AtomicPositions]]:
    """Both running, neither knowing the other to be gone."""
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")) as second:
        yield first, second


@in_every_mode()
async def test_f46_a_second_process_on_one_database_is_welcome(world: World) -> None:
    """Each opens on a symbol of its own: an hour later each still drives it, and neither alarms about the other."""
    other = world.beside()
    async with two_processes(world, other) as (first, second):
        row, error = await world.tried(first)
        assert error is None
        theirs, error = await other.tried(second, symbol="ETHUSDT", quantity="0.02")
        assert error is None
        await world.clock.sleep(3600)
        assert row is not None
        assert theirs is not None
        assert {r.id: (r.owner, r.fence, r.state) for r in world.stored()} == {
            row.id: ("one", 1, State.PROTECTED), theirs.id: ("two", 1, State.PROTECTED),
        }
        assert_safe(world, await second.get(row.id))
        assert_safe(world, await first.get(theirs.id), ETH)
    assert alerts(world) == alerts(other) == []


@in_every_mode()
async def test_f46_a_row_is_leased_to_one_process_at_a_time(world: World) -> None:
    """Four processes start on twelve rows that nobody drives: each row goes to one of them, and stays there."""
    async with world.library(owners=Named("before")) as positions:
        for symbol in world.venue.symbols()[:12]:
            await world.tried(positions, symbol=symbol, quantity=world.worth(symbol))
        await world.clock.sleep(20)
    worlds = [world.beside() for _ in range(4)]
    blocks = [w.library(owners=Named(f"owner {n}")) for n, w in enumerate(worlds)]
    await asyncio.gather(*(block.__aenter__() for block in blocks))
    shares = {row.id: row.owner for row in world.stored()}
    await world.clock.sleep(600)
    assert {row.id: row.owner for row in world.stored()} == shares
    assert {row.fence for row in world.stored()} == {2}
    assert [w.sent() for w in worlds] == [[]] * 4
    await asyncio.gather(*(block.__aexit__(None, None, None) for block in blocks))


# --- two databases, one account -----------------------------------------------------------------------------------


def another_database(world: World) -> World:
    """A bot with a database of its own on the same account."""
    other = world.beside()
    other.journal = MemoryJournal("twin", other.clock.now_us)
    return other


@in_every_mode()
async def test_f46_a_second_database_on_one_account_is_detected_and_announced_by_both(world: World) -> None:
    """Each opens one: each is told of the other's position, and that another installation trades here. Once."""
    other = another_database(world)
    async with two_processes(world, other) as (first, second):
        row, error = await world.tried(first)
        assert error is None
        theirs, error = await other.tried(second, symbol="ETHUSDT", quantity="0.02")
        assert error is None
        await world.clock.sleep(TOLD_S)
        for told, symbol, theirs_is in ((world, ETH, "twin"), (other, AVL, "test")):
            assert [event.symbol for event in alerts(told, EXTERNAL_POSITION)] == [symbol]
            texts = [event.text for event in alerts(told, FOREIGN_ORDER)]
            assert f"{symbol}: installation {theirs_is} trades here too: two databases drive this account" in texts
            living = [text for text in texts if "another installation's" in text]
            assert len(living) == (0 if attached(world) else 1)
        await world.clock.sleep(600)
        assert len(alerts(world)) == len(alerts(other)) == (2 if attached(world) else 3)
        assert row is not None
        assert theirs is not None
        assert_safe(world, await first.get(row.id))
        assert_safe(world, await second.get(theirs.id), ETH)


@in_every_mode()
async def test_f46_what_another_database_holds_is_neither_adopted_nor_touched(world: World) -> None:
    """Its symbol is refused, stop and position stay, and no row of ours is made of it, restarts included."""
    other = another_database(world)
    async with other.library(owners=Named("two")) as second:
        theirs, error = await other.tried(second)
        assert error is None
        await world.clock.sleep(20)
        stops = world.truth().stops
        for _ in range(2):
            async with world.library(journal=world.journal.reopened(), owners=Named("one")) as first:
                occupant, error = await world.tried(first)
                assert isinstance(error, AlreadyOpen)
                assert occupant is None
                await first.flatten_all()
                await world.clock.sleep(TOLD_S)
        assert (world.sent(), world.stored()) == ([], ())
        assert (world.truth().stops, world.truth().quantity) == (stops, 10)
        assert theirs is not None
        assert_safe(world, await second.get(theirs.id))


# --- by hand ------------------------------------------------------------------------------------------------------


@in_world()
async def test_f46_positions_by_hand_are_announced_and_never_adopted(world: World) -> None:
    """Thirteen, held through two lives of the bot: an alert each, no row, no order, and they are still there."""
    symbols = [symbol for symbol in world.venue.symbols() if symbol not in (AVL, ETH)]
    for symbol in symbols:
        world.venue.foreign_order(symbol, OrderSide.BUY, Decimal(world.worth(symbol)))
    held = {symbol: world.truth(symbol).quantity for symbol in symbols}
    for life in (1, 2):
        async with world.library(journal=world.journal.reopened()) as positions:
            await world.clock.sleep(TOLD_S)
            assert sorted(event.symbol for event in alerts(world, EXTERNAL_POSITION)) == sorted(symbols * life)
            assert await positions.list() == ()
    assert {symbol: world.truth(symbol).quantity for symbol in symbols} == held
    assert world.sent() == []


@pytest.mark.wire
async def test_f46_on_the_wire_a_second_database_is_announced(bybit: Server, tmp_path: Path) -> None:
    """Two clients, two files, one account: each is told of the other's position and of the other installation."""
    told: dict[str, list[Event]] = {"one": [], "two": []}
    knobs = {"watch_s": 0.3}
    async with (
        library(bybit_client(bybit), database=f"sqlite:///{tmp_path}/1.db", alerts=told["one"].append, **knobs) as one,
        library(bybit_client(bybit), database=f"sqlite:///{tmp_path}/2.db", **knobs) as two,
    ):
        await two.open_position_atomic("ETHUSDT", "buy", "0.02", stop_loss_percent="2")
        await asyncio.sleep(1.2)
        found = {event.condition for event in told["one"]}
        assert EXTERNAL_POSITION in found
        assert await one.list() == ()
        async with library(bybit_client(bybit), alerts=told["two"].append, **knobs):
            await asyncio.sleep(1.2)
    assert {event.condition for event in told["two"]} == {EXTERNAL_POSITION, FOREIGN_ORDER}
    assert bybit.venue.truth(ETH).stop_quantity >= Decimal("0.02")
