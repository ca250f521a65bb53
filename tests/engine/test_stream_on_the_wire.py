"""Bybit's private stream through the real ccxt.pro: early where it speaks, missed by nobody where it does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import ccxt.async_support
import ccxt.pro
import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import ClosedImmediately
from atomicpos.evidence import POSITION_STREAM
from atomicpos.models import Position, State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
TEN = Decimal(10)
READS = ("orders", "fills", "position", "position_stop", "account_positions", "account_orders", "account_fills")
LATE_READS = tuple(Fault(call, None, "lag", None, 10) for call in READS)
SOON_S = 2.0
"""Generous for a slow machine, and far from the ten seconds by which the reads are late."""


async def until(holds: Callable[[], Any], within_s: float = SOON_S) -> None:
    """Wait until that is so; fails when it takes too long."""
    for _ in range(round(within_s / 0.005)):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"not so within {within_s:g} s")


async def stream_is(positions: AtomicPositions, said: Callable[[str], bool]) -> str:
    """Wait until health says so of the stream."""
    found = ""
    for _ in range(500):
        found = str((await positions.health()).stream)
        if said(found):
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"the stream is still {found}")


async def connected(positions: AtomicPositions) -> None:
    await stream_is(positions, lambda said: said == "connected")


@asynccontextmanager
async def streaming(bybit: Server, client: Any = None, **knobs: Any) -> AsyncIterator[AtomicPositions]:
    async with library(client or bybit_client(bybit), **knobs) as positions:
        await connected(positions)
        yield positions


async def opened(positions: AtomicPositions, symbol: str = "AVLUSDT") -> Position:
    return await positions.open_position_atomic(symbol, "buy", "10", stop_loss_percent="2")


def covered(bybit: Server) -> bool:
    truth = bybit.venue.truth(AVL)
    return truth.quantity == TEN and truth.stop_quantity >= TEN


@pytest.mark.parametrize("kind", [ccxt.async_support.bybit, ccxt.pro.bybit])
async def test_the_stop_stands_long_before_the_reads_show_anything(bybit: Server, kind: type[Any]) -> None:
    """The attached stop was silently left out and every read lags ten seconds: the stream alone tells of the fill."""
    async with streaming(bybit, bybit_client(bybit, kind)) as positions:
        bybit.venue.faults.add(Fault("place_entry", None, "drop_attached", 1), *LATE_READS)
        began = time.monotonic()
        opening = asyncio.ensure_future(opened(positions))
        await until(lambda: covered(bybit))
        assert time.monotonic() - began < SOON_S
        assert not opening.done()
        bybit.venue.faults.clear()
        row = await opening
    assert row.state is State.PROTECTED
    seen = [found for found in row.evidence if found.quantity == TEN]
    assert min(seen, key=lambda found: found.answered_at_us).source == POSITION_STREAM


async def test_f17_the_event_comes_before_the_reply(bybit: Server) -> None:
    """The entry's reply is held back; its fill is known and its stop is up before it comes."""
    async with streaming(bybit) as positions:
        bybit.venue.faults.add(Fault("place_entry", None, "drop_attached", 1))
        bybit.venue.faults.add(*LATE_READS)
        row = asyncio.ensure_future(opened(positions))
        await until(lambda: covered(bybit))
        bybit.venue.faults.clear()
        assert (await row).state is State.PROTECTED


async def test_a_socket_that_drops_in_the_middle_costs_nothing(bybit: Server) -> None:
    """Instead of the first message the connection drops: the polls protect, and the stream comes back for the next."""
    async with streaming(bybit) as positions:
        bybit.venue.faults.add(Fault("stream", "AVLUSDT", "error", 1))
        row = await opened(positions)
        assert row.state is State.PROTECTED
        assert covered(bybit)
        await connected(positions)
        second = await opened(positions, "XRPUSDT")
        assert any(found.source == POSITION_STREAM and found.quantity == TEN for found in second.evidence)


