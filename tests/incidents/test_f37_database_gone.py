"""F37: the whole database goes, leases included, for a while or for good, and perhaps its process with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from acts import opened
from atomicpos.errors import AtomicPositionError, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.externals import EXTERNAL_POSITION, UNRECORDED_ORDER
from atomicpos.ids import installation_of
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import JournalOver, MemoryJournal
from gates import stoppable
from modes import MODES, attached, in_every_mode
from world import Named, World, assert_safe, play

LEASE_S = 24
AWAY_S = 40
"""Longer than a lease: whoever had the row has none when the database is back, unless it renews before another came."""
CALLS = (
    "admit", "commit", "note", "claim", "claim_one", "want", "renew", "give_back", "release", "owners", "beat",
    "heartbeats", "bind_account", "load", "find_key", "find_orders", "newest_on", "holding", "settled_since", "list",
    "history",
)  # fmt: skip
READS = ("load", "find_key", "find_orders", "newest_on", "holding", "settled_since", "list", "history", "heartbeats")


class Database(JournalOver):
    """A database of which calls fail from the k-th on, or while it is away; ``works`` go on working."""

    def __init__(self, inner: MemoryJournal, k: int | None = None, works: tuple[str, ...] = ()) -> None:
        super().__init__(inner)
        self.rows = inner
        self.away = False
        self.calls = 0
        self.k = k
        self.works = works

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in CALLS or name in self.works:
            return found
        self.calls += 1
        self.away = self.away or self.calls == self.k
        return _gone if self.away else found

    def back(self) -> None:
        """It answers again, from now on."""
        self.away, self.k = False, None


async def _gone(*args: Any) -> Any:
    raise StoreUnavailable("the disk is gone")


UNPROTECTABLE = (Fault("place_entry", None, "drop_attached"), Fault("set_stop", None, "refuse"),
                 Fault("place_stop", None, "refuse"))  # fmt: skip
WEATHERS: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "the entry's reply is lost": (Fault("place_entry", None, "http_502_executed", 1),),
    "no stop can be had": UNPROTECTABLE,
    "it never fills": (Fault("place_entry", None, "never_fill", 1),),
    "it is liquidated": (Fault("place_entry", None, "liquidate", 1, 0.2),),
}


def steps_of(scene: Callable[..., Any], protection: Protection, *weather: Fault) -> None:
    """Play the scene with the database failing from each of its calls on, until the open is over before that."""
    reached: list[bool] = []

    async def one(world: World, k: int) -> None:
        reached.append(await scene(world, k))

    for k in count(1):
        try:
            play(one, *weather, protection=protection, k=k)
        except Exception as error:
            error.add_note(f"the database was gone from call {k} on")
            raise
        if not reached[-1]:
            break
    assert len(reached) > 8


async def the_open_is_over(world: World, opening: asyncio.Task[Any], seconds: float) -> None:
    await asyncio.wait({opening}, timeout=seconds)


def safe_at_the_exchange(world: World) -> bool:
    """Flat, or wholly under a stop."""
    truth = world.truth()
    return truth.quantity == 0 or truth.stop_quantity >= abs(truth.quantity)


@pytest.mark.parametrize("protection", MODES)
@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_f37_gone_for_longer_than_a_lease_from_any_call_on_it_is_put_right_afterwards(
    weather: tuple[Fault, ...], protection: Protection
) -> None:
    """Every call fails from the k-th on, for forty seconds: safe at the exchange meanwhile, and in the row later."""

    async def scene(world: World, k: int) -> bool:
        world.journal = database = Database(world.journal, None)
        async with world.library(owners=Named("one")) as positions:
            database.calls, database.k = 0, k
            opening = asyncio.ensure_future(world.tried(positions))
            await the_open_is_over(world, opening, 25)
            failed = database.away
            assert safe_at_the_exchange(world)
            await world.clock.sleep(AWAY_S - 25)
            database.back()
            world.venue.faults.clear()
            row, error = await opening
            assert row is not None or isinstance(error, StoreUnavailable)
            for stored in database.rows._rows.records.values():
                await positions.wait(stored.id)
                await world.clock.sleep(20)
                assert_safe(world, await positions.get(stored.id))
                assert await database.rows.owners(stored.intent.scope) <= {"one"}
        return failed

    steps_of(scene, protection, *weather)


@pytest.mark.parametrize("protection", MODES)
@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_f37_gone_for_good_and_the_process_as_well_the_next_one_puts_it_right(
    weather: tuple[Fault, ...], protection: Protection
) -> None:
    """From the k-th call on nothing is stored, then the process ends: the next finds its orders by recomputed ids."""

    async def scene(world: World, k: int) -> bool:
        other = world.beside()
        world.journal = database = Database(world.journal, None)
        gate = stoppable(world)
        first = await world.library(owners=Named("one")).__aenter__()
        database.calls, database.k = 0, k
        opening = asyncio.ensure_future(world.tried(first))
        await the_open_is_over(world, opening, 25)
        failed = database.away
        gate.closed = True
        world.venue.faults.clear()
        async with other.library(owners=Named("two", "one")) as second:
            await world.clock.sleep(60)
            row = await other.settle(second, quiet_s=20)
            assert_safe(other, row)
            await said_or_known(other, row)
        opening.cancel()
        assert len(world.sent(Call.PLACE_ENTRY)) + len(other.sent(Call.PLACE_ENTRY)) <= 1
        return failed

    steps_of(scene, protection, *weather)


async def said_or_known(world: World, row: Position | None) -> None:
    """Every order with our prefix that lives is in the row; whatever else was there was said."""
    known = {order.client_order_id for order in row.orders} if row is not None else set()
    living = {order.client_order_id for order in world.accepted() if order.live and installation_of(
        order.client_order_id)}  # fmt: skip
    said = " ".join(event.text for event in world.heard(EventKind.ALERT, UNRECORDED_ORDER))
    assert all(own_id in known or str(own_id) in said for own_id in living)


# --- what is lost with it -----------------------------------------------------------------------------------------


@in_every_mode()
async def test_f37_when_the_record_is_lost_as_well_the_sweep_reports_its_orders_by_prefix(world: World) -> None:
    """A database put back from before the open: the position and our orders are said, once each, and left alone."""
    async with world.library() as positions:
        row = await opened(world, positions)
    world.journal = MemoryJournal("test", world.clock.now_us)
    stops, sent = world.truth().stops, world.sent()
    async with world.library() as positions:
        await world.clock.sleep(70)
        said = {event.text for event in world.heard(EventKind.ALERT, UNRECORDED_ORDER)}
        entry = next(order for order in row.orders if order.leg == "entry")
        assert any(entry.client_order_id in text for text in said)
        living = [str(stop.client_order_id) for stop in stops if stop.client_order_id]
        assert all(any(own_id in text for text in said) for own_id in living)
        assert (living == []) is attached(world)
        assert len(world.heard(EventKind.ALERT, EXTERNAL_POSITION)) == 1
        assert len(world.heard(EventKind.ALERT)) == len(said) + 1
        assert await positions.list() == ()
    assert (world.truth().stops, world.truth().quantity, world.sent()) == (stops, 10, sent)


@in_every_mode(Fault("fills", None, "lag", None, 3))
async def test_f37_evidence_is_spooled_and_stored_later(world: World) -> None:
    """What was seen and done while nothing could be written stands in the row afterwards, with its own times."""
    world.journal = database = Database(world.journal)
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.2)
        database.away = True
        began_us = world.clock.now_us()
        await world.clock.sleep(15)
        ended_us = world.clock.now_us()
        database.back()
        row, error = await opening
        assert error is None
        assert row is not None
        await world.clock.sleep(20)
        after = await positions.get(row.id)
    seen = {found.source for found in after.evidence if began_us < found.asked_at_us < ended_us}
    assert seen >= {"order_status", "position_poll"}
    done = [entry.text for entry in after.journal if began_us < entry.at_us < ended_us]
    assert "entry 1 acknowledged" in done
    assert any(entry.startswith("order_filled to verifying") for entry in done)


# --- leases without a database ------------------------------------------------------------------------------------


async def asked_to_close(positions: Any, row: Position) -> Position | AtomicPositionError:
    try:
        return await positions.close_position(row.id)
    except AtomicPositionError as error:
        return error


@pytest.mark.parametrize("away_s", [3, 12])
@in_every_mode()
async def test_f37_a_close_leaves_while_the_lease_lasts(world: World, away_s: int) -> None:
    """Nothing can be written or renewed since seconds: asked to close, it is closed at once."""
    world.journal = database = Database(world.journal, works=READS)
    async with world.library(owners=Named("one")) as positions:
        row = await opened(world, positions)
        while world.elapsed_s % (LEASE_S / 3) > 0.5:  # right after a renewal
            await world.clock.sleep(0.1)
        database.away = True
        await world.clock.sleep(away_s)
        closing = asyncio.ensure_future(asked_to_close(positions, row))
        await world.clock.sleep(2)
        assert world.truth().quantity == 0
        database.back()
        closed = await closing
        assert isinstance(closed, Position)
        assert closed.state is State.CLOSED


@in_every_mode()
async def test_f37_once_the_lease_has_lapsed_the_stop_stands_and_the_close_waits_for_the_database(
    world: World,
) -> None:
    """Another process may have the row by then: nothing that could hurt leaves, until the lease is renewed."""
    world.journal = database = Database(world.journal, works=READS)
    async with world.library(owners=Named("one")) as positions:
        row = await opened(world, positions)
        database.away = True
        await world.clock.sleep(LEASE_S + 5)
        sent = world.sent()
        closing = asyncio.ensure_future(asked_to_close(positions, row))
        await world.clock.sleep(30)
        assert world.sent() == sent
        assert world.truth().stop_quantity >= 10
        database.back()
        closed = await closing
        assert isinstance(closed, Position)
        assert closed.state is State.CLOSED
        assert world.truth().quantity == 0
