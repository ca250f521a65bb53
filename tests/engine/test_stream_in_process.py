"""The stream wakes the drive and shows fills early; it never settles a row, and nothing depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import OrphanSuspected
from atomicpos.evidence import POSITION_STREAM
from atomicpos.models import State
from atomicpos.profile import Protection
from atomicpos.sim import Fault, SimExchange
from atomicpos.sim.fault_kinds import Call
from world import AVL, STOPS, TEN, World, assert_safe, in_world

AFTER_FILL = Protection.AFTER_FILL
READS = ("orders", "fills", "position", "position_stop")
LISTINGS = ("account_positions", "account_orders", "account_fills")
LATE_READS = tuple(Fault(call, None, "lag", None, 8) for call in READS)


@asynccontextmanager
async def streaming(world: World, **knobs: Any) -> AsyncIterator[AtomicPositions]:
    """The library over an exchange that tells by itself, a second after its start."""
    if world.exchange.stream is None:
        world.exchange = SimExchange(world.venue, world.clock, profile=world.profile, streams=True)
    async with world.library(**knobs) as positions:
        await world.clock.sleep(1)
        yield positions


def stop_s(world: World) -> float:
    """When the last entry's first stop left, in seconds after that entry did."""
    entry = max(at for at, call, _ in world.exchange.requests if call == Call.PLACE_ENTRY)
    return min(at - entry for at, call, _ in world.exchange.requests if call in STOPS and at >= entry) / 1e6


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_the_stop_leaves_when_the_stream_shows_the_fill(world: World) -> None:
    """Reads show nothing for eight seconds; the stop is on its way half a round trip after the fill."""
    async with streaming(world) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert stop_s(world) < 0.2
        assert row.exposure_s is not None
        assert row.exposure_s < 0.5
        seen = [found for found in row.evidence if found.quantity == TEN]
        first = min(seen, key=lambda found: found.answered_at_us)
        assert first.source == POSITION_STREAM
        others = (found for found in seen if found.source != POSITION_STREAM)
        assert all(found.answered_at_us > first.answered_at_us + 7_000_000 for found in others)
    assert_safe(world, row)


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_without_it_everything_works_by_polling(world: World) -> None:
    """Off, the same open waits for the reads, and is protected as well."""
    async with streaming(world, streams="off") as positions:
        row, _ = await world.tried(positions)
        assert stop_s(world) > 7
        assert (await positions.health()).stream is None
    assert_safe(world, row)


@in_world(Fault("place_entry", None, "late_reply", 1, 4), *LATE_READS, protection=AFTER_FILL)
async def test_f17_an_event_before_its_own_reply_counts(world: World) -> None:
    """The reply to the entry hangs for four seconds, the stream tells of the fill at once: the stop does not wait."""
    async with streaming(world) as positions:
        row, _ = await world.tried(positions)
        assert stop_s(world) < 0.2
    assert_safe(world, row)


@pytest.mark.parametrize("fault", [
    Fault("stream", None, "omit"), Fault("stream", None, "error"), Fault("stream", None, "lag", None, 40),
    Fault("stream", None, "backwards", None, 3), Fault("stream", None, "duplicate"),
], ids=lambda fault: fault.kind)  # fmt: skip
@in_world(protection=AFTER_FILL)
async def test_f16_whatever_the_stream_does_the_polls_do_their_work(world: World, fault: Fault) -> None:
    """Silent, dropped, late, out of order or repeating: the position is protected as soon as without it."""
    world.venue.faults.add(fault)
    async with streaming(world) as positions:
        row, _ = await world.tried(positions)
        assert stop_s(world) < 0.6
        assert row is not None
        assert row.state is State.PROTECTED
        await positions.close_position(row.id)
        row = await positions.get(row.id)
        assert row.state.settled
    assert_safe(world, row)


