"""F48: the state that is announced is the state that is stored, after every transition."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.events import Event, EventKind
from atomicpos.models import State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import APPLIES_TO, FOREIGN, STANDING, Call, FaultKind
from atomicpos.states import TABLE
from atomicpos.store import open_journal
from atomicpos.store.opening import read_only
from modes import stop_faults
from world import World, assert_safe, play

ROUTES = {(row.source, row.dest) for row in TABLE}


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Any fault whose lag stays inside the stated bound."""
    kind = draw(st.sampled_from([kind for kind in FaultKind if kind not in FOREIGN]))
    call = draw(st.sampled_from(sorted(APPLIES_TO[kind])))
    if kind in STANDING:
        return Fault(call, None, kind, None, draw(st.sampled_from([0.2, 1, 4, 12])))
    return Fault(call, None, kind, draw(st.integers(1, 3)), draw(st.sampled_from([0, 1, 5])))


def is_preflight(fault: Fault) -> bool:
    """A fault that ends the call before anything is stored, or an entry's lag that is no entry's."""
    return fault.call == Call.MARK or (fault.call == Call.POSITION and fault.nth == 1)


MIXES = st.lists(faults().filter(lambda fault: not is_preflight(fault)), max_size=3)


class Witness:
    """Compares each announced state with the stored row, at the moment of the announcement."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.announced: list[State] = [State.PENDING_ENTRY]

    def __call__(self, event: Event) -> None:
        if event.kind is not EventKind.TRANSITION or event.state is None:
            return
        (row,) = self._world.stored()
        assert row.state is event.state
        self.announced.append(event.state)


@settings(max_examples=60)
@given(mix=MIXES, protection=st.sampled_from(Protection))
def test_f48_after_every_commit_the_stored_state_is_the_announced_one(
    mix: list[Fault], protection: Protection
) -> None:
    """Under any mix of faults, in each mode, announced is what is stored, and the journal's transitions chain up."""

    async def scene(world: World) -> None:
        witness = Witness(world)
        failures: list[BaseException] = []

        def listen(event: Event) -> None:
            try:
                witness(event)
            except AssertionError as failure:
                failures.append(failure)

        async with world.library(listeners=[listen]) as positions:
            await world.tried(positions)
            position = await world.settle(positions, quiet_s=20)
        assert failures == []
        assert position is not None
        assert_safe(world, position)
        assert witness.announced[-1] is position.state
        assert_chained(position.journal, position.state)

    play(scene, *mix, protection=protection)


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize(
    "mix",
    [
        (),
        (Fault("place_entry", None, "http_502_executed", 1), Fault("position", None, "lag", None, 4)),
        (Fault("place_entry", None, "liquidate", 1, 0),),
        (Fault("place_entry", None, "never_fill", 1),),
        (Fault("place_entry", None, "drop_attached"), *stop_faults("refuse")),
    ],
    ids=["calm", "reply lost", "liquidated", "never filled", "no stop"],
)
def test_f48_a_real_file_holds_the_announced_state_too(
    mix: tuple[Fault, ...], protection: Protection, tmp_path: Path
) -> None:
    """The same with the database that ships: what another connection reads is what was announced and returned."""
    url = f"sqlite:///{tmp_path}/positions.db"

    async def scene(world: World) -> None:
        world.journal = await open_journal(url, world.clock, rng=random.Random(1))
        async with world.library() as positions:
            await world.tried(positions)
            position = await world.settle(positions, quiet_s=20)
            assert position is not None
            other = await read_only(url)
            stored = await other.load(position.id)
            await other.close()
        assert stored is not None
        assert (stored.state, stored.proof, stored.filled_quantity) == (
            position.state, position.proof, position.filled_quantity
        )
        announced = [event.state for event in world.heard(EventKind.TRANSITION)]
        assert announced[-1] is stored.state
        assert_safe(world, position)
        assert_chained(position.journal, stored.state)

    play(scene, *mix, protection=protection)


def assert_chained(journal: tuple[object, ...], last: State) -> None:
    """Every transition starts where the one before ended, is in the table, and the last one ends at the row's state."""
    at = State.PENDING_ENTRY
    for entry in journal:
        if entry.kind == "transition":  # type: ignore[attr-defined]
            source, dest = State(entry.data["from"]), State(entry.data["to"])  # type: ignore[attr-defined]
            assert source is at
            assert (source, dest) in ROUTES
            at = dest
    assert at is last
