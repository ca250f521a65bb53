"""The server: one venue in one dialect, on loopback, with a control plane beside the exchange's own paths."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from atomicpos.ports import Clock
from atomicpos.sim.account import ACCEPT, WHILE_OPEN
from atomicpos.sim.clock import SystemClock
from atomicpos.sim.markets import MARKETS
from atomicpos.sim.venue import Venue

from .arrivals import Arrivals
from .binance.dialect import Binance
from .bybit.dialect import Bybit
from .control import Control
from .credentials import Credentials
from .interruptions import interruptions
from .manner import Manner
from .okx.dialect import Okx
from .parent import gone, watched
from .tampering import Tampering

HOST = "127.0.0.1"
STOP_LIMIT_S = 0.5
"""How long replies under way may take when the server stops."""

Dialect = Callable[[Venue, Credentials, Callable[[], int], Manner], "Iterable[web.AbstractRouteDef]"]

DIALECTS: dict[str, Dialect] = {
    "binanceusdm": lambda venue, credentials, now_us, manner: Binance(venue, credentials, now_us, manner).routes(),
    "bybit": lambda venue, credentials, now_us, manner: Bybit(venue, credentials, now_us, manner).routes(),
    "okx": lambda venue, credentials, now_us, manner: Okx(venue, credentials, now_us, manner).routes(),
}
"""The exchanges this venue can speak like."""

PASSPHRASED = frozenset({"okx"})
"""Those whose keys have a passphrase beside the secret."""

HABITS: dict[str, dict[str, Any]] = {
    "binanceusdm": {"stop_when_flat": ACCEPT, "ids_taken": WHILE_OPEN},
    "okx": {"ids_taken": WHILE_OPEN},
}
"""How the engine differs behind a dialect. Binance: conditional orders are checked when they fire, and a client order
id is unique among open orders only, as on OKX; all documented."""


@dataclass(frozen=True, slots=True)
class Server:
    """A venue that accepts connections at ``url``; ``symbols`` are raw ids. End it with ``stop``."""

    url: str
    api_key: str
    secret: str
    password: str
    """The key's passphrase, empty where the exchange's keys have none; ccxt calls it ``password``."""
    symbols: tuple[str, ...]
    venue: Venue
    arrivals: Arrivals
    tampering: Tampering
    """For tests in this process: whatever hand is laid on the replies here."""
    _runner: web.AppRunner = field(repr=False)
    _closing: asyncio.Event = field(repr=False)

    async def stop(self) -> None:
        """Drop what hangs, close the socket and release it. Safe to call twice."""
        self._closing.set()
        await self._runner.cleanup()


async def serve(dialect: str = "bybit", port: int = 0, seed: int = 0, clock: Clock | None = None) -> Server:
    """Start a venue on 127.0.0.1 (port 0: any free one) in the running loop, by the machine's clock or that one.

    Raises ValueError when the dialect does not exist, OSError when the port cannot be had.
    """
    speak = _dialect(dialect)
    clock = clock or SystemClock()
    venue = Venue(clock.now_us, seed=seed, **HABITS.get(dialect, {}))
    credentials = _credentials(seed, with_passphrase=dialect in PASSPHRASED)
    arrivals, closing, manner, tampering = Arrivals(clock.now_us), asyncio.Event(), Manner(), Tampering()
    application = web.Application(middlewares=[arrivals.middleware, interruptions(closing), tampering.middleware])
    told_us = _exchange_clock(clock, manner)
    application.add_routes(speak(venue, credentials, told_us, manner))
    application.add_routes(Control(venue, arrivals, manner).routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_LIMIT_S)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    symbols = tuple(market.market_id for market in MARKETS)
    url = f"http://{HOST}:{runner.addresses[0][1]}"
    keys = credentials.api_key, credentials.secret, credentials.passphrase
    return Server(url, *keys, symbols, venue, arrivals, tampering, runner, closing)


async def serve_until_signal(dialect: str, port: int, seed: int, parent: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until the process ``parent`` is gone.

    Prints one JSON line (url, api_key, secret, password where the keys have one, symbols) once connections are
    accepted. Raises as ``serve`` does.
    """
    stopped = _signalled()
    alive = watched(parent) if parent is not None else None
    server = await serve(dialect, port, seed)
    print(json.dumps(_announcement(server)), flush=True)
    try:
        await _first(stopped, alive)
    finally:
        await server.stop()


def _announcement(server: Server) -> dict[str, object]:
    keys = {"api_key": server.api_key, "secret": server.secret}
    if server.password:
        keys["password"] = server.password
    return {"url": server.url, **keys, "symbols": list(server.symbols)}


def _signalled() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _first(stopped: asyncio.Event, alive: Callable[[], bool] | None) -> None:
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(stopped.wait())]
    if alive is not None:
        waits.append(asyncio.ensure_future(gone(alive)))
    _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()


def _exchange_clock(clock: Clock, manner: Manner) -> Callable[[], int]:
    """The clock that the dialect tells and checks timestamps by."""
    return lambda: manner.circumstances.clock_us(clock.now_us())


def _dialect(name: str) -> Dialect:
    try:
        return DIALECTS[name]
    except KeyError:
        raise ValueError(f"dialect is {name!r}; those that exist: {', '.join(sorted(DIALECTS))}") from None


def _credentials(seed: int, *, with_passphrase: bool) -> Credentials:
    """The same seed gives the same key: a restarted venue goes on accepting its client."""
    rng = random.Random(f"venue credentials {seed}")
    api_key, secret = f"{rng.getrandbits(72):018x}", f"{rng.getrandbits(144):036x}"
    return Credentials(api_key, secret, f"{rng.getrandbits(48):012x}" if with_passphrase else "")