@pytest.mark.parametrize("how", ["refuses", "hangs"])
@in_world(protection=AFTER_FILL)
async def test_f16_a_stream_that_never_comes_up_delays_nothing(world: World, how: str) -> None:
    """It is no error of an open; health says why, and is well."""
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile, streams=True)
    assert world.exchange.stream is not None
    setattr(world.exchange.stream, how, "no stream today" if how == "refuses" else True)
    async with streaming(world) as positions:
        row, _ = await world.tried(positions)
        assert stop_s(world) < 0.6
        await world.clock.sleep(15)
        health = await positions.health()
        assert health.ok
        assert health.stream == ("down: no stream today" if how == "refuses" else "down: it was not up within 10 s")
    assert_safe(world, row)


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_after_a_drop_it_connects_again_and_hears_what_comes_then(world: World) -> None:
    """Health shows the gap; the next open after it is heard of at once again."""
    async with streaming(world) as positions:
        world.exchange.stream.drop()
        await world.clock.sleep(0.01)
        assert (await positions.health()).stream == "down: the connection dropped"
        await world.clock.sleep(2)
        assert (await positions.health()).stream == "connected"
        row, _ = await world.tried(positions)
        assert stop_s(world) < 0.2
    assert_safe(world, row)


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_an_open_shortens_the_pause_before_the_next_connection(world: World) -> None:
    """After many failures the pause is half a minute; who opens does not wait, and the stream is up soon after."""
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile, streams=True)
    stream = world.exchange.stream
    assert stream is not None
    stream.refuses = "not yet"
    async with streaming(world) as positions:
        await world.clock.sleep(120)
        stream.refuses = None
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(2)
        assert (await positions.health()).stream == "connected"
        row, _ = await opening
    assert_safe(world, row)


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_in_hedge_mode_each_side_hears_of_its_own_orders(world: World) -> None:
    """Long and short at once, reads late: each stop leaves on its own fill; no slot is taken for a side."""
    world.profile = replace(world.profile, hedge_mode=True)
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile, streams=True)
    world.venue.set_position_mode("hedge")
    async with streaming(world) as positions:
        rows = await asyncio.gather(world.tried(positions), world.tried(positions, side="sell"))
        for row, error in rows:
            assert error is None
            assert row is not None
            assert row.state is State.PROTECTED
            assert row.exposure_s < 0.5
            told = [found for found in row.evidence if found.source == POSITION_STREAM]
            assert any(found.quantity == TEN for found in told)
            assert all(found.position is None for found in told)


@in_world(protection=AFTER_FILL)
async def test_f38_the_stream_alone_says_flat_and_the_row_does_not_settle(world: World) -> None:
    """Closed: the stream tells of the fill and of the empty slot, the reads go on showing the position.

    The row settles only once a read shows the slot empty as well.
    """
    async with streaming(world) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        world.venue.faults.add(*(Fault(call, None, "lag", None, 20) for call in (*READS, *LISTINGS)))
        closing = asyncio.ensure_future(positions.close_position(row.id))
        await world.clock.sleep(15)
        assert world.truth().quantity == 0
        seen = await positions.get(row.id)
        told = [found for found in seen.evidence if found.source == POSITION_STREAM and found.position is not None]
        assert told[-1].position is not None
        assert told[-1].position.quantity == 0
        assert not seen.state.settled
        with suppress(OrphanSuspected):
            await closing
        ended = await positions.wait(row.id)
        assert ended.state.settled
        assert ended.proof is not None
        assert ended.proof.at_us >= row.updated_at_us + 15_000_000
    assert_safe(world, ended)


@in_world(*LATE_READS, protection=AFTER_FILL)
async def test_i3_a_stop_that_was_told_of_is_not_read_back(world: World) -> None:
    """The stream shows the stop waiting; the row is protected only once it was read."""
    async with streaming(world) as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(5)
        assert world.truth(AVL).stop_quantity == TEN
        (row,) = await positions.list()
        assert row.state is not State.PROTECTED
        opened, _ = await opening
        assert opened is not None
        assert opened.state is State.PROTECTED
    assert_safe(world, opened)
