"""The library of one bot: real ccxt over HTTP, a real database, and failpoints in between."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import ccxt.async_support as ccxt

# a driver that is imported where it is first needed would be imported by every bot anew
import psycopg  # noqa: F401
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: F401

from atomicpos import AtomicPositions, sim
from atomicpos.clock import SystemClock
from atomicpos.exchanges import connect
from atomicpos.owner import ThisProcess
from atomicpos.ports import Outcome, Owners, Permit, Write, always
from atomicpos.profile import Profile, Protection
from atomicpos.store import open_journal
from atomicpos.testing.failpoints import Failpoint, Failpoints, PointedExchange, PointedJournal, named

from . import defects
from .task import KNOBS, Place, Task


@dataclass(frozen=True, slots=True)
class Parts:
    """One bot's library, and what its starter may ask about."""

    positions: AtomicPositions
    exchange: WatchedExchange
    points: Failpoints


class WatchedExchange(PointedExchange):
    """The exchange in the way of protecting that was asked for; it keeps what came of each write."""

    def __init__(self, inner: Any, points: Failpoints, protection: str | None) -> None:
        super().__init__(inner, points)
        self.outcomes: list[tuple[float, float, str]] = []
        """When a write was begun and answered, and what came of it."""
        self._protection = protection

    @property
    def profile(self) -> Profile:
        """The exchange's own, but for when a stop can be had."""
        known = super().profile
        return known if self._protection is None else replace(known, protection=Protection(self._protection))

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        """Send it, and keep what came of it."""
        began = time.monotonic()
        outcome = await super().write(request, permit)
        code = f" ({outcome.code})" if outcome.code not in (None, "0") else ""
        self.outcomes.append((began, time.monotonic(), f"{named(request)} {outcome.kind.value}{code}"))
        return outcome


@asynccontextmanager
async def library(task: Task, points: Failpoints) -> AsyncIterator[Parts]:
    """The library inside its block."""
    clock, rng = SystemClock(), random.Random(secrets.randbits(128))
    knobs = {**KNOBS, **task.knobs, "account": task.place.account}
    planted = defects.plant(task.defect, knobs["recv_window_s"])
    client = _client(task.place)
    try:
        inner = connect(client, clock, recv_window_s=planted.recv_window_s)
        exchange = WatchedExchange(inner, points, task.protection)
        journal = planted.journal(PointedJournal(await open_journal(task.place.database, clock, rng=rng), points))
        owners = planted.owners(_owners(task.host, rng))
        async with AtomicPositions.over(exchange, journal, clock, rng, owners, **knobs) as positions:
            yield Parts(positions, exchange, points)
    finally:
        await client.close()


def failpoints(task: Task) -> Failpoints:
    """Those of this process: at the chosen one it sends itself the task's signal."""
    points = Failpoints(lambda: os.kill(os.getpid(), task.signal))
    if task.point is not None:
        points.choose(Failpoint(task.point, task.nth))
    return points


def _client(place: Place) -> Any:
    client = ccxt.bybit({"apiKey": place.api_key, "secret": place.secret, "enableRateLimit": False})
    client.verify = False  # no certificates are read for plain HTTP on loopback
    client.timeout_on_exit = 0
    sim.connect(client, place.url)
    return client


def _owners(host: str | None, rng: random.Random) -> Owners:
    return ThisProcess(rng) if host is None else _Elsewhere(f"{host}:{os.getpid()}:{rng.getrandbits(32):08x}")


class _Elsewhere:
    """An owner on a host of its own: of the others it knows nothing but their leases."""

    def __init__(self, me: str) -> None:
        self.me = me

    def gone(self, owner: str) -> bool:
        """Nobody is known to be."""
        return False

    def leave(self) -> None:
        """There is nobody to tell."""
