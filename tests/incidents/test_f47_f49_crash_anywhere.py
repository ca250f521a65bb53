"""F47 and F49: whatever instant the process dies at, the next one ends protected or proven flat, and says the truth."""

from __future__ import annotations

import asyncio
from itertools import chain, count

import pytest

from atomicpos.models import ProofKind, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import carried, in_every_mode, stop_faults
from world import World, assert_safe, play

MIXES = {
    "calm": (),
    "the entry's reply is lost": (Fault("place_entry", None, "http_502_executed"),),
    "the entry is lost": (Fault("place_entry", None, "lose_request"),),
    "never filled": (Fault("place_entry", None, "never_fill"),),
    "liquidated at once": (Fault("place_entry", None, "liquidate", 1, 0),),
    "the first stop is refused": stop_faults("refuse", nth=1),
    "the position shows late": (Fault("position", None, "lag", None, 6),),
    "everything shows late": tuple(Fault(call, None, "lag", None, 3) for call in ("orders", "fills", "position")),
}


async def life_and_afterlife(world: World, at: int | str) -> bool:
    """Open, die at that passage, start again and wait for rest; False when the first life ended before."""
    mortal = Mortal(world, at)

    async def life() -> None:
        async with world.library() as positions:
            await world.tried(positions, idempotency_key="signal-1")
            await world.settle(positions)

    died = await mortal.live(life)
    async with world.library() as positions:
        row = await world.settle(positions)
    assert_safe(world, row)
    return died


@pytest.mark.parametrize("mix", MIXES.values(), ids=MIXES.keys())
@pytest.mark.parametrize("protection", list(Protection))
def test_f47_a_death_before_or_after_any_call_ends_protected_or_flat(
    protection: Protection, mix: tuple[Fault, ...]
) -> None:
    """Killed before or after each call to the exchange or the database, the successor keeps the promise.

    The first forty passages one by one; of the rest, which mostly looks at the same again, every thirteenth.
    """
    died: list[bool] = []

    async def scene(world: World, at: int) -> None:
        died.append(await life_and_afterlife(world, at))

    for at in chain(range(1, 41), count(41, 13)):
        try:
            play(scene, *mix, protection=protection, at=at)
        except Exception as error:
            error.add_note(f"the process died at passage {at}")
            raise
        if not died[-1]:
            break
    assert len(died) > 10


@in_every_mode()
async def test_f49_a_crash_between_send_and_reply_is_found_by_the_client_order_id(world: World) -> None:
    """The row says pending_entry, the exchange has the fill: the successor protects it and sends no entry.

    A stop that travelled with the entry is there already; any other is the successor's to put up.
    """
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library() as positions:
            await asyncio.gather(world.tried(positions), dies_when_filled())

    async def dies_when_filled() -> None:
        while world.truth().quantity == 0:
            await world.clock.sleep(0.005)
        mortal.kill()

    assert await mortal.live(life)
    (row,) = world.stored()
    assert (row.state, len(world.truth().stops)) == (State.PENDING_ENTRY, 1 if carried(world) else 0)
    async with world.library() as positions:
        position = await world.settle(positions)
    assert position is not None
    assert position.state is State.PROTECTED
    assert position.filled_quantity == 10
    assert len(world.sent(Call.PLACE_ENTRY)) == 1
    assert_safe(world, position)


@in_every_mode()
async def test_f49_a_crash_after_the_commit_and_before_the_send_is_proven_by_absence(world: World) -> None:
    """Nothing ever left: the successor sends no entry either, and says so only once absence is proven."""
    died = await life_and_afterlife(world, at="before write entry")
    (row,) = world.stored()
    assert died
    assert row.state is State.ROLLED_BACK
    assert row.proof is not None
    assert row.proof.kind is ProofKind.ABSENT
    assert row.proof.at_us >= (row.entry.sent_at_us or 0) + 36_000_000
    assert world.sent(Call.PLACE_ENTRY) == []
