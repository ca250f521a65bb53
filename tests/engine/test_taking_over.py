"""Rows change hands: only from who is gone, from who gave them back, or once their lease has lapsed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import StoreUnavailable
from atomicpos.models import MICROSECONDS, Position, State
from atomicpos.record import Record
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import JournalOver
from gates import stoppable
from modes import in_every_mode, naked, stop_faults
from world import ORDERS, Named, World, assert_safe, in_world

WATCH_S = 5
LEASE_S = 24
LAST_WORD_S = 6
"""The receive window and the skew: for so long what the predecessor sent last may still arrive."""
LOOKS_S = 3
"""What a look and the requests after it take at the most, when all is calm."""


async def protected(world: World, positions: AtomicPositions, **request: Any) -> Position:
    """A protected position whose drive has come to rest."""
    row, error = await world.tried(positions, **request)
    assert error is None
    assert row is not None
    await world.clock.sleep(10)
    return row


async def stored(world: World, position_id: str) -> Record:
    row = await world.journal.load(position_id)
    assert row is not None
    return row


# --- who lives keeps his rows -------------------------------------------------------------------------------------


@in_every_mode()
async def test_rows_of_a_living_owner_are_left_alone(world: World) -> None:
    """For an hour a second process runs beside it: it can read the row, and neither takes nor touches it."""
    other = world.beside()
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")) as second:
        row = await protected(world, first)
        await world.clock.sleep(3600)
        assert ((await stored(world, row.id)).owner, (await stored(world, row.id)).fence) == ("one", 1)
        assert (await second.get(row.id)).state is State.PROTECTED
        assert (await second.health()).driven == 0
    assert other.sent() == []


@in_every_mode()
async def test_a_suspected_orphan_of_a_living_owner_is_left_to_it(world: World) -> None:
    """Who looks for it without end goes on doing so; the other one asks nothing about it and sends nothing."""
    other = world.beside()
    world.venue.faults.add(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("two")):
        row, _ = await world.tried(first)
        assert row is not None
        assert row.state is State.ORPHAN_SUSPECTED
        await world.clock.sleep(300)
        assert (await stored(world, row.id)).owner == "one"
        assert [c for _, c, _ in other.exchange.requests if not c.startswith("account")] == []


@in_world()
async def test_leases_are_renewed_in_one_call_three_times_a_lease(world: World) -> None:
    """Fifteen positions, an hour: a renewal every eight seconds, and none of them lapses."""
    counting = world.journal = CountedRenewals(world.journal)
    async with world.library(owners=Named("one")) as positions:
        for symbol in world.venue.symbols():
            await world.tried(positions, symbol=symbol, quantity=world.worth(symbol))
        began = counting.renewals
        await world.clock.sleep(3600)
        assert counting.renewals - began == 3600 / (LEASE_S / 3)
        assert len(await positions.list(State.PROTECTED)) == 15
        assert {row.fence for row in world.stored()} == {1}


class CountedRenewals(JournalOver):
    """A journal that counts its renewals."""

    renewals = 0

    @property
    def _rows(self) -> Any:
        return self.inner._rows  # type: ignore[attr-defined]

    async def renew(self, claimant: Any) -> dict[str, int]:
        self.renewals += 1
        return await super().renew(claimant)


# --- who is silent, gone, or leaves -------------------------------------------------------------------------------


@in_every_mode()
async def test_rows_of_a_silent_owner_are_taken_over_once_the_lease_lapsed_and_not_before(world: World) -> None:
    """Stopped for good: for as long as the lease may stand nobody touches the row, a watch later it is driven."""
    other = world.beside()
    gate = stoppable(world)
    async with other.library(owners=Named("two")) as second:
        first = await world.library(owners=Named("one")).__aenter__()
        row = await protected(world, first)
        gate.closed = True
        await world.clock.sleep(LEASE_S * 2 / 3 - 0.1)
        before = await stored(other, row.id)
        assert (before.owner, before.fence, other.sent()) == ("one", 1, [])
        await world.clock.sleep(LEASE_S / 3 + WATCH_S + LAST_WORD_S + LOOKS_S)
        after = await stored(other, row.id)
        assert (after.owner, after.fence, after.state) == ("two", 2, State.PROTECTED)
        assert (await second.health()).positions == {"protected": 1}
        assert_safe(other, await second.get(row.id))
    assert other.sent(*ORDERS) == []


@in_every_mode()
async def test_rows_of_who_is_gone_are_taken_at_the_next_turn(world: World) -> None:
    """A lease that still stands is not waited for when its owner's process certainly runs no more."""
    other = world.beside()
    gate = stoppable(world)
    successor = Named("two")
    async with other.library(owners=successor):
        first = await world.library(owners=Named("one")).__aenter__()
        row = await protected(world, first)
        gate.closed = True
        await world.clock.sleep(WATCH_S + 1)
        assert (await stored(other, row.id)).owner == "one"
        successor.known_gone.add("one")
        await world.clock.sleep(WATCH_S)
        assert (await stored(other, row.id)).owner == "two"


