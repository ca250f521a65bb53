"""``resolve``: an operator's word settles a suspected orphan, unless a source speaks against it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from acts import opened
from atomicpos.app import AtomicPositions
from atomicpos.errors import InvalidRequest, OrphanSuspected, ResolutionRefused, UnknownPosition
from atomicpos.events import EventKind
from atomicpos.evidence import Evidence
from atomicpos.models import SETTLED, Position, ProofKind, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode
from world import World, in_world

READS = ("orders", "fills", "position", "position_stop")
BLIND = tuple(Fault(call, None, "error") for call in READS)
REASON = "support says that order 4711 never reached the matching engine"


async def orphan(world: World, positions: AtomicPositions, *faults: Fault) -> Position:
    """A position whose entry was answered by nothing and of which no source can tell, past its deadline."""
    world.venue.faults.add(*(fault for fault in faults if fault.call == Call.PLACE_ENTRY))
    opening = asyncio.ensure_future(world.tried(positions))
    await world.clock.sleep(0.151)  # the preflight has read, the entry is on its way
    world.venue.faults.add(*(fault for fault in faults if fault.call != Call.PLACE_ENTRY))
    row, error = await opening
    assert isinstance(error, OrphanSuspected)
    assert row is not None
    return row


@pytest.mark.parametrize("as_", sorted(SETTLED))
@in_every_mode()
async def test_an_operators_word_settles_what_no_source_can_answer(world: World, as_: State) -> None:
    """Every source fails: the word stands, with name and reason in the proof, and the slot is free."""
    async with world.library() as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        ended = await positions.resolve(row.id, as_.value, f"  {REASON} ", by="ada")
        assert ended.state is as_
        assert ended.proof is not None
        assert ended.proof.kind is ProofKind.OPERATOR
        assert ended.proof.detail.startswith(f"ada: {REASON} (no source showed a position; no answer from ")
        assert ended.proof.detail.endswith("no answer from order_status, position_poll, trade_history)")
        assert [entry.text for entry in ended.journal if entry.cause == "resolve"] == [
            f"ada says {as_.value}: {REASON}; every source is looked at once more"
        ]
        world.venue.faults.clear()
        await opened(world, positions)
    assert len(world.heard(EventKind.ALERT, "orphan_suspected")) == 1
    assert len(world.heard(EventKind.RESOLVED, "orphan_suspected")) == 1


@in_world()
async def test_without_a_name_the_user_of_the_machine_is_the_operator(world: World, monkeypatch: Any) -> None:
    """The word is somebody's in any case."""
    monkeypatch.setattr("getpass.getuser", lambda: "grace")
    async with world.library() as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        ended = await positions.resolve(row.id, State.ROLLED_BACK, REASON)
    assert ended.proof is not None
    assert ended.proof.detail.startswith("grace: ")


@in_world()
async def test_sources_that_answer_and_show_nothing_do_not_speak_against_it(world: World) -> None:
    """Two sources say absent, one fails: the word may stand, and the proof names the silent one only."""
    async with world.library(verification_deadline_s=36) as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), BLIND[0])
        ended = await positions.resolve(row.id, "rolled_back", REASON, by="ada")
    assert ended.proof is not None
    assert "no answer from order_status)" in ended.proof.detail


@in_every_mode()
async def test_a_word_against_a_position_that_is_seen_is_refused(world: World) -> None:
    """The slot shows ten: ResolutionRefused naming the source; the row stays suspected, covered and driven."""
    async with world.library() as positions:
        row = await orphan(world, positions, *BLIND)
        world.venue.faults.clear()
        world.venue.faults.add(BLIND[0], BLIND[1])
        with pytest.raises(ResolutionRefused, match="position_poll shows 10 long") as refused:
            await positions.resolve(row.id, "rolled_back", REASON, by="ada")
        assert refused.value.position is not None
        assert refused.value.position.state is State.ORPHAN_SUSPECTED
        world.venue.faults.clear()
        after = await positions.wait(row.id)
        assert after.state is State.PROTECTED
        assert world.truth().stop_quantity >= 10


@in_world(protection=Protection.ON_ACKNOWLEDGEMENT)
async def test_a_word_against_an_order_of_ours_that_is_alive_is_refused(world: World) -> None:
    """No source shows the position any more, but our stop is still waiting: the word cannot stand."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(Fault("place_close", None, "refuse"), Fault("place_stop", None, "refuse"), *BLIND[1:])
        with pytest.raises(OrphanSuspected):
            await positions.close_position(row.id)
        with pytest.raises(ResolutionRefused, match=r"our stop .* is alive"):
            await positions.resolve(row.id, "closed", REASON, by="ada")
        assert world.truth().stop_quantity == 10


class Watcher:
    """A plug-in that sees exposure while it is told to."""

    name = "watcher"

    def __init__(self) -> None:
        self.sees = False
        self.takes_s = 0.0

    async def look(self, question: Any) -> Evidence:
        await asyncio.sleep(self.takes_s)
        return Evidence.seen("10") if self.sees else Evidence.absent()


@in_world()
async def test_a_plug_in_that_sees_exposure_speaks_against_it(world: World) -> None:
    """The caller's own source vetoes the word as it vetoes any end."""
    watcher = Watcher()
    async with world.library(verifiers=[watcher]) as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        watcher.sees = True
        with pytest.raises(ResolutionRefused, match="watcher sees a position"):
            await positions.resolve(row.id, "rolled_back", REASON, by="ada")
        await world.clock.sleep(15)
        with pytest.raises(ResolutionRefused, match="watcher sees a position"):
            await positions.resolve(row.id, "rolled_back", REASON, by="ada")
        watcher.sees = False
        await world.clock.sleep(1)
        ended = await positions.resolve(row.id, "rolled_back", REASON, by="ada")
        assert ended.state is State.ROLLED_BACK


