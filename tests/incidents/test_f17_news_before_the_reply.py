"""F17: what is told of a fill counts from before the send on, though the reply to the send has not come."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.evidence import Evidence, Kind, OrderView, Source
from atomicpos.models import OrderStatus, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from modes import MODES, in_every_mode
from world import TEN, World, assert_safe, play

HELD_UP = Fault("place_entry", None, "lose_reply", 1, 9.0)
"""The exchange carries the entry out at once; nothing is heard of it for nine seconds, and then an error."""
EARLY_S = 0.004
"""In the field the event of a fill came four milliseconds before the bot began to listen for it."""


def the_news(world: World) -> Evidence:
    """What a stream tells of the entry."""
    entry = world.accepted()[0]
    view = OrderView(
        entry.client_order_id, entry.order_id, OrderStatus.FILLED, quantity=TEN, filled=TEN, average=entry.average,
        created_at_us=entry.created_at_us, updated_at_us=entry.updated_at_us,
    )  # fmt: skip
    now = world.clock.now_us()
    source = Source.ORDER_STATUS.value
    return Evidence(Kind.SEEN, TEN, source=source, asked_at_us=now, answered_at_us=now, orders=(view,))


async def told_early(world: World, positions: AtomicPositions) -> None:
    """Tell the drive as soon as the exchange has carried the entry out."""
    while not world.accepted():
        await world.clock.sleep(EARLY_S)
    started: Any = positions._started
    (drive,) = started.drivers._engine._running.values()
    drive.hear(the_news(world))


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_f17_news_that_come_before_the_reply_put_the_stop_up(mode: Protection) -> None:
    """The stop stands within a tenth of a second of the news, while the entry is still unanswered."""

    async def scene(world: World) -> None:
        async with world.library() as positions:
            opening = asyncio.ensure_future(world.tried(positions))
            await told_early(world, positions)
            await world.clock.sleep(0.1)
            assert world.truth().stop_quantity >= TEN
            row, error = await opening
            assert error is None
            assert_safe(world, await world.settle(positions, quiet_s=20))
            assert row is not None

    play(scene, HELD_UP, protection=mode)


@in_every_mode(HELD_UP)
async def test_f17_without_any_news_the_fill_is_found_before_the_reply(world: World) -> None:
    """Who only asks finds it too: the position is protected while the reply is still out."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
        assert world.elapsed_s < 9
        assert_safe(world, await world.settle(positions, quiet_s=20))


@in_every_mode()
async def test_f17_news_that_come_twice_count_once(world: World) -> None:
    """The event, and the same fill again in every look: one position of ten, one stop, nothing sent twice."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await told_early(world, positions)
        row, error = await opening
        assert error is None
        assert row is not None
        assert (row.filled_quantity, world.truth().entries) == (TEN, 1)
        assert_safe(world, await world.settle(positions, quiet_s=20))
