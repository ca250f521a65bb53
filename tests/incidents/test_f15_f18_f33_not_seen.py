"""F15, F18 and F33: what is not seen is not flat, at no deadline and across no restart."""

from __future__ import annotations

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen, OrphanSuspected
from atomicpos.events import EventKind
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import in_every_mode, shaded
from shades import ShadedReads, as_it_is, fails, from_the_entry_on, nothing
from world import AVL, World, assert_safe

READS = ("orders", "fills", "position")
REPLY_LOST = Fault("place_entry", None, "http_502_executed")
HOLD = {"on_unprotectable": "hold"}
"""Where a stop waits for the fill, a fill that shows late is past the exposure deadline: protect it all the same."""


def covered_ahead(world: World) -> bool:
    """True where a stop stands before anything of the fill can be seen."""
    return world.profile.protection is not Protection.AFTER_FILL


@in_every_mode(Fault("position", None, "empty", None, 24))
async def test_f15_a_position_that_shows_after_24_s_is_protected_at_once_and_never_closed(world: World) -> None:
    """The fill is proof enough: the stop does not wait for the position poll, and nothing is closed meanwhile."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.exposure_s < 1
        assert abs(row.exposure_s - world.truth().exposure_s) < 0.01
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode(*(Fault(call, None, "empty", None, 24) for call in READS))
async def test_f15_when_nothing_at_all_shows_for_24_s_it_is_protected_within_the_deadline(world: World) -> None:
    """Twenty-four seconds of empty answers from every source end in protection.

    The stop is up all the while, or the time without one is told.
    """
    async with world.library(**HOLD) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert 24 < world.elapsed_s < 30
        assert_safe(world, row)
        assert row.exposure_s >= world.truth().exposure_s
    assert (world.truth().exposure_s < 1) is covered_ahead(world)
    assert world.sent(Call.PLACE_CLOSE) == []


def blinded(world: World, *faults: Fault) -> ShadedReads:
    """From the entry on every read on the account is an error."""
    world.venue.faults.add(*faults)
    exchange = shaded(world)
    from_the_entry_on(exchange, lambda: exchange.reads.show(fails))
    reads: ShadedReads = exchange.reads
    return reads


async def assert_suspected(world: World, positions: AtomicPositions, *, exposed: bool | None) -> Position:
    """Open blindly: the deadline passes, the suspicion is announced, and the slot stays taken."""
    row, error = await world.tried(positions)
    assert isinstance(error, OrphanSuspected)
    assert error.exposed is exposed
    assert row is not None
    assert row.state is State.ORPHAN_SUSPECTED
    assert 41 <= world.elapsed_s < 42
    assert len(world.heard(EventKind.ALERT, "orphan_suspected")) == 1
    return row


@pytest.mark.parametrize("lost", [(), (REPLY_LOST,)], ids=["acknowledged", "reply lost"])
@in_every_mode()
async def test_f18_a_deadline_without_evidence_ends_in_suspicion_and_later_in_protection(
    world: World, lost: tuple[Fault, ...]
) -> None:
    """Errors to the deadline are no absence: the row is suspected, keeps looking, and protects what shows at t=90."""
    reads = blinded(world, *lost)
    async with world.library(**HOLD) as positions:
        row = await assert_suspected(world, positions, exposed=None)
        # where a stop may precede the fill it covers all the while, though nothing of it can be read
        assert {stop.quantity for stop in world.truth().stops} == ({10} if covered_ahead(world) else set())
        await world.clock.sleep(90 - world.elapsed_s)
        reads.show(as_it_is)
        position = await world.settle(positions)
        assert position is not None
        assert (position.id, position.state) == (row.id, State.PROTECTED)
        assert world.elapsed_s < 110
        assert_safe(world, position)
    assert len(world.heard(EventKind.RESOLVED, "orphan_suspected")) == 1


@in_every_mode()
async def test_f18_a_suspected_position_keeps_its_symbol_and_no_other(world: World) -> None:
    """Until it is shown what became of it, the symbol takes no other position; other symbols do."""
    reads = blinded(world)
    async with world.library(**HOLD) as positions:
        row = await assert_suspected(world, positions, exposed=None)
        reads.show(as_it_is)
        world.exchange.before = nothing
        world.venue.faults.add(*(Fault(call, AVL, "lag", None, 100) for call in READS))
        occupant, error = await world.tried(positions)
        assert isinstance(error, AlreadyOpen)
        assert occupant is not None
        assert occupant.id == row.id
        _, error = await world.tried(positions, symbol="XRPUSDT")
        assert error is None
    assert len(world.sent(Call.PLACE_ENTRY)) == 2


@pytest.mark.parametrize("lost", [(), (REPLY_LOST,)], ids=["acknowledged", "reply lost"])
@in_every_mode()
async def test_f33_a_restart_in_the_middle_of_the_suspicion_forgets_nothing(
    world: World, lost: tuple[Fault, ...]
) -> None:
    """The process dies while the position is suspected: the next one goes on looking and protects it at t=90."""
    reads = blinded(world, *lost)
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library(**HOLD) as positions:
            await assert_suspected(world, positions, exposed=None)
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)
    await world.clock.sleep(60 - world.elapsed_s)
    async with world.library(**HOLD) as positions:
        await world.clock.sleep(90 - world.elapsed_s)
        (row,) = await positions.list()
        assert row.state is State.ORPHAN_SUSPECTED
        reads.show(as_it_is)
        position = await world.settle(positions)
        assert position is not None
        assert position.state is State.PROTECTED
        assert_safe(world, position)
    assert len(world.sent(Call.PLACE_ENTRY)) == 1


@in_every_mode(*(Fault(call, None, "empty", None, 23) for call in READS), REPLY_LOST)
async def test_f33_ten_empty_polls_are_no_rollback(world: World) -> None:
    """Many empty answers inside the visibility bound write no rolled_back: the position is found and protected."""
    async with world.library(**HOLD) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
        assert row is not None
        assert not any(entry.data.get("to") == "rolled_back" for entry in row.journal)
        assert sum(evidence.source == "position_poll" for evidence in row.evidence) >= 1
    polls = [call for _, call, _ in world.exchange.requests if call == Call.POSITION]
    assert len(polls) > 10