@in_world()
async def test_a_plug_in_that_takes_its_time_is_waited_for(world: World) -> None:
    """It saw the position before, and answers seconds after the built-in sources: the word waits for it."""
    watcher = Watcher()
    async with world.library(verifiers=[watcher]) as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        watcher.sees, watcher.takes_s = True, 4
        await world.clock.sleep(30)
        with pytest.raises(ResolutionRefused, match="watcher sees a position"):
            await positions.resolve(row.id, "rolled_back", REASON, by="ada")


@in_world()
async def test_a_plug_in_that_cannot_answer_holds_no_word_up(world: World) -> None:
    """It hangs for ever: it was asked, the proof says that it was silent, and the word stands."""
    watcher = Watcher()
    async with world.library(verifiers=[watcher]) as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        watcher.takes_s = 1e6
        await world.clock.sleep(30)
        ended = await positions.resolve(row.id, "rolled_back", REASON, by="ada")
    assert ended.proof is not None
    assert ended.proof.detail.endswith("no answer from order_status, position_poll, trade_history, watcher)")


WRONG: list[tuple[Any, Any, str]] = [
    ("protected", REASON, "as_ is 'protected'; it must be one of closed, closed_immediately, rolled_back"),
    ("orphan_suspected", REASON, "as_ is 'orphan_suspected'; it must be one of"),
    ("gone", REASON, "as_ is 'gone'; it must be one of"),
    (None, REASON, "as_ is None; it must be one of"),
    ("closed", "", "reason is ''; an operator's word needs one"),
    ("closed", "  ", "reason is '  '; an operator's word needs one"),
    ("closed", None, "reason is None; an operator's word needs one"),
]


@in_world()
async def test_a_word_that_says_nothing_changes_nothing(world: World) -> None:
    """Each wrong end or empty reason is InvalidRequest; the row stays suspected."""
    async with world.library() as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        for as_, reason, sentence in WRONG:
            with pytest.raises(InvalidRequest, match=sentence):
                await positions.resolve(row.id, as_, reason, by="ada")
        assert (await positions.get(row.id)).state is State.ORPHAN_SUSPECTED
        with pytest.raises(UnknownPosition):
            await positions.resolve("nobody", "closed", REASON)


@in_world()
async def test_only_a_suspected_orphan_is_resolved(world: World) -> None:
    """A protected position and one that has ended are what they are."""
    async with world.library() as positions:
        row = await opened(world, positions)
        with pytest.raises(InvalidRequest, match="is protected; only a suspected orphan is resolved"):
            await positions.resolve(row.id, "closed", REASON)
        await positions.close_position(row.id)
        with pytest.raises(InvalidRequest, match="is closed; only a suspected orphan is resolved"):
            await positions.resolve(row.id, "rolled_back", REASON)
    assert world.stored()[0].state is State.CLOSED


@in_world()
async def test_late_evidence_that_comes_before_the_word_wins(world: World) -> None:
    """While the sources are asked once more one shows the fill: refused, and the position gets its stop."""
    async with world.library() as positions:
        row = await orphan(world, positions, *BLIND)
        resolving = asyncio.ensure_future(positions.resolve(row.id, "rolled_back", REASON, by="ada"))
        world.venue.faults.clear()
        with pytest.raises(ResolutionRefused):
            await resolving
        assert (await positions.wait(row.id)).state is State.PROTECTED
    assert world.sent(Call.PLACE_CLOSE) == []


@in_world()
async def test_a_resolved_row_stays_resolved_after_a_restart(world: World) -> None:
    """The next process finds the end with its proof, and drives nothing."""
    async with world.library() as positions:
        row = await orphan(world, positions, Fault("place_entry", None, "lose_request"), *BLIND)
        await positions.resolve(row.id, "rolled_back", REASON, by="ada")
    world.venue.faults.clear()
    async with world.library(journal=world.journal.reopened()) as positions:
        found = await positions.get(row.id)
        assert found.proof is not None
        assert (found.state, found.proof.kind) == (State.ROLLED_BACK, ProofKind.OPERATOR)
        assert (await positions.health()).driven == 0
