"""What a process stored and died before it heard so: the swarm reads it where a living process would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any

from test_swarm_oracle import World, ended, row

from atomicpos.errors import StoreUnavailable
from atomicpos.models import State
from atomicpos.record import Record
from atomicpos.sim.loop import run
from atomicpos.testing.swarm.oracle import Oracle
from atomicpos.testing.swarm.stakes import SwarmVenue
from atomicpos.testing.swarm.tending import Tending

KNOWN = row("mine", state=State.VERIFYING)


@dataclass
class Reader:
    """A living process that reads what is stored, as often as its database answers."""

    stored: Record
    fails: int = 0
    name: str = "p1"
    up: bool = True
    reads: int = 0

    @property
    def journal(self) -> Reader:
        return self

    async def load(self, position_id: str) -> Record:
        self.reads += 1
        if self.reads <= self.fails:
            raise StoreUnavailable("gone")
        return self.stored

    async def runs(self, coro: Awaitable[Any]) -> Any:
        return await coro


@dataclass
class Tended:
    """As much of a world as is tended."""

    oracle: Oracle
    venue: SwarmVenue
    living: list[Reader]
    alerts: list[str] = field(default_factory=list)


def known_after(owner: str, reader: Reader, turns: int = 1) -> Record:
    """What the oracle knows of a row of that owner once the world was tended so often."""
    made = World()
    made.oracle.know(replace(KNOWN, owner=owner))

    async def tend() -> None:
        tending = Tending(Tended(made.oracle, made.venue, [reader]))  # type: ignore[arg-type]
        for _ in range(turns):
            tending.tend()
            await asyncio.sleep(1)

    run(tend)
    return made.oracle.rows[KNOWN.id]


def test_what_the_dead_stored_is_read_by_a_living_one() -> None:
    """A commit that was carried out after its process was killed is known, although nobody ever claims a settled row
    (swarm, throng seed 3)."""
    assert known_after("p0", Reader(ended(KNOWN))).state is State.CLOSED


def test_it_is_read_again_when_the_database_does_not_answer() -> None:
    """One reading that fails is followed by another."""
    reader = Reader(ended(KNOWN), fails=1)
    assert known_after("p0", reader, turns=2).state is State.CLOSED
    assert reader.reads == 2


def test_rows_of_the_living_are_told_by_themselves() -> None:
    """Who lives says what it has stored, and nothing that is older is believed of the dead."""
    reader = Reader(ended(KNOWN))
    assert known_after("p1", reader).state is State.VERIFYING
    assert reader.reads == 0
    assert known_after("p0", Reader(replace(KNOWN, version=0))).version == KNOWN.version
