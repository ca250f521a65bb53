"""A venue on the wire in hurried time, a real client, and a hand on the replies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.sim import VirtualClock
from atomicpos.sim.wire.server import Server, serve
from wired import bybit_client

from .hand import Hand


@dataclass(frozen=True, slots=True)
class Ground:
    """What every case plays on."""

    server: Server
    clock: VirtualClock
    client: Any
    hand: Hand

    def adapter(self) -> CcxtExchange:
        """One more adapter over the client."""
        return connect(self.client, self.clock)

    def newcomer(self) -> Any:
        """A client of its own that has loaded nothing yet; whoever asks for it closes it."""
        return _client(self.server, self.clock)


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A new venue, and a client that has nothing loaded; the hand passes everything yet."""
    clock = VirtualClock(asyncio.get_running_loop())
    server = await serve("bybit", port=0, seed=7, clock=clock)
    hand = Hand()
    server.tampering.hand = hand
    client = _client(server, clock)
    try:
        yield Ground(server, clock, client, hand)
    finally:
        await client.close()
        await server.stop()


def _client(server: Server, clock: VirtualClock) -> Any:
    """The real client; what it signs of its own accord is dated by the same clock as the rest."""
    client = bybit_client(server)
    client.milliseconds = lambda: clock.now_us() // 1000
    return client