@in_every_mode()
async def test_a_clean_stop_gives_every_row_back(world: World) -> None:
    """Left in peace: no row has an owner, and the other process drives them all one turn later."""
    other = world.beside()
    async with other.library(owners=Named("two")) as second:
        async with world.library(owners=Named("one")) as first:
            rows = [await protected(world, first, symbol=s, quantity=world.worth(s)) for s in ("AVLUSDT", "ETHUSDT")]
        assert {(await stored(other, row.id)).owner for row in rows} == {None}
        await world.clock.sleep(WATCH_S + 1)
        assert {(await stored(other, row.id)).owner for row in rows} == {"two"}
        assert (await second.health()).positions == {"protected": 2}


@in_every_mode()
async def test_the_next_start_takes_what_was_given_back_before_its_block_begins(world: World) -> None:
    """Whoever comes next, under whatever name, has the row when its block is entered."""
    async with world.library(owners=Named("one")) as first:
        row = await protected(world, first)
    other = world.beside()
    async with other.library(owners=Named("two")):
        assert (await stored(other, row.id)).owner == "two"


MOMENTS = {"on its way": 0.2, "filled": 0.35, "being protected": 0.5, "protected": 3.0}


@pytest.mark.parametrize("after_s", MOMENTS.values(), ids=MOMENTS.keys())
@pytest.mark.parametrize("gone", [True, False], ids=["gone", "silent"])
@in_every_mode()
async def test_a_row_that_was_left_anywhere_on_the_way_ends_protected(world: World, gone: bool, after_s: float) -> None:
    """Its process stops in the middle of an open: one entry, a stop of ours over it, and the successor's word on it."""
    naked(world)
    other = world.beside()
    gate = stoppable(world)
    successor = Named("two", *(["one"] if gone else []))
    async with other.library(owners=successor) as second:
        first = await world.library(owners=Named("one")).__aenter__()
        opening = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(after_s)
        gate.closed = True
        await world.clock.sleep((0 if gone else LEASE_S) + WATCH_S + LAST_WORD_S + LOOKS_S)
        (row,) = await second.list()
        assert (row.state, (await stored(other, row.id)).owner) == (State.PROTECTED, "two")
        assert_safe(other, await second.get(row.id))
        opening.cancel()
    assert world.sent(Call.PLACE_ENTRY) + other.sent(Call.PLACE_ENTRY) == ["place_entry"]


