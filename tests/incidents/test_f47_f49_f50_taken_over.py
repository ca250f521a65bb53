"""F47, F49 and F50 where nobody restarts: a process beside it takes the row over, by its lease, and knows no better."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.models import Goal, Position, ProofKind, State
from atomicpos.ports import PlaceOrder
from atomicpos.profile import Protection
from atomicpos.sim import Fault, Venue, hands
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import JournalOver
from gates import Gate, gate, never, stoppable
from modes import in_every_mode, shaded
from world import AVL, Named, World, assert_safe, play

LEASE_S = 24
TAKEN_S = LEASE_S + 5
"""A lease, and a turn of the other one's watchdog."""
LAST_WORD_S = 6
MIXES: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "the entry's reply is lost": (Fault("place_entry", None, "http_502_executed"),),
    "the first stop is refused": (Fault("place_stop", None, "refuse", 1), Fault("set_stop", None, "refuse", 1)),
    "everything shows late": tuple(Fault(call, None, "lag", None, 3) for call in ("orders", "fills", "position")),
}
EVERY = 4
"""Every fourth passage: the others are tried with restarts."""


def stops_at(world: World, at: int) -> Gate:
    """The world's process stops for good before or after its ``at``-th call; its lease stands."""

    async def strike(name: str) -> None:
        stopped.closed = True
        await never()

    stopped = Gate(at, strike)
    gate(world, stopped)
    return stopped


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize("mix", MIXES.values(), ids=MIXES.keys())
def test_f47_whatever_call_a_process_stops_at_the_one_beside_it_keeps_the_promise(
    mix: tuple[Fault, ...], protection: Protection
) -> None:
    """Silent from then on, and not known to be gone: taken over once its lease lapsed, and one entry at the most."""
    stopped: list[bool] = []

    async def scene(world: World, at: int) -> None:
        other = world.beside()
        first_stops = stops_at(world, at)
        async with other.library(owners=Named("two")) as second:
            opening = asyncio.ensure_future(life(world))
            await asyncio.wait({opening}, timeout=TAKEN_S)
            stopped.append(first_stops.closed)
            await world.clock.sleep(TAKEN_S)
            row = await other.settle(second, quiet_s=LAST_WORD_S)
            assert_safe(other, row)
            opening.cancel()
        assert len(world.sent(Call.PLACE_ENTRY)) + len(other.sent(Call.PLACE_ENTRY)) <= 1

    for at in range(1, 200, EVERY):
        try:
            play(scene, *mix, protection=protection, at=at)
        except Exception as error:
            error.add_note(f"the first process stopped at passage {at}")
            raise
        if not stopped[-1]:
            break
    assert stopped.count(True) > 5


async def life(world: World) -> None:
    """What the first process does: enter, open, stay."""
    first = await world.library(owners=Named("one")).__aenter__()
    await world.tried(first)


# --- F49 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late_s", [0.5, 2, 4.5])
@in_every_mode()
async def test_f49_an_entry_that_arrives_after_its_row_was_taken_over_is_protected(
    world: World, late_s: float
) -> None:
    """Still on the wire when its process is found gone: nothing is settled until it could arrive no more."""
    world.venue.faults.add(Fault("place_entry", None, "late_request", 1, late_s))
    other = world.beside()
    first_stops = stoppable(world)
    successor = Named("two")
    async with other.library(owners=successor) as second:
        opening = asyncio.ensure_future(life(world))
        async with asyncio.timeout(10):
            while not world.sent(Call.PLACE_ENTRY):
                await world.clock.sleep(0.01)
        first_stops.closed = True
        successor.known_gone.add("one")
        await second.recover()
        row = await other.settle(second, quiet_s=LAST_WORD_S)
        assert row is not None
        assert row.state is State.PROTECTED
        assert_safe(other, row)
        opening.cancel()
    assert other.sent(Call.PLACE_ENTRY) == []


class Cut(JournalOver):
    """A connection to the database that is gone while it is cut."""

    cut = False

    async def renew(self, claimant: Any) -> dict[str, int]:
        if self.cut:
            raise StoreUnavailable("the network is gone")
        return await super().renew(claimant)

    async def commit(self, change: Any) -> None:
        if self.cut:
            raise StoreUnavailable("the network is gone")
        await super().commit(change)


@in_every_mode()
async def test_f49_an_entry_that_was_held_up_beyond_its_lease_never_leaves(world: World) -> None:
    """Committed, then asleep for half a minute before its request: the row is another's, and the send is refused."""
    other = world.beside()
    world.journal = journal = Cut(world.journal)
    exchange = shaded(world)

    async def before(request: Any) -> None:
        if isinstance(request, PlaceOrder) and request.leg == "entry":
            journal.cut = True
            await world.clock.sleep(TAKEN_S + 1)

    exchange.before = before
    async with other.library(owners=Named("two")) as second, world.library(owners=Named("one")) as first:
        opening = asyncio.ensure_future(world.tried(first))
        await world.clock.sleep(TAKEN_S + 2)
        journal.cut = False
        row = await other.settle(second)
        assert row is not None
        assert row.state is State.ROLLED_BACK
        assert row.proof is not None
        assert row.proof.kind is ProofKind.ABSENT
        told, _ = await opening
        assert told is not None
        assert told.id == row.id
    assert world.sent(Call.PLACE_ENTRY) == other.sent(Call.PLACE_ENTRY) == []
    assert world.truth().entries == 0


# --- F50 ----------------------------------------------------------------------------------------------------------


def liquidated(venue: Venue, symbol: str) -> None:
    venue.liquidate(symbol)


@pytest.mark.parametrize("end", [hands.close, hands.stop_out, liquidated])
@in_every_mode(Fault("place_close", None, "refuse"))
async def test_f50_an_exit_that_was_left_half_done_is_not_sent_into_an_empty_slot(
    world: World, end: Callable[[Venue, str], None]
) -> None:
    """Asked to close, refused, silent; gone by another hand meanwhile: who takes it over looks, and sends no close."""
    other = world.beside()
    first_stops = stoppable(world)
    async with other.library(owners=Named("two")) as second:
        first = await world.library(owners=Named("one")).__aenter__()
        row, error = await world.tried(first)
        assert error is None
        assert row is not None
        closing = asyncio.ensure_future(first.close_position(row.id))
        await world.clock.sleep(1)
        first_stops.closed = True
        assert [record.goal for record in world.stored()] == [Goal.FLAT]
        world.venue.faults.clear()
        end(world.venue, AVL)
        await world.clock.sleep(TAKEN_S)
        after: Position = await second.wait(row.id)
        assert after.state is State.CLOSED
        assert_safe(other, after)
        closing.cancel()
    assert other.sent(Call.PLACE_CLOSE) == []
