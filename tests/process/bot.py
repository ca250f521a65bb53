"""A bot as its own process: ``python bot.py '<JSON of Orders>'``, with ccxt's own client and a SQLite file.

It opens one position and stays in the block, or, started again over the same file, waits until every row is at rest
and leaves. Facts go to stdout, one JSON object a line. Told an instant, it kills itself there with SIGKILL.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

LIFE_LIMIT_S = 90.0
"""No bot outlives a test that failed to end it."""

KNOBS: dict[str, Any] = {
    "visibility_s_max": 1,
    "recv_window_s": 2,
    "clock_skew_s_max": 0.2,
    "exposure_deadline_s": 60,
    "watch_s": 0.5,
}
"""A horizon of 3.2 s, so that absence is proven soon; and time enough that a slow machine is no reason to close."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the bot is told. Without a side it opens nothing: it takes up what is stored."""

    url: str
    api_key: str
    secret: str
    database: str
    symbol: str
    side: str | None = None
    quantity: str = "0"
    dies_at: str | None = None
    """An instant of ``atomicpos.testing.interleavings.mortal``; the process is killed when it first gets there."""
    protection: str | None = None
    """How early a stop can be had, where it is not the profile's own way."""

    def as_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def say(fact: str, **details: Any) -> None:
    """Tell whoever started the bot."""
    print(json.dumps({"fact": fact, **details}), flush=True)


async def main(orders: Orders) -> None:
    """Live one life."""
    async with asyncio.timeout(LIFE_LIMIT_S), library(orders) as positions:
        if orders.side is None:
            await rest(positions)
            return
        say("ready")
        row = await positions.open_position_atomic(orders.symbol, orders.side, orders.quantity, stop_loss_percent="2")
        say("opened", state=row.state.value)
        await asyncio.Event().wait()


async def rest(positions: Any) -> None:
    """Wait until the library has brought every row to rest, and say what it is then."""
    rows = [await positions.wait(row.id) for row in await positions.list()]
    say("rest", rows=[
        {"state": row.state.value, "proof": row.proof.kind.value if row.proof else None,
         "filled": str(row.filled_quantity), "stop_price": str(row.stop_price), "exposure_s": row.exposure_s}
        for row in rows
    ])  # fmt: skip


@asynccontextmanager
async def library(orders: Orders) -> AsyncIterator[Any]:
    """The library over ccxt's own client; over mortal ports for an instant of death, or another way of protecting."""
    import ccxt.async_support as ccxt

    from atomicpos import AtomicPositions, sim

    client = ccxt.bybit({"apiKey": orders.api_key, "secret": orders.secret, "enableRateLimit": False})
    sim.connect(client, orders.url)
    try:
        if orders.dies_at is None and orders.protection is None:
            positions = AtomicPositions(client, orders.database, **KNOBS)
        else:
            positions = await mortal(client, orders)
        async with positions:
            yield positions
    finally:
        await client.close()


async def mortal(client: Any, orders: Orders) -> Any:
    """The library over the real ports, with an instant before and after every commit and every send."""
    from atomicpos import AtomicPositions
    from atomicpos.clock import SystemClock
    from atomicpos.exchanges import connect
    from atomicpos.profile import Profile, Protection
    from atomicpos.store import open_journal
    from atomicpos.testing.interleavings.mortal import Life, MortalExchange, MortalJournal

    class RealLife(Life):
        """Its death is the process's."""

        async def instant(self, name: str) -> None:
            if name == orders.dies_at:
                die()

    class OurWay(MortalExchange):
        """The exchange in the way of protecting that was asked for."""

        @property
        def profile(self) -> Profile:
            known = super().profile
            return replace(known, protection=Protection(orders.protection or known.protection))

    clock, rng, life = SystemClock(), random.Random(), RealLife()
    exchange = OurWay(connect(client, clock, recv_window_s=KNOBS["recv_window_s"]), life, _unheard)
    journal = MortalJournal(await open_journal(orders.database, clock, rng=rng), life, _unheard)
    return AtomicPositions.over(exchange, journal, clock, rng, **KNOBS)


def die() -> NoReturn:
    """End at this very instruction: nothing is flushed, closed or told."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process runs on")


def _unheard(_: object) -> None:
    """The mortal ports tell of what passes; nobody listens here."""


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background of a shell ignores it
    try:
        asyncio.run(main(Orders(**json.loads(sys.argv[1]))))
    except KeyboardInterrupt:
        # as a shell expects it: ended by the signal, without a traceback
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
