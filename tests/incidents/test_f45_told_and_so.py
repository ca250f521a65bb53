"""F45: the answer is made from the stored row, and nobody who listens can change, fail or delay it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from acts import opened
from atomicpos.errors import AtomicPositionError, RolledBack
from atomicpos.events import Event, EventKind
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.sim import Fault
from modes import in_every_mode
from world import World, assert_safe, in_world, play


def raises(event: Event) -> None:
    raise RuntimeError("the bot's own dashboard is down")


async def raises_later(event: Event) -> None:
    await asyncio.sleep(0.01)
    raise RuntimeError("the bot's own dashboard is down")


async def hangs(event: Event) -> None:
    await asyncio.Event().wait()


def answers_nonsense(event: Event) -> object:
    return object()


class Slow:
    """An asynchronous sink that takes ten seconds for each fact."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __call__(self, event: Event) -> None:
        await asyncio.sleep(10)
        self.told.append(event.condition)


LISTENERS = [raises, raises_later, hangs, answers_nonsense, Slow()]


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize("where", ["listeners", "alerts"])
@pytest.mark.parametrize("listener", LISTENERS, ids=lambda listener: getattr(listener, "__name__", "slow"))
def test_f45_a_listener_that_raises_or_hangs_delays_nothing(
    listener: Any, where: str, protection: Protection
) -> None:
    """Protected at the very instant of a calm open, with the same row; leaving the block is not held up either."""
    lives: list[tuple[Any, float]] = []

    async def life(world: World, **knobs: Any) -> None:
        async with world.library(**knobs) as positions:
            row, error = await world.tried(positions)
            lives.append((row, world.elapsed_s))
            assert error is None
            assert_safe(world, row)
        assert world.elapsed_s - lives[-1][1] <= 3

    knobs = {"alerts": listener} if where == "alerts" else {"listeners": [listener]}
    play(life, protection=protection, **knobs)
    play(life, protection=protection)
    (told, told_s), (calm, calm_s) = lives
    assert told_s == calm_s
    assert told == replace(calm, journal=told.journal)


@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_f45_an_asynchronous_alert_sink_is_run_and_not_waited_for(world: World) -> None:
    """It is told of the suspicion ten seconds after it was raised; the caller got its answer long before."""
    sink = Slow()
    async with world.library(alerts=sink) as positions:
        _, error = await world.tried(positions)
        assert isinstance(error, AtomicPositionError)
        assert sink.told == []
        await world.clock.sleep(11)
        assert sink.told == ["orphan_suspected"]


@in_world()
async def test_f45_a_reader_of_events_that_never_reads_or_breaks_off_delays_nothing(world: World) -> None:
    """One never begins, one stops in the middle, one raises in its own loop: the open takes as long as without them."""

    async def breaks(stream: Any) -> None:
        async for _ in stream:
            raise RuntimeError("a slip in the bot's own loop")

    async with world.library() as positions:
        streams = [positions.events() for _ in range(3)]
        breaking = asyncio.ensure_future(breaks(streams[0]))
        stuck = asyncio.ensure_future(anext(streams[1]))
        row, error = await world.tried(positions)
        assert error is None
        assert world.elapsed_s == 0.75
        assert_safe(world, row)
        await stuck
        with pytest.raises(RuntimeError, match="a slip"):
            await breaking


FACTS = ("state", "goal", "filled_quantity", "entry_price", "stop_price", "reason", "proof", "orders")


def same(told: Position, stored: Record, *, but: tuple[str, ...] = ()) -> bool:
    """The snapshot says what the row says."""
    return all(getattr(told, name) == getattr(stored, name) for name in FACTS if name not in but)


def kept(record: Record) -> Record:
    """The row as a database keeps it."""
    orders = tuple(replace(order, answered_at_us=None, absent_since_us=None) for order in record.orders)
    return replace(record, orders=orders)


WEATHERS: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "the reply is lost": (Fault("place_entry", None, "http_502_executed", 1),),
    "refused": (Fault("place_entry", None, "refuse", 1),),
    "never filled": (Fault("place_entry", None, "never_fill", 1),),
    "liquidated": (Fault("place_entry", None, "liquidate", 1, 0),),
    "no answer at all": (Fault("place_entry", None, "lose_request", 1), Fault("orders", None, "error")),
}


@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
@in_every_mode()
async def test_f45_what_the_caller_is_told_is_what_is_stored(world: World, weather: tuple[Fault, ...]) -> None:
    """At the moment of the answer the database holds the same state, quantities, proof and orders."""
    world.venue.faults.add(*weather)
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        stored = await world.journal.load(row.id)
        assert same(replace(row, orders=kept(stored).orders), kept(stored))
        assert [(o.leg, o.attempt) for o in row.orders] == [(o.leg, o.attempt) for o in stored.orders]


@in_every_mode(Fault("place_entry", None, "drop_attached"), Fault("set_stop", None, "refuse"),
               Fault("place_stop", None, "refuse"))
async def test_f45_an_open_that_failed_is_raised_with_its_end_and_never_returned_as_none(world: World) -> None:
    """Closed by us for want of a stop: RolledBack carries the row, flat at the exchange as it says."""
    async with world.library(listeners=[raises, hangs], alerts=raises) as positions:
        row, error = await world.tried(positions)
        assert isinstance(error, RolledBack)
        assert error.position is row is not None
        assert_safe(world, row)


@in_world()
async def test_f45_facts_are_told_after_they_were_stored(world: World) -> None:
    """Whenever a transition is told of, the database has it already."""
    late: list[str] = []

    def checks(event: Event) -> None:
        if event.kind is EventKind.TRANSITION and world.stored()[0].state is not event.state:
            late.append(event.text)

    async with world.library(listeners=[checks]) as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id)
    assert late == []
    assert world.stored()[0].state is State.CLOSED
