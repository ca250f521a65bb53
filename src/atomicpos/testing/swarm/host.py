"""One process of a world: the shipped library with its bots, over the shared database, until its end comes.

Its ports pass the instants at which it may be killed, stopped or told to leave: before and after each commit and each
request, and between a permit and the departure.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from ...app import AtomicPositions
from ...errors import StoreUnavailable
from ...events import Event
from ...models import MICROSECONDS
from ...ports import Journal
from ...sim import SkewedClock
from ...sim.schedule import LANE
from ...store import open_journal
from ..interleavings.pausing import Process
from .database import STANDING, Standing
from .hosted import HostExchange, HostJournal

if TYPE_CHECKING:
    from .world import World

T = TypeVar("T")

ASKED_EVERY_S = 1.0
"""How often it is looked whether a process that was asked for something still lives."""
START_AGAIN_S = 1.0
"""How long a process that cannot start waits before it tries again."""
SPOOLED_S = 12.0
"""How long after its database answered again, or itself was woken, a process may still send what protects ahead of its
journal line: what it waits for longer than ``journal_patience_s`` it does not wait for."""


class Owner:
    """A process by its name, which knows of the dead what its world lets it know."""

    def __init__(self, me: str, dead: set[str]) -> None:
        self.me = me
        self._dead = dead

    def gone(self, owner: str) -> bool:
        """True for one that is known to be dead; one that is silent may be stopped."""
        return owner in self._dead

    def leave(self) -> None:
        """There is nobody to tell."""


class Host:
    """One process. ``bots`` is what runs in it once it is up."""

    def __init__(self, world: World, number: int, bots: Callable[[Host], Awaitable[None]]) -> None:
        self.world = world
        self.name = f"p{number}"
        self.rng = random.Random(f"host {world.mix.seed} {number}")
        self.standing = Standing(world.path)
        self.process = Process(timers_first=self.rng.random() < 0.5)
        self.positions: AtomicPositions | None = None
        self.journal: Journal | None = None
        """Its own, once it is inside its block."""
        self.lives = True
        self._bots = bots
        self._leaving = asyncio.Event()
        self._context = Context()
        self._spools_until_us = 0
        skews = world.mix.skews_s
        self.clock = SkewedClock(world.clock, round(skews[1 + number % (len(skews) - 1)] * MICROSECONDS))
        self.exchange = HostExchange(self)
        self.main = self.process.start(self._live())

    @property
    def requests(self) -> list[tuple[int, str, str]]:
        """Every request and every look that left, with its time."""
        return self.exchange.requests

    @property
    def leaves(self) -> bool:
        """True once it was told to leave."""
        return self._leaving.is_set()

    @property
    def up(self) -> bool:
        """True while it runs, and is inside its block."""
        return self.lives and not self.process.stopped and self.positions is not None

    async def _live(self) -> None:
        LANE.set(self.name)
        STANDING.set(self.standing)
        self._context = copy_context()
        positions = await self._started()
        self.positions = positions
        bots = asyncio.ensure_future(self._bots(self))
        await self._leaving.wait()
        self.positions = None
        bots.cancel()
        await asyncio.gather(bots, return_exceptions=True)
        await positions.__aexit__(None, None, None)
        self.lives = False

    async def runs(self, coro: Coroutine[Any, Any, T]) -> T | None:
        """Run something in this process, asked for by another one; None when it dies, or leaves, before it is done."""
        task = asyncio.get_running_loop().create_task(coro, context=self._context.copy())
        while not task.done() and self.lives:
            await asyncio.wait({task}, timeout=ASKED_EVERY_S)
        return task.result() if task.done() and not task.cancelled() else None

    async def _started(self) -> AtomicPositions:
        """Inside its block, sooner or later; what a supervisor would do. No ``async with``: a killed process does not
        leave its block.
        """
        while True:
            try:
                journal = await open_journal(self.world.url, self.world.shared_clock, rng=self.rng)
                self.journal = HostJournal(journal, self)
                return await self._over(self.journal).__aenter__()
            except StoreUnavailable:
                await self.clock.sleep(START_AGAIN_S)

    def _over(self, journal: Journal) -> AtomicPositions:
        return AtomicPositions.over(
            self.exchange, journal, self.clock, self.rng, Owner(self.name, self.world.fates.dead),
            alerts=_told_already, listeners=(self._hears,),
        )

    def _hears(self, event: Event) -> None:
        self.world.hears(self.name, event)

    # --- its ends ---------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Nothing of it runs ever again."""
        self.process.stop()
        self.lives = False

    def wake(self) -> None:
        """Go on, if it was stopped and is not dead."""
        if self.lives:
            self._spool()
            self.process.wake()

    def leave(self) -> None:
        """Leave the block in good order."""
        self._leaving.set()

    def cut(self) -> None:
        """The database cannot be used by it."""
        self.standing.cut = True

    def mend(self) -> None:
        """The database can be used again."""
        self.standing.cut, self.standing.unanswered = False, 0
        self._spool()

    def _spool(self) -> None:
        self._spools_until_us = self.world.clock.now_us() + round(SPOOLED_S * MICROSECONDS)

    @property
    def spools(self) -> bool:
        """True while what protects may leave before it is written down."""
        late = self.world.clock.now_us() < self._spools_until_us or self.world.mix.troubles.slow > 0
        return self.standing.cut or late or self.standing.failures > 0

    async def instant(self, name: str) -> None:
        """Pass one instant: what befalls the process there is drawn by its world."""
        if self.lives and self.world.fates.instant(self, name):
            await asyncio.sleep(0)

    async def permitted(self) -> None:
        """The instant between a permit's answer and the departure."""
        await self.instant("permitted")


def _told_already(event: Event) -> None:
    """Alerts are among the facts that the world hears."""
