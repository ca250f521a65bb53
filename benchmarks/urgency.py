"""A protective write behind a hundred polls of the bot: ours, and the unmodified client's, on one limiter.

What is measured is the time from the asking, on a quiet loop, to the moment at which the transport is about to write
the request's head (aiohttp's trace event), so that neither the venue's speed nor the machine's loopback counts. The
connection stands already, as the view keeps it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import aiohttp
import ccxt.async_support as ccxt

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.call import Call
from atomicpos.models import Leg, OrderSide, TriggerBy
from atomicpos.ports import PlaceOrder
from atomicpos.sim.markets import perpetual
from atomicpos.sim.wire.server import Server

POLLS = 100
SYMBOL = "AVL/USDT:USDT"
DIALECTS = ("binanceusdm", "bybit", "okx")
"""Every exchange that the venue speaks like and that has an adapter."""


@dataclass(frozen=True)
class Urgency:
    """Milliseconds from the asking to the request's head."""

    exchange: str
    ours_ms: tuple[float, ...]
    theirs_ms: float | None

    @property
    def ours_median_ms(self) -> float:
        return median(self.ours_ms)

    def __str__(self) -> str:
        ours = ", ".join(f"{ms:.2f}" for ms in self.ours_ms)
        theirs = "not measured" if self.theirs_ms is None else f"{self.theirs_ms:.0f} ms"
        return f"{self.exchange}: ours {ours} ms (median {self.ours_median_ms:.2f}), the unmodified client {theirs}"


def bot(server: Server, dialect: str) -> Any:
    """The caller's own client, with ccxt's limiter as it comes."""
    client = getattr(ccxt, dialect)({"apiKey": server.api_key, "secret": server.secret, "enableRateLimit": True})
    client.verify = False
    client.timeout_on_exit = 0
    if getattr(server, "password", None):
        client.password = server.password
    sim.connect(client, server.url)
    return client


def a_stop(number: int) -> PlaceOrder:
    """A reduce-only stop of ours; what the exchange makes of it does not matter here."""
    own = f"urgent{number:04d}"
    return PlaceOrder(SYMBOL, Leg.STOP, own, OrderSide.SELL, perpetual(SYMBOL).step * 10, True,
                      perpetual(SYMBOL).price * 9 / 10, TriggerBy.MARK)


async def poll(client: Any) -> None:
    """What bots do all the time."""
    await client.fetch_positions([SYMBOL])


@asynccontextmanager
async def behind_polls(client: Any) -> Any:
    """So many polls of the bot's own wait in its limiter."""
    polls = [asyncio.ensure_future(poll(client)) for _ in range(POLLS)]
    await asyncio.sleep(0.2)  # the first ones are on their way, all others stand in line
    try:
        yield
    finally:
        for one in polls:
            one.cancel()
        await asyncio.gather(*polls, return_exceptions=True)


async def ours(server: Server, dialect: str, times: int) -> tuple[float, ...]:
    """Of several stops through our adapter, each behind the polls: how long each took to leave."""
    client = bot(server, dialect)
    exchange = connect(client, sim.SystemClock())
    try:
        await exchange.open()
        await exchange.write(a_stop(0))  # from now on the connection stands
        taken = []
        async with behind_polls(client):
            for number in range(1, times + 1):
                taken.append(await _left_after_ms(lambda n=number: exchange.write(a_stop(n))))
        return tuple(taken)
    finally:
        await exchange.close()
        await client.close()


async def theirs(server: Server, dialect: str, most_s: float = 15.0) -> float:
    """The unmodified client's own stop, behind its own polls, through the same transport event."""
    heads: list[float] = []

    async def head(_: Any, __: Any, params: aiohttp.TraceRequestHeadersSentParams) -> None:
        if params.method == "POST":
            heads.append(time.perf_counter())

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(head)
    client = bot(server, dialect)
    await client.load_markets()
    await client.session.close()
    session = aiohttp.ClientSession(trace_configs=[trace])
    client.session, client.own_session = session, False
    try:
        async with behind_polls(client):
            began = time.perf_counter()
            stop = asyncio.ensure_future(client.create_order(
                SYMBOL, "market", "sell", 10, None, {"triggerPrice": 1.2, "triggerDirection": "descending",
                                                     "reduceOnly": True},
            ))
            await asyncio.wait({stop}, timeout=most_s)
            stop.cancel()
            await asyncio.gather(stop, return_exceptions=True)
        return (heads[0] - began) * 1000 if heads else most_s * 1000
    finally:
        await session.close()
        await client.close()


async def _left_after_ms(write: Callable[[], Awaitable[object]]) -> float:
    """From the call to the event that the transport's trace fires before the first byte."""
    heads: list[float] = []
    plain = Call.ask_permit

    def noted(call: Call) -> None:
        if call.recv_window_ms is not None:  # a write of ours, not one of our reads
            heads.append(time.perf_counter())
        plain(call)

    Call.ask_permit = noted  # type: ignore[method-assign]
    try:
        began = time.perf_counter()
        await write()
    finally:
        Call.ask_permit = plain  # type: ignore[method-assign]
    return (heads[0] - began) * 1000


async def measured(server: Server, dialect: str, *, times: int = 9, unmodified: bool = False) -> Urgency:
    """Ours, and the unmodified client's where asked for: that takes as long as its line does."""
    slow = await theirs(server, dialect) if unmodified else None
    return Urgency(dialect, await ours(server, dialect, times), slow)
