"""Hedge mode on Bybit over HTTP: whole positions through the unmodified ccxt client, both sides of one symbol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from atomicpos import AtomicPositions
from atomicpos.errors import AtomicPositionError
from atomicpos.models import SETTLED, Position, PositionSide, State
from atomicpos.sim import Fault, hands
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
HASTY = {"watch_s": 0.3}


@pytest.fixture
def hedge(bybit: Server) -> Server:
    """The account in hedge mode."""
    bybit.venue.set_position_mode("hedge")
    return bybit


@asynccontextmanager
async def bot(server: Server, **knobs: Any) -> AsyncIterator[AtomicPositions]:
    async with library(bybit_client(server), **knobs) as positions:
        yield positions


async def opened(positions: AtomicPositions, side: str, quantity: str) -> Position:
    return await positions.open_position_atomic("AVLUSDT", side, quantity, stop_loss_percent="2")


async def settled(positions: AtomicPositions, position_id: str) -> Position:
    """The row once the watch has found its end."""
    if (row := await positions.get(position_id)).state in SETTLED:
        return row
    async with asyncio.timeout(20):
        async for _ in positions.events():
            if (row := await positions.get(position_id)).state in SETTLED:
                return row
    raise AssertionError("there are no events any more")


def assert_side(server: Server, row: Position) -> None:
    """Covered as the row says, or flat with nothing of it left."""
    truth = server.venue.truth(AVL, row.side)
    if row.state is State.PROTECTED:
        assert truth.stop_quantity >= abs(truth.quantity) == row.filled_quantity > 0
        assert [stop.trigger_price for stop in truth.stops] == [row.stop_price]
    else:
        assert row.state in SETTLED
        assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def test_both_sides_live_and_end_by_themselves(hedge: Server) -> None:
    """Opened at once, the long is stopped out and the short closed: each by its own proof."""
    async with bot(hedge, **HASTY) as positions:
        long, short = await asyncio.gather(opened(positions, "long", "10"), opened(positions, "short", "4"))
        for row in (long, short):
            assert_side(hedge, row)
        hands.stop_out(hedge.venue, AVL, LONG)
        ended = await settled(positions, long.id)
        assert ended.state is State.CLOSED
        assert_side(hedge, ended)
        assert_side(hedge, await positions.get(short.id))
        moved = await positions.move_stop(short.id, price="1.3900")
        assert_side(hedge, moved)
        assert (await positions.close_position(short.id)).state is State.CLOSED
    assert hedge.venue.truth(AVL).quantity == 0


@pytest.mark.parametrize(("call", "kind"), [
    ("place_entry", "lose_reply"), ("place_entry", "cut_body"), ("place_entry", "http_502_executed"),
    ("set_stop", "lose_reply"), ("place_close", "lose_reply"), ("place_close", "html_200_executed"),
])  # fmt: skip
async def test_a_lost_reply_is_looked_up_on_its_side(hedge: Server, call: str, kind: str) -> None:
    """While the other side is held: it ends as if the reply had come, and the other side is as before."""
    async with bot(hedge, write_patience_s=0.5) as positions:
        other = await opened(positions, "short", "4")
        hedge.venue.faults.add(Fault(call, None, kind, 1, 1 if kind == "lose_reply" else None))
        row = await opened(positions, "long", "10")
        assert_side(hedge, row)
        if call == "place_close":
            row = await positions.close_position(row.id)
            assert row.state is State.CLOSED
            assert_side(hedge, row)
        assert_side(hedge, await positions.get(other.id))
    assert hedge.venue.truth(AVL, LONG).entries == 1


async def test_a_successor_finds_both_sides(hedge: Server, tmp_path: Path) -> None:
    """The next process reads each row's mode from the database and goes on watching each side by itself."""
    database = f"sqlite:///{tmp_path / 'rows.db'}"
    async with bot(hedge, database=database) as positions:
        rows = [await opened(positions, "long", "10"), await opened(positions, "short", "4")]
    hands.close(hedge.venue, AVL, SHORT)
    async with bot(hedge, database=database, **HASTY) as positions:
        assert (await settled(positions, rows[1].id)).state is State.CLOSED
        for row in rows:
            assert_side(hedge, await positions.get(row.id))


async def test_somebody_elses_other_side_is_no_occupant(hedge: Server) -> None:
    """An external short leaves the long free, and stays untouched; leverage is set beside it, not on it."""
    hedge.venue.foreign_order(AVL, SHORT.opening, hedge.venue.market(AVL).min_quantity * 7, position_side=SHORT)
    async with bot(hedge) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "long", "10", stop_loss_percent="2", leverage=5)
        assert_side(hedge, row)
        with pytest.raises(AtomicPositionError, match="already holds 7 short"):
            await opened(positions, "short", "4")
        await positions.flatten_all()
    now_us = hedge.venue.now_us()
    short = hedge.venue.position_as_of(AVL, now_us, SHORT)
    assert (short.quantity, short.leverage, hedge.venue.truth(AVL, LONG).quantity) == (7, 10, 0)
