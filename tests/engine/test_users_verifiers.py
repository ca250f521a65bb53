"""A user's own source may delay and may veto; it can neither fail the operation nor bring about a wrong end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from atomicpos import Evidence
from atomicpos.errors import EntryNeverFilled, InvalidRequest, OrphanSuspected
from atomicpos.models import State
from atomicpos.sim import Fault
from world import World, assert_safe, in_world


class Mine:
    """A verifier that answers as the test says."""

    name = "mine"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def look(self, question: Any) -> Any:
        return await self.answer(question)


async def raises(question: Any) -> Evidence:
    raise RuntimeError("the user's own defect")


async def hangs(question: Any) -> Evidence:
    await asyncio.Event().wait()
    return Evidence.absent()


async def sees_nothing(question: Any) -> Evidence:
    return Evidence.absent()


async def sees_a_million(question: Any) -> Evidence:
    return Evidence.seen(1_000_000, "0.00001")


async def says_nonsense(question: Any) -> Any:
    return {"open": True}


async def says_none(question: Any) -> Any:
    return None


async def does_not_know(question: Any) -> Evidence:
    return Evidence.unknown("no idea")


ANSWERS = [raises, hangs, sees_nothing, sees_a_million, says_nonsense, says_none, does_not_know]
FAULTS = {
    "calm": (),
    "reply lost": (Fault("place_entry", None, "http_502_executed"),),
    "late": tuple(Fault(call, None, "lag", None, 5) for call in ("orders", "fills", "position")),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
@in_world()
async def test_an_open_position_is_protected_whatever_a_users_source_says(
    world: World, faults: tuple[Fault, ...], answer: Any
) -> None:
    """Raising, hanging, lying or talking nonsense, it does not keep the stop from being put up and read back."""
    world.venue.faults.add(*faults)
    async with world.library(verifiers=[Mine(answer)]) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
        assert row is not None
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a is not sees_a_million])
@in_world(Fault("place_entry", None, "never_fill"))
async def test_a_proven_end_is_reached_whatever_a_users_source_fails_to_say(world: World, answer: Any) -> None:
    """An entry that died unfilled is rolled back: a source that knows nothing holds nothing up."""
    async with world.library(verifiers=[Mine(answer)]) as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryNeverFilled)
    assert_safe(world, row)


@in_world(Fault("place_entry", None, "never_fill"))
async def test_a_users_source_that_sees_exposure_vetoes_the_end_until_it_does_not(world: World) -> None:
    """While it insists, the row is suspected and not settled; when it gives in, the proof ends the row."""
    mine = Mine(sees_a_million)
    async with world.library(verifiers=[mine]) as positions:
        row, error = await world.tried(positions)
        assert isinstance(error, OrphanSuspected)
        assert row is not None
        assert row.filled_quantity == 0
        mine.answer = sees_nothing
        position = await world.settle(positions)
    assert position is not None
    assert position.state is State.ROLLED_BACK
    assert_safe(world, position)


@pytest.mark.parametrize("broken", [object(), Mine(raises).look, type("Nameless", (), {"look": raises})()])
@in_world()
async def test_what_is_no_verifier_is_refused_when_the_library_is_built(world: World, broken: object) -> None:
    """Something without a name and a look is InvalidRequest at construction, not a surprise later."""
    with pytest.raises(InvalidRequest, match="needs a name"):
        world.library(verifiers=[broken])


@in_world()
async def test_a_built_in_name_cannot_be_taken(world: World) -> None:
    """A source that called itself position_poll could prove an end: it is refused."""
    impostor = Mine(sees_nothing)
    impostor.name = "position_poll"
    with pytest.raises(InvalidRequest, match="is taken"):
        world.library(verifiers=[impostor])
