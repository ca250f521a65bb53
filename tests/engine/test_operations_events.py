"""``events()``: every fact in order, bounded, ending with the block, and never in the way of an operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from acts import opened
from atomicpos import feed
from atomicpos.events import Event, EventKind
from atomicpos.models import State
from world import World, assert_safe, in_world


async def gathered(stream: AsyncIterator[Event]) -> list[Event]:
    """All of a stream, to its end."""
    return [event async for event in stream]


@in_world()
async def test_a_reader_gets_every_fact_in_order_until_the_block_ends(world: World) -> None:
    """What a listener heard since the reading began is what the reader got, in the same order; then it ends."""
    async with world.library() as positions:
        reading = asyncio.ensure_future(gathered(positions.events()))
        row = await opened(world, positions)
        await positions.close_position(row.id)
        assert not reading.done()
    assert await reading == world.events
    moves = [event.text for event in await reading if event.kind is EventKind.TRANSITION]
    assert (moves[0].startswith("pending_entry to "), moves[-1].endswith(" to closed")) == (True, True)
    assert [event.at_us for event in await reading] == sorted(event.at_us for event in await reading)
    assert {event.position_id for event in await reading} == {row.id}


@in_world()
async def test_two_readers_get_the_same(world: World) -> None:
    """Each stream is its own; one that breaks off leaves the other alone."""
    async with world.library() as positions:
        whole = asyncio.ensure_future(gathered(positions.events()))
        short = positions.events()
        opening = asyncio.ensure_future(world.tried(positions))
        first = await anext(short)
        await short.aclose()  # type: ignore[attr-defined]
        row, error = await opening
        assert error is None
        assert_safe(world, row)
    assert (await whole)[0] == first
    assert await whole == world.events


@in_world()
async def test_a_reader_that_never_reads_slows_nothing(world: World) -> None:
    """A stream that was asked for once and then forgotten: the open takes not a microsecond longer."""
    async with world.library() as positions:
        stream = positions.events()
        idle = asyncio.ensure_future(anext(stream))
        row, error = await world.tried(positions)
        took_s = world.elapsed_s
        assert error is None
        assert_safe(world, row)
        await idle
    assert took_s == 0.75


@in_world()
async def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for five, what did not fit is counted in the next event; the newest are all there."""
    monkeypatch.setattr(feed, "WAITING_MAX", 5)
    async with world.library() as positions:
        stream = positions.events()
        first = asyncio.ensure_future(anext(stream))
        await opened(world, positions)
        assert (await first).data.get("lost") is None
        heard = len(world.events)
        rest = [await anext(stream) for _ in range(5)]
        assert int(rest[0].data["lost"]) == heard - 6
        assert [event.at_us for event in rest] == [event.at_us for event in world.events[-5:]]
        assert all("lost" not in event.data for event in rest[1:])


@in_world()
async def test_a_reader_of_a_block_that_was_left_ends_at_once(world: World) -> None:
    """What waits is still delivered, then the stream is over; no task hangs."""
    async with world.library() as positions:
        stream = positions.events()
        first = asyncio.ensure_future(anext(stream))
        await opened(world, positions)
    assert (await first).kind is world.events[0].kind
    rest = await asyncio.wait_for(gathered(stream), 1)
    assert rest[-1].state is State.PROTECTED
    assert [*rest] == world.events[1:]


@in_world()
async def test_a_stream_that_was_asked_for_and_never_begun_ends_with_the_block(world: World) -> None:
    """Reading it for the first time after the block gives nothing, and does not hang."""
    async with world.library() as positions:
        stream = positions.events()
    assert await asyncio.wait_for(gathered(stream), 1) == []