@in_every_mode()
async def test_a_successor_protects_at_once_and_says_so_only_after_the_last_word(world: World) -> None:
    """Taken over naked: its stop stands within a second or three, and ``protected`` waits for six more seconds."""
    naked(world)
    world.venue.faults.add(*stop_faults("lose_request"))
    other = world.beside()
    gate = stoppable(world)
    successor = Named("two")
    async with other.library(owners=successor, exposure_deadline_s=60) as second:
        first = await world.library(owners=Named("one"), exposure_deadline_s=60).__aenter__()
        opening = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(2)
        gate.closed = True
        world.venue.faults.clear()
        assert world.truth().stop_quantity == 0
        successor.known_gone.add("one")
        await second.recover()
        taken_us = world.clock.now_us()
        await world.clock.sleep(LOOKS_S)
        assert world.truth().stop_quantity >= 10
        (row,) = await second.list()
        assert row.state is State.VERIFYING
        await world.clock.sleep(LAST_WORD_S - LOOKS_S - 0.1)
        assert (await second.get(row.id)).state is State.VERIFYING
        await world.clock.sleep(1)
        assert (await second.get(row.id)).state is State.PROTECTED
        opening.cancel()
    cancelled = [at_us for at_us, call, _ in other.exchange.requests if call == Call.CANCEL]
    assert all(at_us >= taken_us + LAST_WORD_S * MICROSECONDS for at_us in cancelled)


# --- who was fenced out -------------------------------------------------------------------------------------------


class Cut(JournalOver):
    """A connection to the database that can be cut: then every call fails."""

    cut = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name in ("inner", "cut", "installation", "place", "close") or not self.cut:
            return found
        return _fails


def _fails(*args: Any, **kwargs: Any) -> Awaitable[Any]:
    raise StoreUnavailable("the network is gone")


async def fenced_out(world: World, first: AtomicPositions, journal: Cut) -> Position:
    """A position whose stop somebody takes down while its owner cannot reach the database; another took the row."""
    row = await protected(world, first)
    journal.cut = True
    await world.clock.sleep(LEASE_S + WATCH_S + LAST_WORD_S)
    return row


@in_every_mode()
async def test_who_was_fenced_out_leaves_the_row_alone(world: World) -> None:
    """Cut off for longer than its lease, then back: the row is the other's, and it drives nothing and sends nothing."""
    other = world.beside()
    world.journal = journal = Cut(world.journal)
    async with other.library(owners=Named("two")), world.library(owners=Named("one")) as first:
        row = await fenced_out(world, first, journal)
        assert (await stored(other, row.id)).owner == "two"
        sent = world.sent()
        journal.cut = False
        await world.clock.sleep(60)
        assert ((await stored(other, row.id)).owner, (await stored(other, row.id)).fence) == ("two", 2)
        assert (await first.health()).driven == 0
        assert_safe(other, await first.get(row.id))
        assert world.sent() == sent


@in_every_mode()
async def test_who_was_fenced_out_notes_what_it_knew_and_its_caller_hears_the_row(world: World) -> None:
    """Cut off right after the send: what it saw and did is appended later, the row stays as the other one left it."""
    other = world.beside()
    world.journal = journal = Cut(world.journal)
    async with other.library(owners=Named("two")) as second, world.library(owners=Named("one")) as first:
        opening = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(0.2)
        journal.cut = True
        await world.clock.sleep(LEASE_S + WATCH_S + LAST_WORD_S + LOOKS_S)
        (row,) = await second.list()
        left, known = await stored(other, row.id), await other.journal.history(row.id)
        assert left.owner in ("two", None)
        journal.cut = False
        await world.clock.sleep(LEASE_S)
        noted = await other.journal.history(row.id)
        told, _ = await opening
        after = await stored(other, row.id)
        assert (after.owner, after.fence, after.state, after.proof) == (left.owner, left.fence, left.state, left.proof)
        assert told is not None
        assert (told.id, told.state) == (row.id, after.state)
        new = noted.entries[len(known.entries):]
        assert any(entry.text == "entry 1 acknowledged" for entry in new)
        assert len(noted.evidence) > len(known.evidence)
        assert (await first.health()).driven == 0
