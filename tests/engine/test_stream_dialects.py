"""The stream of each dialect but Bybit's, through the real ccxt.pro: early where it speaks, missed by nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import ccxt.async_support
import pytest

from atomicpos.app import AtomicPositions
from atomicpos.evidence import POSITION_STREAM
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim import connect as point
from atomicpos.sim.wire.server import Server, serve
from wired import library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
TEN = Decimal(10)
READS = ("orders", "fills", "position", "position_stop", "account_positions", "account_orders", "account_fills")
LATE_READS = tuple(Fault(call, None, "lag", None, 10) for call in READS)
DIALECTS = ["binanceusdm", "okx"]


@asynccontextmanager
async def streaming(dialect: str) -> AsyncIterator[tuple[Server, AtomicPositions]]:
    """A venue, and the library over the dialect's own client, connected."""
    server = await serve(dialect, seed=7)
    keys = {"apiKey": server.api_key, "secret": server.secret, "password": server.password}
    config = {**keys, "enableRateLimit": False, "verify": False}
    client: Any = getattr(ccxt.async_support, dialect)(config)
    client.timeout_on_exit = 0
    point(client, server.url)
    try:
        async with library(client) as positions:
            await connected(positions)
            yield server, positions
    finally:
        await server.stop()


async def connected(positions: AtomicPositions) -> None:
    for _ in range(500):
        if (await positions.health()).stream == "connected":
            return
        await asyncio.sleep(0.01)
    raise AssertionError((await positions.health()).stream)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_an_exact_stop_stands_long_before_the_reads_show_the_fill(dialect: str) -> None:
    """Reads lag ten seconds; within two the stop has the trigger that follows from the fill, not from the mark."""
    async with streaming(dialect) as (server, positions):
        server.venue.faults.add(*LATE_READS)
        opening = asyncio.ensure_future(
            positions.open_position_atomic(AVL, "buy", "10", stop_loss_percent="2")
        )
        for _ in range(400):
            truth = server.venue.truth(AVL)
            if truth.average is not None and any(
                stop.trigger_price and abs(stop.trigger_price - truth.average * Decimal("0.98")) <= Decimal("0.001")
                for stop in truth.stops
            ):
                break
            await asyncio.sleep(0.005)
        else:
            raise AssertionError(server.venue.truth(AVL))
        assert not opening.done()
        server.venue.faults.clear()
        row = await opening
        assert row.state is State.PROTECTED
        first = min((found for found in row.evidence if found.quantity), key=lambda found: found.answered_at_us)
        assert first.source == POSITION_STREAM


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", ["error", "omit", "duplicate"])
async def test_f16_whatever_it_does_the_polls_protect_and_prove(dialect: str, kind: str) -> None:
    """Dropped at the first message, silent or repeating: protected, closed and proven all the same."""
    async with streaming(dialect) as (server, positions):
        server.venue.faults.add(Fault("stream", None, kind, 1 if kind == "error" else None))
        row = await positions.open_position_atomic(AVL, "buy", "10", stop_loss_percent="2")
        assert row.state is State.PROTECTED
        assert (await positions.close_position(row.id)).state is State.CLOSED
        await connected(positions)
        truth = server.venue.truth(AVL)
        assert (truth.quantity, truth.stops) == (0, ())


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_f38_told_flat_is_not_flat(dialect: str) -> None:
    """The stream shows the slot empty; while the reads lag the row does not settle."""
    async with streaming(dialect) as (server, positions):
        row = await positions.open_position_atomic(AVL, "buy", "10", stop_loss_percent="2")
        server.venue.faults.add(*LATE_READS)
        closing = asyncio.ensure_future(positions.close_position(row.id))
        await asyncio.sleep(0.7)
        told = positions._running.means.listening.board.of(AVL)  # type: ignore[union-attr]
        assert [notice.position.quantity for notice in told if notice.position is not None][-1] == 0
        assert not (await positions.get(row.id)).state.settled
        server.venue.faults.clear()
        assert (await closing).state is State.CLOSED
