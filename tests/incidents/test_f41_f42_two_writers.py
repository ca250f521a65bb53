"""F41 and F42: one slot, one row, whoever writes it; the others are told before a send, and change nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen, AtomicPositionError, StoreUnavailable
from atomicpos.models import Position, State
from atomicpos.ports import Journal
from atomicpos.record import Record
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.store import open_journal
from modes import in_every_mode, stop_faults
from world import AVL, Named, World, assert_safe, in_world

Told = tuple[Position | None, AtomicPositionError | None]


@asynccontextmanager
async def two_processes(world: World, other: World) -> AsyncIterator[tuple[AtomicPositions, AtomicPositions]]:
    """Two living owners on the same account and rows, each with its watchdog and its sweep."""
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")) as second:
        yield first, second


def one_winner(results: list[Told]) -> Position:
    """Exactly one opened; every other was told AlreadyOpen, by nothing else."""
    winners = [row for row, error in results if error is None]
    assert [type(error) for _, error in results if error is not None] == [AlreadyOpen] * (len(results) - 1)
    (winner,) = winners
    assert winner is not None
    assert {row.id for row, error in results if error is not None and row is not None} <= {winner.id}
    return winner


def entries(*worlds: World) -> list[str]:
    """Every entry that left, whoever sent it."""
    return [call for world in worlds for call in world.sent(Call.PLACE_ENTRY)]


# --- F41 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("apart_s", [0, 0.05, 0.14, 0.16, 0.25, 0.35, 0.5, 1])
@in_every_mode()
async def test_f41_two_processes_that_open_at_once_send_one_entry(world: World, apart_s: float) -> None:
    """Two signals for one symbol, on two processes, at once or a little apart: one entry, and the loser is told."""
    other = world.beside()

    async def later(positions: AtomicPositions) -> Told:
        await world.clock.sleep(apart_s)
        return await other.tried(positions)

    async with two_processes(world, other) as (first, second):
        winner = one_winner(await asyncio.gather(world.tried(first), later(second)))
        await world.clock.sleep(60)
        assert entries(world, other) == ["place_entry"]
        assert [row.id for row in await second.list()] == [winner.id]
        assert_safe(world, await first.get(winner.id))


FIXTURES = {"sqlite": "tmp_path", "postgresql": "postgres_url"}


@pytest.fixture(params=FIXTURES)
def database(request: pytest.FixtureRequest) -> str:
    """Each database there is, empty: a file, and one on PostgreSQL."""
    found = request.getfixturevalue(FIXTURES[request.param])
    return f"sqlite:///{found}/positions.db" if isinstance(found, Path) else str(found)


async def opened(database: str, world: World) -> Journal:
    return await open_journal(database, world.clock, rng=random.Random(world.seed))


@in_world()
async def test_f41_ten_writers_on_a_real_database_are_one_position_and_nine_refusals(
    world: World, database: str
) -> None:
    """Five callers in each of two processes: the database's own index decides, and its error reaches nobody."""
    world.journal = await opened(database, world)
    other = beside(world)
    other.journal = await opened(database, other)
    async with two_processes(world, other) as (first, second):
        callers = [world.tried(p) for p in (first, second) for _ in range(5)]
        winner = one_winner(await asyncio.gather(*callers))
        await world.clock.sleep(30)
        assert_safe(world, await first.get(winner.id))
        assert len(await second.list()) == 1
    assert entries(world, other) == ["place_entry"]


def beside(world: World) -> World:
    """Another process, its journal to be opened by the test."""
    journal, world.journal = world.journal, _Unopened()
    other = world.beside()
    world.journal = journal
    return other


class _Unopened:
    def reopened(self) -> None:
        """Nothing is open yet."""


