"""F43: one idempotency key, one row: every repeat gets that row's answer, and nothing more is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import AlreadyOpen, EntryRefused, InvalidRequest, NotReady, OrphanSuspected, StoreUnavailable
from atomicpos.models import OrderSide, Scope, State
from atomicpos.ports import Change, Journal
from atomicpos.record import Record
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.hands import close
from atomicpos.sim.wire.server import Server
from atomicpos.testing.journals import MemoryJournal
from atomicpos.testing.journals.over import JournalOver
from gates import stoppable
from modes import in_every_mode
from wired import bybit_client, library
from world import AVL, TEN, Named, World, assert_safe, in_world

KEY = "signal-583"


@pytest.mark.parametrize("apart_s", [0, 0.05, 0.16, 0.4])
@in_every_mode()
async def test_f43_five_at_once_send_one_entry_and_get_five_equal_results(world: World, apart_s: float) -> None:
    """Two processors, or five, take the same wave, a little apart or not: one row, one entry, the same snapshot."""

    async def call(n: int) -> Any:
        await world.clock.sleep(n * apart_s)
        return await world.tried(positions, idempotency_key=KEY)

    async with world.library() as positions:
        results = await asyncio.gather(*(call(n) for n in range(5)))
        assert [error for _, error in results] == [None] * 5
        rows = [row for row, _ in results]
        facts = {(r.id, r.state, r.filled_quantity, r.entry_price, r.stop_price, r.proof.kind) for r in rows}
        assert len(facts) == 1
        assert rows[0].state is State.PROTECTED
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(rows[0].id))
    assert (world.sent(Call.PLACE_ENTRY), len(world.stored())) == (["place_entry"], 1)


@in_every_mode(Fault("position", None, "error", 2))
async def test_f43_a_twin_that_finds_the_slot_filled_meanwhile_gets_the_same_row(world: World) -> None:
    """The second looks for the key before the first stored it, and reads the slot after the first has filled it."""
    async with world.library() as positions:
        results = await asyncio.gather(*(world.tried(positions, idempotency_key=KEY) for _ in range(2)))
    assert [error for _, error in results] == [None, None]
    assert len({row.id for row, _ in results if row is not None}) == 1
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize("apart_s", [0, 0.05, 0.16, 0.4, 30])
@in_every_mode()
async def test_f43_five_callers_in_two_processes_get_five_equal_results(world: World, apart_s: float) -> None:
    """Three here and two there, a little apart or not: the row of the one who was first answers all of them."""
    other = world.beside()

    async def call(n: int) -> Any:
        await world.clock.sleep(n * apart_s)
        asking, positions = ((world, first), (other, second))[n % 2]
        return await asking.tried(positions, idempotency_key=KEY)

    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")) as second:
        results = await asyncio.gather(*(call(n) for n in range(5)))
        assert [error for _, error in results] == [None] * 5
        facts = {(r.id, r.state, r.filled_quantity, r.entry_price, r.stop_price, r.proof.kind) for r, _ in results}
        assert len(facts) == 1
        await world.clock.sleep(20)
        assert_safe(world, await second.get(results[0][0].id))
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"]
    assert len(world.stored()) == 1


class Meanwhile(JournalOver):
    """Another process of the same rows; something happens in between, once, after the key was looked for."""

    def __init__(self, inner: Journal, read: str, act: Callable[[], Awaitable[object]]) -> None:
        super().__init__(inner)
        self._read = read
        self._act: Callable[[], Awaitable[object]] | None = act
        self._looked = False

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        self._looked = True
        return await self.inner.find_key(scope, key)

    async def newest_on(self, scope: Scope, symbol: str) -> Record | None:
        await self._passes("newest_on")
        return await self.inner.newest_on(scope, symbol)

    async def load(self, position_id: str) -> Record | None:
        row = await self.inner.load(position_id)
        await self._passes("load")
        return row

    async def _passes(self, read: str) -> None:
        if self._looked and read == self._read and (act := self._act) is not None:
            self._act = None
            await act()


@in_every_mode()
async def test_f43_a_twin_is_no_stranger_in_its_own_slot(world: World) -> None:
    """The slot was read as taken, and between the look for the key and the look at the rows a twin is faster."""
    other, found = world.beside(), []
    world.venue.foreign_order(AVL, OrderSide.BUY, TEN)
    async with world.library(owners=Named("one")) as first:

        async def twin() -> None:
            close(world.venue, AVL)
            found.append(await world.tried(first, idempotency_key=KEY))

        other.journal = Meanwhile(other.journal, "newest_on", twin)
        async with other.library(owners=Named("two")) as second:
            found.append(await other.tried(second, idempotency_key=KEY))
    assert [error for _, error in found] == [None, None]
    assert found[0][0].id == found[1][0].id
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_every_mode(Fault("place_entry", None, "lose_request", 1))
async def test_f43_a_twin_that_is_faster_at_a_slot_that_becomes_free_is_found(world: World) -> None:
    """Refused by the slot of a row that is ending, which is looked at; by the time that is done its twin has it."""
    other, found = world.beside(), []
    async with world.library(owners=Named("one")) as first:
        ending = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(0.5)

        async def twin() -> None:
            await ending
            await world.settle(first)
            found.append(await world.tried(first, idempotency_key=KEY))

        other.journal = Meanwhile(other.journal, "load", twin)
        async with other.library(owners=Named("two")) as second:
            found.append(await other.tried(second, idempotency_key=KEY))
    assert [error for _, error in found] == [None, None]
    assert found[0][0].id == found[1][0].id
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"] * 2


@in_every_mode(Fault("place_entry", None, "refuse", 1))
async def test_f43_a_failure_is_the_same_failure_for_every_process(world: World) -> None:
    """Refused for one of them, and so for all: no second entry leaves because another process asks."""
    other = world.beside()
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")) as second:
        callers = [asking.tried(p, idempotency_key=KEY) for asking, p in ((world, first), (other, second))]
        results = await asyncio.gather(*callers, *(other.tried(second, idempotency_key=KEY) for _ in range(3)))
        assert [type(error) for _, error in results] == [EntryRefused] * 5
        assert len({(row.id, str(error)) for row, error in results if row}) == 1
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_every_mode()
async def test_f43_whoever_waits_for_another_process_is_answered_by_its_successor(world: World) -> None:
    """The one that was first stops for good: the repeat goes on waiting for the same row, until it is protected."""
    other = world.beside()
    gate = stoppable(world)
    async with other.library(owners=Named("two")) as second:
        first = await world.library(owners=Named("one")).__aenter__()
        opening = asyncio.ensure_future(world.tried(first, idempotency_key=KEY))
        await world.clock.sleep(0.2)
        gate.closed = True
        row, error = await other.tried(second, idempotency_key=KEY)
        assert error is None
        assert_safe(world, row)
        opening.cancel()
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_world()
async def test_f43_later_and_after_a_restart_the_key_still_has_its_row(world: World) -> None:
    """An hour later, and in the next process: the same position, without a read or a write at the exchange."""
    async with world.library() as positions:
        first, _ = await world.tried(positions, idempotency_key=KEY)
        assert first is not None
        await world.clock.sleep(3600)
        again, error = await world.tried(positions, idempotency_key=KEY)
        assert (error, again and again.id) == (None, first.id)
    async with world.library(journal=world.journal.reopened()) as positions:
        await world.clock.sleep(20)
        asked = len(world.exchange.requests)
        again, error = await world.tried(positions, idempotency_key=KEY)
        assert (error, again and again.id) == (None, first.id)
        assert len(world.exchange.requests) == asked
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


OTHERS: list[dict[str, Any]] = [
    {"quantity": "11"}, {"side": "sell"}, {"symbol": "XRPUSDT"}, {"leverage": 5}, {"stop_loss_percent": "2.5"},
    {"stop_loss_price": "1.33"}, {"stop_loss": lambda price, side: price * Decimal("0.98")},
]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: "-".join(other))
@pytest.mark.parametrize("at_once", [True, False])
@in_world()
async def test_f43_the_same_key_with_another_request_is_invalid(
    world: World, other: dict[str, Any], at_once: bool
) -> None:
    """At once or later, it names the key and the position that has it, and sends nothing."""
    async with world.library() as positions:
        first = asyncio.ensure_future(world.tried(positions, idempotency_key=KEY))
        await world.clock.sleep(0.2 if at_once else 20)
        row, error = await world.tried(positions, idempotency_key=KEY, **other)
        assert isinstance(error, InvalidRequest)
        assert row is None
        told, _ = await first
        assert told is not None
        assert str(error) == f"idempotency_key 'signal-583' belongs to another request, position {told.id}"
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize("spelled", [
    {"quantity": 10.0}, {"quantity": Decimal("10.00")}, {"symbol": "AVL/USDT:USDT"}, {"side": "LONG"},
    {"stop_loss_percent": 2}, {"stop_loss_percent": "2.0"},
], ids=str)  # fmt: skip
@in_world()
async def test_f43_another_spelling_is_the_same_request(world: World, spelled: dict[str, Any]) -> None:
    """10, 10.0 and buy, LONG are no other request."""
    async with world.library() as positions:
        first, _ = await world.tried(positions, idempotency_key=KEY)
        again, error = await world.tried(positions, idempotency_key=KEY, **spelled)
    assert error is None
    assert (again and again.id) == (first and first.id)


@in_world(Fault("place_entry", None, "refuse", 1))
async def test_f43_a_repeat_of_a_failure_is_the_same_failure(world: World) -> None:
    """What was refused is refused again by its row, though the exchange would take it by now."""
    async with world.library() as positions:
        first, error = await world.tried(positions, idempotency_key=KEY)
        again, repeated = await world.tried(positions, idempotency_key=KEY)
    assert (type(error), type(repeated), str(error)) == (EntryRefused, EntryRefused, str(repeated))
    assert (again and again.id) == (first and first.id)
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_f43_a_repeat_while_the_outcome_is_unknown_waits_for_the_same_row(world: World) -> None:
    """The first is told that it is an orphan suspected; the repeat is told the same, and nothing is sent."""
    async with world.library() as positions:
        first, error = await world.tried(positions, idempotency_key=KEY)
        again, repeated = await world.tried(positions, idempotency_key=KEY)
        assert (type(error), type(repeated)) == (OrphanSuspected, OrphanSuspected)
        assert (again and again.id) == (first and first.id)
        world.venue.faults.clear()
        await world.settle(positions)
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


class FullDisk(MemoryJournal):
    """A database that takes no new row while it is told so."""

    full = True

    async def admit(self, change: Change, lease_us: int) -> None:
        if self.full:
            raise StoreUnavailable("the disk is full")
        await super().admit(change, lease_us)


NOTHING_STORED = {"input": InvalidRequest, "read": NotReady, "database": StoreUnavailable, "slot": AlreadyOpen}


@pytest.mark.parametrize("fails", NOTHING_STORED)
@in_world()
async def test_f43_a_call_that_stored_nothing_leaves_its_key_free(world: World, fails: str) -> None:
    """Refused input, an unreadable exchange, a full disk, a taken slot: the same key opens afterwards, once."""
    world.journal = journal = FullDisk()
    journal.full = fails == "database"
    request: dict[str, Any] = {"quantity": "0.5"} if fails == "input" else {}
    if fails == "read":
        world.venue.faults.add(Fault("mark", None, "error"))
    async with world.library() as positions:
        holder = await world.tried(positions) if fails == "slot" else None
        row, error = await world.tried(positions, idempotency_key=KEY, **request)
        assert type(error) is NOTHING_STORED[fails]
        if holder is not None and holder[0] is not None:
            await positions.close_position(holder[0].id)
        world.venue.faults.clear()
        journal.full = False
        row, error = await world.tried(positions, idempotency_key=KEY)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert (world.truth().quantity, world.truth().stop_quantity >= 10) == (10, True)


@pytest.mark.wire
async def test_f43_on_the_wire_five_repeats_are_one_create(bybit: Server) -> None:
    """Five tasks of a real client: one order/create arrives, and five equal positions come back."""
    async with library(bybit_client(bybit)) as positions:
        rows = await asyncio.gather(*(
            positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", idempotency_key=KEY)
            for _ in range(5)
        ))
    created = [json.loads(a.body) for a in bybit.arrivals.entries if a.path == "/v5/order/create"]
    assert [body["reduceOnly"] for body in created] == [False]
    assert len({(row.id, row.state, row.stop_price) for row in rows}) == 1
