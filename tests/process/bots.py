"""Bots as processes: started, listened to, and ended by their own process id."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot import Orders

from atomicpos.sim.wire.process import VenueProcess

PROGRAM = Path(__file__).with_name("bot.py")
FACT_LIMIT_S = 45.0
END_LIMIT_S = 30.0
CREATE, OWN_STOP = "/v5/order/create", "/v5/position/trading-stop"


class Bot:
    """One running bot."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def until(self, fact: str) -> dict[str, Any]:
        """Listen until it states that fact; fails when it ends before."""
        assert self._process.stdout is not None
        async with asyncio.timeout(FACT_LIMIT_S):
            async for line in self._process.stdout:
                stated: dict[str, Any] = json.loads(line)
                if stated["fact"] == fact:
                    return stated
        raise AssertionError(f"the bot ended ({await self.ended()}) before it said {fact!r}")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end: the exit code, negative for the signal that ended it."""
        return await asyncio.wait_for(self._process.wait(), END_LIMIT_S)


@asynccontextmanager
async def running(orders: Orders) -> AsyncIterator[Bot]:
    """A bot that does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), orders.as_json(), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Bot(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def orders_for(venue: VenueProcess, file: Path, symbol: str, **wishes: Any) -> Orders:
    """What a bot on that venue is told, with its rows in that file."""
    return Orders(venue.url, venue.api_key, venue.secret, f"sqlite:///{file}", symbol, **wishes)


async def rest_of(orders: Orders) -> dict[str, Any]:
    """Start the bot over the file, let everything come to rest, and see it leave in peace.

    The fact it stated, with the ``seconds`` from the start of its process to that statement.
    """
    began_s = time.monotonic()
    async with running(orders) as bot:
        stated = await bot.until("rest")
        stated["seconds"] = time.monotonic() - began_s
        assert await bot.ended() == 0
    return stated


async def arrived(venue: VenueProcess, symbol: str, what: str) -> None:
    """Wait until an ``entry``, a ``stop`` or an ``own stop`` has arrived at the venue; fails when none does."""
    async with asyncio.timeout(FACT_LIMIT_S):
        while what not in await asyncio.to_thread(_arrivals, venue, symbol):  # noqa: ASYNC110 (no event there)
            await asyncio.sleep(0.01)


def _arrivals(venue: VenueProcess, symbol: str) -> set[str]:
    requests = [(r["path"], json.loads(r["body"])) for r in venue.requests() if r["path"] in (CREATE, OWN_STOP)]
    return {_kind(path, body) for path, body in requests if body["symbol"] == symbol}


def _kind(path: str, body: dict[str, Any]) -> str:
    if path == OWN_STOP:
        return "own stop"
    return "stop" if body.get("reduceOnly") else "entry"
