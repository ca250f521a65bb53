"""Ports with a gate before and after every call: where a test lets the process die, or an exception fly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from atomicpos.models import PositionSide
from atomicpos.ports import CancelOrder, PlaceOrder
from world import World

Strike = Callable[[str], Awaitable[None]]


class Gate:
    """Counts what passes; the ``at``-th passage is struck, or the first one of that name."""

    def __init__(self, at: int | str | None, strike: Strike, *, armed: bool = True) -> None:
        self.passed: list[str] = []
        self.armed = armed
        self._at = at
        self._strike = strike
        self.closed = False
        self.buried = False

    async def __call__(self, name: str) -> None:
        if self.buried:
            raise asyncio.CancelledError
        if self.closed:
            await never()
        if not self.armed:
            return
        self.passed.append(name)
        if self._at == len(self.passed) or (self._at == name and self.passed.count(name) == 1):
            await self._strike(name)


async def never() -> NoReturn:
    """Wait as a dead process does."""
    while True:
        await asyncio.get_running_loop().create_future()


class Gated:
    """Any port whose coroutine methods pass the gate before and after; everything else is the port's own."""

    def __init__(self, port: Any, gate: Gate, *names: str) -> None:
        self._port = port
        self._gate = gate
        self._names = names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in self._names:
            return found

        async def gated(*args: Any, **kwargs: Any) -> Any:
            title = title_of(name, args)
            await self._gate(f"before {title}")
            result = await found(*args, **kwargs)
            await self._gate(f"after {title}")
            return result

        return gated


def title_of(name: str, args: tuple[Any, ...]) -> str:
    match args:
        case (PlaceOrder() as request, *_):
            return f"{name} {request.leg.value}"
        case (CancelOrder(), *_):
            return f"{name} cancel"
        case _:
            return name


READS = ("orders", "fills", "position", "position_stop", "position_mode", "mark_price")
LISTINGS = ("positions", "open_orders", "fills")


class GatedExchange(Gated):
    """The exchange with every write, read and listing gated."""

    def __init__(self, exchange: Any, gate: Gate) -> None:
        super().__init__(exchange, gate, "write")
        self.reads = Gated(exchange.reads, gate, *READS)
        self.urgent_reads = Gated(exchange.urgent_reads, gate, *READS)
        self.account = Gated(exchange.account, gate, *LISTINGS)

    def hedged(self, side: PositionSide) -> GatedExchange:
        return GatedExchange(self._port.hedged(side), self._gate)


JOURNAL = (
    "admit", "commit", "note", "claim", "claim_one", "want", "renew", "give_back", "release", "owners", "beat",
    "heartbeats", "bind_account", "load", "find_key", "find_orders", "newest_on", "holding", "settled_since", "list",
    "history",
)  # fmt: skip


def gate(world: World, gate: Gate, journal: tuple[str, ...] = JOURNAL) -> None:
    """Put the world's ports behind this gate: the whole exchange, and these methods of the journal."""
    world.exchange = GatedExchange(world.exchange, gate)
    world.journal = Gated(world.journal, gate, *journal)


def stoppable(world: World) -> Gate:
    """Put the world's ports behind a gate: once it is closed nothing of the process gets out or in any more.

    What has left goes on, and its leases stand: so a process looks from outside that was stopped for good.
    """
    stops = Gate(None, never_struck)
    gate(world, stops)
    return stops


async def never_struck(name: str) -> None:
    """The strike of a gate that strikes nobody."""


class Mortal:
    """A process that dies at a passage, by number or name: nothing of it runs on, what it has sent goes on alone."""

    def __init__(self, world: World, at: int | str | None) -> None:
        self._world = world
        self._exchange, self._journal = world.exchange, world.journal
        self._died = asyncio.Event()
        self.gate = Gate(at, self._die)
        gate(world, self.gate)

    async def _die(self, name: str) -> None:
        self.kill()
        await never()

    def kill(self) -> None:
        """Die at this very moment."""
        self.gate.closed = True
        self._died.set()

    async def live(self, life: Callable[[], Awaitable[Any]], seconds: float = 120.0) -> bool:
        """Live until the end of that life or its death; True when it died. The next process has fresh ports."""
        before = asyncio.all_tasks()
        living = asyncio.ensure_future(life())
        death = asyncio.ensure_future(self._died.wait())
        await asyncio.wait({living, death}, return_when=asyncio.FIRST_COMPLETED, timeout=seconds)
        died = self._died.is_set()
        if died:
            await self._bury(before)
        death.cancel()
        if not died:
            await living
        self._world.exchange = self._exchange
        self._world.journal = self._journal.reopened()
        return died

    async def _bury(self, before: set[asyncio.Task[Any]]) -> None:
        """Cancel what belonged to the process; its database is gone first, so that no last words are stored."""
        await self._journal.close()
        self.gate.buried = True
        travelling = self._exchange.underway
        dying = asyncio.all_tasks() - before - travelling
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