@pytest.mark.parametrize("fault", [
    Fault("stream", None, "omit"), Fault("stream", None, "duplicate"), Fault("stream", None, "lag", None, 0.3),
    Fault("stream", None, "backwards", None, 0.2),
], ids=lambda fault: fault.kind)  # fmt: skip
async def test_f16_silent_late_or_confused_it_starves_nobody(bybit: Server, fault: Fault) -> None:
    """Whatever the messages do, an open is protected by the polls and a close is proven."""
    bybit.venue.faults.add(fault)
    async with streaming(bybit) as positions:
        row = await opened(positions)
        assert row.state is State.PROTECTED
        assert (await positions.close_position(row.id)).state is State.CLOSED
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stops) == (0, ())


async def test_f38_told_flat_is_not_flat(bybit: Server) -> None:
    """The close fills, the stream says so and shows the slot empty; while the reads lag the row does not settle."""
    async with streaming(bybit) as positions:
        row = await opened(positions)
        bybit.venue.faults.add(*LATE_READS)
        closing = asyncio.ensure_future(positions.close_position(row.id))
        await until(lambda: bybit.venue.truth(AVL).quantity == 0)
        await asyncio.sleep(0.5)
        told = positions._running.means.listening.board.of(AVL)  # type: ignore[union-attr]
        assert [n.position.quantity for n in told if n.position is not None][-1] == 0
        assert not (await positions.get(row.id)).state.settled
        bybit.venue.faults.clear()
        assert (await closing).state is State.CLOSED


@pytest.mark.parametrize("kind", ["liquidate", "adl", "foreign_close"])
async def test_f19_gone_at_once_ends_the_same_and_what_was_tried_could_only_reduce(bybit: Server, kind: str) -> None:
    """The stream tells of the fill before its end: a stop may be tried in between, and opens nothing."""
    async with streaming(bybit) as positions:
        bybit.venue.faults.add(Fault("place_entry", None, kind, 1, 0))
        with pytest.raises(ClosedImmediately) as gone:
            await opened(positions)
        assert gone.value.position is not None
        assert gone.value.position.state is State.CLOSED_IMMEDIATELY
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stops, truth.entries) == (0, (), 1)
    taken = bybit.venue.orders_as_of(AVL, bybit.venue.now_us())
    assert [order.reduce_only for order in taken if not order.foreign].count(False) == 1


async def test_wrong_keys_are_said_once_and_everything_else_works(
    bybit: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A stream that the exchange refuses is no error of an open; health says why, without a secret."""
    client = bybit_client(bybit)
    async with library(client) as positions:
        await connected(positions)
        client.secret, good = "wrong", client.secret  # rotated by the bot, say: the next connection uses it
        bybit.venue.faults.add(Fault("stream", None, "error", 1))
        bybit.venue.place(_foreign(bybit))
        assert "wrong" not in await stream_is(positions, lambda said: "Authentication" in said)
        client.secret = good
        await connected(positions)
        assert sum("stream of the account is down" in record.message for record in caplog.records) == 1


def _foreign(bybit: Server) -> Any:
    from atomicpos.models import OrderSide
    from atomicpos.sim.venue import PlaceRequest

    return PlaceRequest("ETHUSDT", None, OrderSide.BUY, Decimal(1))


async def test_the_callers_client_keeps_its_state(bybit: Server) -> None:
    """Nothing of the stream is set on the client: no sockets, no caches, and its own numbers stay its own."""
    client = bybit_client(bybit, ccxt.pro.bybit)
    await client.load_markets()
    before = {name: repr(client.__dict__.get(name)) for name in ("clients", "orders", "myTrades", "positions", "urls",
                                                                 "number", "handle_message")}  # fmt: skip
    async with streaming(bybit, client) as positions:
        await opened(positions)
        assert {name: repr(client.__dict__.get(name)) for name in before} == before


async def test_off_no_socket_is_opened(bybit: Server) -> None:
    """``streams="off"`` leaves it at asking."""
    async with library(bybit_client(bybit), streams="off") as positions:
        assert (await opened(positions)).state is State.PROTECTED
        assert (await positions.health()).stream is None
    assert not any(entry.path == "/v5/private" for entry in bybit.arrivals.entries)


async def test_after_the_block_the_socket_is_gone(bybit: Server) -> None:
    """Leaving the block closes the stream; nobody hears the venue any more."""
    async with streaming(bybit):
        assert len(bybit.venue.told) == 1
    await until(lambda: not bybit.venue.told)
