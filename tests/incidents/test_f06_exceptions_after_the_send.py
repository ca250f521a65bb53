"""F06: whatever raises after the money moved, the position is looked up by its id, never assumed away."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.events import Event, EventKind
from atomicpos.models import State
from atomicpos.ports import Conflict
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Gate, gate
from modes import in_every_mode, stop_faults
from world import World, assert_safe, play

ERRORS: tuple[Exception, ...] = (
    ValueError("missing side"), KeyError("average"), StoreUnavailable("the disk is full"), TimeoutError(), Conflict("p")
)


async def struck_life(world: World, at: int, error: Exception) -> bool:
    """Open with the ``at``-th passage after the send raising; False when there were not so many."""

    async def raise_it(name: str) -> None:
        raise error

    passages = Gate(at, raise_it, armed=False)
    gate(world, passages, journal=("commit", "load"))
    arm_at_the_entry(world, passages)
    async with world.library() as positions:
        await world.tried(positions)
        passages.armed = False
        row = await world.settle(positions)
    assert len(world.sent(Call.PLACE_ENTRY)) == 1
    assert_safe(world, row)
    return len(passages.passed) >= at


def arm_at_the_entry(world: World, passages: Gate) -> None:
    """The gate counts from the moment at which the entry is on its way."""
    write = world.exchange._port.write

    async def sending(request: Any, permit: Any) -> Any:
        passages.armed = True
        return await write(request, permit)

    world.exchange._port.write = sending


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize("error", ERRORS, ids=[type(error).__name__ for error in ERRORS])
def test_f06_an_exception_at_any_call_after_the_send_leaves_no_naked_position(
    error: Exception, protection: Protection
) -> None:
    """One at a time, at each later call to the exchange or the database: flat or protected, and the row agrees."""
    struck: list[bool] = []

    async def scene(world: World, at: int) -> None:
        struck.append(await struck_life(world, at, error))

    for at in count(1):
        try:
            play(scene, protection=protection, at=at)
        except Exception as failure:
            failure.add_note(f"{error!r} was raised at passage {at}")
            raise
        if not struck[-1] or at > 60:
            break
    assert len(struck) > 10


@pytest.mark.parametrize("kind", list(EventKind))
def test_f06_a_listener_that_raises_at_any_fact_changes_nothing(kind: EventKind) -> None:
    """Logging that fails cannot fail the operation: the position is protected as if nothing had been said."""

    async def scene(world: World) -> None:
        def fails(event: Event) -> None:
            if event.kind is kind:
                raise ZeroDivisionError("the log's own defect")

        async with world.library(listeners=[fails], alerts=fails) as positions:
            row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert_safe(world, row)

    play(scene, *stop_faults("refuse", nth=1))


@in_every_mode(*(Fault("place_entry", None, "lose_reply", None, 3), Fault("orders", None, "error", 1)))
async def test_f06_a_failed_lookup_after_a_lost_reply_is_asked_again(world: World) -> None:
    """Neither the lost reply nor the failed lookup is an answer: the next lookup by our id finds the fill."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert_safe(world, row)
    assert len(world.sent(Call.PLACE_ENTRY)) == 1