HOLDS: dict[str, tuple[tuple[Fault, ...], float, State]] = {
    "on its way": ((Fault("place_entry", None, "late_reply", 1, 1.5),), 1, State.PENDING_ENTRY),
    "being protected": ((Fault("place_entry", None, "drop_attached", 1), *stop_faults("refuse")), 3, State.VERIFYING),
    "protected": ((), 30, State.PROTECTED),
    "suspected": ((Fault("place_entry", None, "lose_request", 1), Fault("orders", None, "error")), 50,
                  State.ORPHAN_SUSPECTED),
}  # fmt: skip


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("held", HOLDS)
@in_every_mode()
async def test_f41_a_row_holds_its_slot_in_every_state_for_every_process(world: World, held: str, side: str) -> None:
    """Whatever the first one is doing, the second gets AlreadyOpen with that row, sends nothing and stores nothing."""
    faults, after_s, state = HOLDS[held]
    world.venue.faults.add(*faults)
    other = world.beside()
    async with two_processes(world, other) as (first, second):
        opening = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(after_s)
        (holder,) = await second.list()
        assert holder.state is state
        occupant, error = await other.tried(second, side=side)
        assert isinstance(error, AlreadyOpen)
        assert occupant is not None
        assert occupant.id == holder.id
        assert (other.sent(), len(await second.list())) == ([], 1)
        world.venue.faults.clear()
        await opening
        await world.clock.sleep(30)
        assert_safe(world, await first.get(holder.id))


@in_every_mode()
async def test_f41_the_sweep_of_another_process_stores_no_row_of_its_own(world: World) -> None:
    """While an open is under way elsewhere its position is listed: no second row, no external position, no alert."""
    world.venue.faults.add(Fault("place_entry", None, "late_reply", 1, 20))
    other = world.beside()
    async with two_processes(world, other) as (first, second):
        await world.tried(first)
        await world.clock.sleep(60)
        assert len(await second.list()) == 1
        assert [event.condition for event in other.events if event.condition] == []
        assert other.sent() == []


# --- F42 ----------------------------------------------------------------------------------------------------------


def facts(record: Record) -> tuple[object, ...]:
    """What the row says, but for when it was looked at last."""
    orders = [(o.client_order_id, o.trigger_price, o.quantity, o.status, o.filled, o.sends, o.cancels)
              for o in record.orders]  # fmt: skip
    said = (record.id, record.intent, record.owner, record.fence, record.state, record.goal, record.stop_rule)
    return (*said, record.filled_quantity, record.entry_price, record.stop_price, record.proof, orders)


@pytest.mark.parametrize("shown", [True, False], ids=["shown", "not shown"])
@pytest.mark.parametrize("request_", [
    {}, {"side": "sell"}, {"quantity": "3"}, {"stop_loss_percent": "9"}, {"idempotency_key": "another"},
], ids=str)  # fmt: skip
@in_every_mode()
async def test_f42_an_open_on_a_taken_slot_changes_nothing_of_its_row(
    world: World, request_: dict[str, Any], shown: bool
) -> None:
    """AlreadyOpen before any send, though the exchange's read of the slot omits it; the occupant keeps all it has."""
    other = world.beside()
    async with two_processes(world, other) as (first, second):
        row, error = await world.tried(first, idempotency_key="the first")
        assert error is None
        assert row is not None
        await world.clock.sleep(30)
        (before,), stops = map(facts, world.stored()), world.truth().stops
        for asking, positions in ((world, first), (other, second)):
            sent = asking.sent()
            world.venue.faults.add(*(() if shown else (Fault("position", AVL, "omit", 1),)))
            occupant, error = await asking.tried(positions, **request_)
            assert isinstance(error, AlreadyOpen)
            assert occupant is not None
            assert occupant.id == row.id
            assert asking.sent() == sent
        await world.clock.sleep(30)
        assert [facts(record) for record in world.stored()] == [before]
        assert (world.truth().stops, world.truth().quantity) == (stops, 10)


@in_world()
async def test_f42_an_id_that_is_taken_is_refused_and_hands_back_nobodys_row(world: World, database: str) -> None:
    """Two processes that draw the same id for two symbols: the second stores nothing, sends nothing and says so."""
    world.journal = await opened(database, world)
    other = beside(world)
    other.journal = await opened(database, other)
    other.seed = world.seed
    async with two_processes(world, other) as (first, second):
        row, error = await world.tried(first)
        assert error is None
        assert row is not None
        found, error = await other.tried(second, symbol="ETHUSDT", quantity="0.02")
        assert (found, type(error)) == (None, StoreUnavailable)
        assert [(stored.id, stored.symbol) for stored in await second.list()] == [(row.id, row.symbol)]
    assert other.sent() == []
