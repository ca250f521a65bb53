"""F37: the database fails in the middle: protecting and closing go on, and what was to be written follows later."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acts import opened
from atomicpos.errors import EntryRefused, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.models import State
from atomicpos.ports import Change, Outcome, OutcomeKind
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.store import open_journal
from atomicpos.testing.journals import MemoryJournal
from modes import MODES
from shades import ShadedExchange
from world import World, assert_safe, in_world, play

LONG_ENOUGH_S = 25
"""The exposure deadline, and time to close after it."""


class FailingWrites(MemoryJournal):
    """Every write from the k-th on fails, until the database is back; reads work."""

    def __init__(self, fails_from: int | None = None) -> None:
        super().__init__()
        self.fails_from = fails_from
        self.writes = 0

    def _count(self) -> None:
        self.writes += 1
        if self.fails_from is not None and self.writes >= self.fails_from:
            raise StoreUnavailable("disk I/O error")

    async def admit(self, change: Change, lease_us: int) -> None:
        self._count()
        await super().admit(change, lease_us)

    async def commit(self, change: Change) -> None:
        self._count()
        await super().commit(change)


UNPROTECTABLE = (Fault("place_entry", None, "drop_attached"), Fault("set_stop", None, "refuse"),
                 Fault("place_stop", None, "refuse"))  # fmt: skip
WEATHERS: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "no stop can be had": UNPROTECTABLE,
    "no stop can be had and closes are refused at first": (*UNPROTECTABLE, Fault("place_close", None, "refuse", 1)),
    "the entry's reply is lost": (Fault("place_entry", None, "http_502_executed", 1),),
    "it never fills": (Fault("place_entry", None, "never_fill", 1),),
    "it is liquidated": (Fault("place_entry", None, "liquidate", 1, 0.2),),
}


def assert_exchange_safe(world: World) -> None:
    """Flat, or wholly under a stop."""
    truth = world.truth()
    assert truth.quantity == 0 or truth.stop_quantity >= abs(truth.quantity)


@pytest.mark.parametrize("protection", MODES)
@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_f37_whatever_write_fails_first_the_exchange_ends_safe_and_the_row_follows(
    weather: tuple[Fault, ...], protection: Protection
) -> None:
    """From the k-th write on all fail: the exchange is flat or protected meanwhile, the row says so once they work."""
    reached: list[bool] = []

    async def scene(world: World, k: int) -> None:
        world.journal = journal = FailingWrites(k)
        async with world.library() as positions:
            opening = asyncio.ensure_future(world.tried(positions))
            await world.clock.sleep(LONG_ENOUGH_S)
            assert_exchange_safe(world)
            journal.fails_from, failed = None, journal.writes >= k
            row, error = await opening
            assert isinstance(error, StoreUnavailable) is (k == 1)
            assert_safe(world, await world.settle(positions, quiet_s=20))
            assert row is None or world.stored()[0].state is (await positions.get(row.id)).state
        reached.append(failed)

    for k in count(1):
        play(scene, *weather, k=k, protection=protection)
        if not reached[-1]:
            break
    assert len(reached) > 2


@pytest.mark.parametrize("protection", MODES)
@pytest.mark.parametrize("part", [None, "4"], ids=["the whole", "a part"])
def test_f37_a_close_is_carried_out_while_no_write_works(part: str | None, protection: Protection) -> None:
    """Asked for while every write fails: closed at the exchange within seconds, and in the row once they work again."""

    async def scene(world: World) -> None:
        world.journal = journal = FailingWrites()
        async with world.library() as positions:
            row = await opened(world, positions)
            journal.fails_from = 0
            closing = asyncio.ensure_future(positions.close_position(row.id, part))
            await world.clock.sleep(5)
            assert world.truth().quantity == (6 if part else 0)
            assert not closing.done()
            journal.fails_from = None
            after = await closing
            assert after.state is (State.PROTECTED if part else State.CLOSED)
            await world.clock.sleep(20)
            assert world.truth().stop_quantity >= world.truth().quantity == (6 if part else 0)
        assert [e.kind for e in world.events if e.condition == "database_unavailable"] == [
            EventKind.ALERT, EventKind.RESOLVED,
        ]  # fmt: skip

    play(scene, protection=protection)


# --- whatever text there is is stored -----------------------------------------------------------------------------


async def real_database(world: World) -> None:
    """The SQLite store under the world, in memory."""
    world.journal = await open_journal("sqlite://", world.clock, rng=random.Random(1))


def refusing_with(world: World, why: str) -> None:
    """An exchange that refuses the entry in so many words."""
    world.exchange = exchange = ShadedExchange(world.venue, world.clock)

    def answer(outcome: Outcome) -> Outcome:
        refused = outcome.kind is OutcomeKind.REFUSED
        return replace(outcome, why=why, raw=why) if refused else outcome

    exchange.answer = answer


TEXTS = {
    "10 kB of words": "value too long for type character varying(50). " * 220,
    "10 kB of signs": "\N{DROMEDARY CAMEL}" * 10_000,
    "a half of a pair": "\ud83d broken \udc2a" * 1000,
    "zeros and lines": "a\x00b\r\nc" * 2000,
    "right to left": "\u202e\u05d0\u05d1" * 2000,
}


@pytest.mark.parametrize("why", TEXTS.values(), ids=list(TEXTS))
@in_world(Fault("place_entry", None, "refuse", 1))
async def test_f37_a_reason_of_any_length_and_script_is_stored(world: World, why: str) -> None:
    """Ten thousand characters, whatever they are, hold nothing up: EntryRefused, and the slot is free."""
    await real_database(world)
    refusing_with(world, why)
    async with world.library() as positions:
        row, error = await asyncio.wait_for(world.tried(positions), 30)
        assert isinstance(error, EntryRefused)
        assert row is not None
        assert row.state is State.ROLLED_BACK
        told = [e.text for e in (await positions.get(row.id)).journal if e.kind == "outcome"]
        assert len(told[-1]) >= 4000
        _, error = await world.tried(positions)
        assert error is None


@given(why=st.text(st.characters(), min_size=1, max_size=200).map(lambda text: text * (10_000 // len(text))))
@settings(max_examples=25)
def test_f37_any_text_of_ten_thousand_characters_is_stored(why: str) -> None:
    """Whatever the exchange says, the row settles with it."""

    async def scene(world: World) -> None:
        await real_database(world)
        refusing_with(world, why)
        async with world.library() as positions:
            row, error = await asyncio.wait_for(world.tried(positions), 30)
            assert isinstance(error, EntryRefused)
            assert row is not None
            assert row.state is State.ROLLED_BACK

    play(scene, Fault("place_entry", None, "refuse", 1))


@pytest.mark.parametrize("reason", TEXTS.values(), ids=list(TEXTS))
@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_f37_an_operators_reason_of_any_length_and_script_is_stored(world: World, reason: Any) -> None:
    """It stands in the proof, as it was given."""
    await real_database(world)
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        ended = await asyncio.wait_for(positions.resolve(row.id, "rolled_back", reason, by="ada"), 60)
        assert ended.state is State.ROLLED_BACK
        assert ended.proof is not None
        assert len(ended.proof.detail) > 5000
