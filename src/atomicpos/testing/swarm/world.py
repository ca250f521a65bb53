"""One world: the venue, the database, the processes and what befalls them, from the first request to the last check."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from ...events import Event, EventKind
from ...evidence import POSITION_STREAM
from ...models import MICROSECONDS
from ...ports import Change
from ...record import Record
from ...sim import SkewedClock, VirtualClock
from ..interleavings.kinds import Kind
from ..interleavings.pausing import outside
from .beside import TOLD_BY_A_STREAM, beside
from .bots import Bots
from .chronicle import Chronicle
from .database import close_all, content
from .fates import Fates, decides_on_s, strict
from .host import Host
from .jobs import Size, draw_jobs, markets_of, with_targets
from .mix import Mix
from .oracle import Oracle
from .rest import at_rest, lawful, rest_within_s
from .stakes import SwarmVenue
from .tending import Tending
from .weather import Weather

ASKS_EVERY_S = 0.5
"""How often it is looked whether everything rests."""
AFTERWARDS_S = 6.0
"""How long the world goes on once everything rests: a turn of each watchdog, and longer than a receive window."""
ROUND_TRIP_S = 0.15
"""What a request and its answer take where nothing is wrong."""
LEAVES_WITHIN_S = 30.0
"""How long a process may take to leave its block in fair weather."""
UNFORESEEN = ("the drive of position %s failed", "the watchdog failed")
"""Lines of the log that say that something was raised which the engine did not foresee."""


class Network:
    """The venue's clock for whoever travels: a round trip takes its time, and by chance more."""

    def __init__(self, clock: VirtualClock, rng: random.Random, jitter: float) -> None:
        self._clock = clock
        self._rng = rng
        self._jitter = jitter

    def now_us(self) -> int:
        """The venue's time."""
        return self._clock.now_us()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Sleep that long, and by chance longer: by so much more as a round trip may take."""
        return self._clock.sleep(seconds + min(seconds, ROUND_TRIP_S) * self._jitter * self._rng.random())


class World:
    """One world being played, and what is counted in it."""

    def __init__(self, mix: Mix, size: Size, path: Path, fates: Fates, *, keeps: bool = False) -> None:
        self.mix = mix
        self.size = size
        self.url = f"sqlite:///{path}"
        self.path = path
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.shared_clock = SkewedClock(self.clock, round(mix.skews_s[0] * MICROSECONDS))
        self.network = Network(self.clock, random.Random(f"network {mix.seed}"), mix.jitter)
        self.venue = SwarmVenue(
            self.clock.now_us, seed=mix.seed, markets=markets_of(size),
            stop_when_flat="accept" if mix.kind is Kind.STOP_TAKEN_WHEN_FLAT else "refuse",
        )
        self.weather = Weather(mix, random.Random(f"weather {mix.seed}"))
        self.venue.faults = self.weather
        self.chronicle = Chronicle(self.clock.now_us, str(path), keeps=keeps)
        self.tell = self.chronicle.tell
        self.oracle = Oracle(self.venue, strict=strict(mix), looks_back_s=decides_on_s(mix))
        self.fates = fates
        self.hosts: list[Host] = []
        self.bots = Bots(self, with_targets(draw_jobs(size, mix.seed), mix.beside.targets, mix.seed))
        self.opens = 0
        self.ends: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.alerts: list[str] = []
        self._tending = Tending(self)
        self.rested_s = self.elapsed_s = 0.0
        self._over = False
        self.broken: tuple[str, ...] = ()

    @property
    def living(self) -> list[Host]:
        """The processes that have not ended."""
        return [host for host in self.hosts if host.lives]

    def start(self) -> None:
        """Start one more process."""
        self.hosts.append(Host(self, len(self.hosts), self.bots.run))
        self.tell("world", f"starts {self.hosts[-1].name}")

    # --- the phases -------------------------------------------------------------------------------------------

    async def play(self) -> None:
        """Faults, then none; then everything must rest, and be told as it is."""
        for _ in range(self.mix.hosts):
            self.start()
        weather = [outside(self.fates.outages(lambda: self.living)), outside(self.fates.market(self.venue))]
        await self._until(lambda: self.bots.idle, self.size.safety_s)
        for task in weather:
            task.cancel()
        self._clear_up()
        await self._rest()
        at_rest(self.oracle, self.alerts)
        await self._leave()
        at_rest(self.oracle, self.alerts)

    def _clear_up(self) -> None:
        """From now on nothing goes wrong any more, and whoever was stopped or is missing runs."""
        self.tell("world", "clears up")
        self.fates.end()
        self.weather.clear()
        self.bots.stop()
        for host in self.living:
            host.mend()
            host.wake()
        if all(host.leaves for host in self.living):
            self.start()

    async def _rest(self) -> None:
        """Everything rests within its bound, and still does after a while."""
        within_s, began_us = rest_within_s(self.mix), self.clock.now_us()
        rests = await self._until(self._resting, within_s)
        self.rested_s = (self.clock.now_us() - began_us) / MICROSECONDS
        if rests:
            await self.clock.sleep(AFTERWARDS_S)
            rests = await self._until(self._resting, within_s)
        self.oracle.hold(rests, lambda: f"I8: no rest within {within_s:g} s: {self._restless()}")

    def _resting(self) -> bool:
        self._tending.tend()
        up = all(host.up or host.leaves for host in self.living)
        arrived = not any(host.exchange.underway for host in self.hosts)
        return up and arrived and self.bots.idle and all(lawful(self.oracle, row) for row in self.oracle.rows.values())

    def _restless(self) -> str:
        rows = [f"{row.id} {row.state.value}" for row in self.oracle.rows.values() if not lawful(self.oracle, row)]
        return f"rows {rows}, down {[host.name for host in self.living if not host.up]}, bots idle {self.bots.idle}"

    async def _leave(self) -> None:
        """Every process leaves in good order."""
        for host in self.living:
            host.leave()
        left = await self._until(lambda: not self.living, LEAVES_WITHIN_S)
        self.oracle.hold(left, lambda: f"I8: {[host.name for host in self.living]} cannot leave")

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        ends_us = self.clock.now_us() + round(seconds * MICROSECONDS)
        while not holds():
            if self.clock.now_us() >= ends_us:
                return False
            await self.clock.sleep(ASKS_EVERY_S)
        return True

    def close(self) -> str:
        """End it: nothing is recorded any more, and the dead may run to be buried. The world's hash."""
        for line in content(self.path):
            self.tell("database", line, shown=False)
        for host in self.hosts:
            self.tell(host.name, f"asked {host.requests}", shown=False)
            close_all(host.standing)
        digest, self.broken = self.chronicle.close(), tuple(self.oracle.broken)
        self._over, self.elapsed_s = True, asyncio.get_running_loop().time()
        for record in self.oracle.rows.values():
            self.seen.update(beside(record))
        for host in self.hosts:
            host.process.wake()
        return digest

    # --- what is seen -----------------------------------------------------------------------------------------

    def befalls(self, what: str, whom: str) -> None:
        """Something befell a process, its database or the market."""
        self.seen[what] += 1
        self.tell("fate", f"{what} {whom}")

    def stored(self, change: Change) -> None:
        """A change was stored."""
        before = self.oracle.rows.get(change.record.id)
        if before is None or before.state is not change.record.state:
            self.seen[f"reached {change.record.state.value}"] += 1
        self.seen[TOLD_BY_A_STREAM] += any(found.source == POSITION_STREAM for found in change.evidence)
        self.oracle.change(change)

    def taken(self, name: str, row: Record) -> None:
        """A process claimed this row."""
        before = self.oracle.rows.get(row.id)
        if before is None or before.owner != row.owner:
            self.seen[f"taken over {row.state.value}"] += 1
        self.oracle.know(row)
        self.tell(name, f"takes {row.id} v{row.version} f{row.fence} {row.state.value}")

    def hears(self, name: str, event: Event) -> None:
        """A process said something."""
        if event.kind is EventKind.ALERT:
            self.seen["alerts"] += 1
            self.alerts.append(event.text)
        self.tell(name, f"{event.kind.value} {event.position_id} {event.condition} {event.text}")

    def logged(self, line: logging.LogRecord) -> None:
        """The library wrote to its log."""
        if not self._over and any(str(line.msg).startswith(words) for words in UNFORESEEN):
            self.oracle.broken.append(f"unforeseen: {line.getMessage()}")

    def unheard(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An exception that nobody waits for."""
        if not self._over:
            self.oracle.broken.append(f"unheard: {context.get('message')}: {context.get('exception')!r}")
