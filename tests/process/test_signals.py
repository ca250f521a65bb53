"""A bot that is asked to end, and a second process on its file."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from bot import Orders
from bots import arrived, orders_for, rest_of, running

from atomicpos.models import State
from atomicpos.record import Record
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.store import read_only

pytestmark = pytest.mark.process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl_c"])
async def test_a_bot_ended_inside_its_block_leaves_the_position_protected(
    number: signal.Signals, venue: VenueProcess, tmp_path: Path
) -> None:
    """While it lives its file is read beside it, and when it has ended the next one takes the position up at once."""
    file = tmp_path / "bot.db"
    async with running(orders_for(venue, file, "AVLUSDT", side="buy", quantity="10")) as bot:
        assert (await bot.until("opened"))["state"] == State.PROTECTED
        assert [row.owner is not None for row in await _rows(file)] == [True]
        bot.send(number)
        assert await bot.ended() == -number
    await _still_protected(venue, orders_for(venue, file, "AVLUSDT"))


async def test_ctrl_c_in_the_middle_of_an_open_is_answered_when_the_position_is_protected(
    venue: VenueProcess, tmp_path: Path
) -> None:
    """The caller's waiting is cancelled, the open is not: leaving the block drives it on to its stop."""
    file = tmp_path / "bot.db"
    venue.faults([{"call": c, "symbol": "AVLUSDT", "kind": "lag", "seconds": 0.3} for c in ("orders", "fills")])
    async with running(orders_for(venue, file, "AVLUSDT", side="buy", quantity="10")) as bot:
        await bot.until("ready")
        await arrived(venue, "AVLUSDT", "entry")
        bot.send(signal.SIGINT)
        assert await bot.ended() == -signal.SIGINT
    assert [(row.state, row.owner) for row in await _rows(file)] == [(State.PROTECTED, None)]
    await _still_protected(venue, orders_for(venue, file, "AVLUSDT"))


async def _rows(file: Path) -> tuple[Record, ...]:
    journal = await read_only(f"sqlite:///{file}")
    try:
        return await journal.list()
    finally:
        await journal.close()


async def _still_protected(venue: VenueProcess, orders: Orders) -> None:
    stated = await rest_of(orders)
    assert [row["state"] for row in stated["rows"]] == [State.PROTECTED]
    truth = (await asyncio.to_thread(venue.truth))[orders.symbol]
    assert (truth["entries"], truth["quantity"], truth["stop_quantity"]) == (1, "10", "10")
