"""What befalls the processes of a world and their database: drawn at each instant, or for moments in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from ...sim import Venue
from ..interleavings.pausing import later_outside
from .jobs import Size
from .mix import Mix

if TYPE_CHECKING:
    from .host import Host

PAUSES_S = ((0.3, 3.0), (5.0, 22.0), (22.0, 60.0))
"""How long a process is stopped: a moment, less than a lease, more than one."""
LONGEST_S = 60.0
"""How old what a process saw may be because it was stopped since: as long as it may be stopped, when no other process
is there to take its rows over."""
OUTAGES_S = ((0.05, 0.5), (0.5, 5.0), (5.0, 12.0))
LONGEST_OUTAGE_S = 12.0
AWAY_S = (0.2, 8.0)
"""How long it takes until another process is started in the place of one that was killed or has left."""
SLOW_S = (0.1, 1.0)
STEP = Decimal("0.012")
"""How far a mark moves at most, as a share of it."""


class Fates:
    """Draws what befalls whom, while there is trouble at all."""

    def __init__(self, mix: Mix, size: Size, start: Callable[[], object], say: Callable[[str, str], None]) -> None:
        self.dead: set[str] = set()
        """Processes whose death everybody knows of."""
        self._mix = mix
        self._rng = random.Random(f"fates {mix.seed}")
        self._mishaps = size.mishaps
        self._round_s = size.round_s
        self._start = start
        self._say = say
        self._over = False

    def end(self) -> None:
        """Nothing befalls anybody from now on."""
        self._over = True

    def instant(self, host: Host, name: str) -> bool:
        """The process passes that instant; True when it is not the same afterwards."""
        if self._over:
            return False
        troubles, drawn = self._mix.troubles, self._rng.random()
        for rate, befall in (
            (troubles.kill, self._kill), (troubles.pause, self._pause), (troubles.leave, self._leave),
        ):
            if drawn < rate and self._mishaps > 0:
                self._mishaps -= 1
                befall(host, name)
                return True
            drawn -= rate
        if 0 <= drawn < troubles.unanswered:
            host.standing.unanswered += 1
        return False

    def _kill(self, host: Host, name: str) -> None:
        self._say("killed", f"{host.name} {name}")
        host.kill()
        if self._mix.troubles.known_dead:
            self.dead.add(host.name)
        later_outside(self._rng.uniform(*AWAY_S), self._start_another)

    def _pause(self, host: Host, name: str) -> None:
        seconds = self._rng.uniform(*self._rng.choice(PAUSES_S))
        self._say("stopped", f"{host.name} {name} for {seconds:.3f} s")
        host.process.stop()
        later_outside(seconds, host.wake)

    def _leave(self, host: Host, name: str) -> None:
        self._say("left", f"{host.name} {name}")
        host.leave()
        later_outside(self._rng.uniform(*AWAY_S), self._start_another)

    def _start_another(self) -> None:
        if not self._over:
            self._start()

    # --- the database -----------------------------------------------------------------------------------------

    def executor_s(self) -> float:
        """How long one round of a database takes, in seconds."""
        slow = not self._over and self._rng.random() < self._mix.troubles.slow
        return self._rng.uniform(*SLOW_S) if slow else self._rng.random() * self._round_s

    async def outages(self, living: Callable[[], list[Host]]) -> None:
        """The database is gone for a while, for one process or for all, as often as the mix says."""
        for _ in range(self._mix.troubles.outages):
            await asyncio.sleep(self._rng.uniform(0.1, 8.0))
            hosts = living()
            cut = hosts if self._rng.random() < 0.5 else hosts[:1]
            seconds = self._rng.uniform(*self._rng.choice(OUTAGES_S))
            self._say("cut off", f"{[host.name for host in cut]} for {seconds:.3f} s")
            for host in cut:
                host.cut()
            await asyncio.sleep(seconds)
            for host in cut:
                host.mend()

    # --- the market -------------------------------------------------------------------------------------------

    async def market(self, venue: Venue) -> None:
        """Marks move by small steps, now here, now there."""
        while self._mix.moves:
            await asyncio.sleep(self._rng.expovariate(self._mix.moves))
            symbol = self._rng.choice(venue.symbols() or ("",))
            if symbol:
                self._say("moved", symbol)
                venue.set_mark(symbol, self._moved(venue, symbol))

    def _moved(self, venue: Venue, symbol: str) -> Decimal:
        tick = venue.market(symbol).tick
        share = 1 + STEP * Decimal(self._rng.randint(-100, 100)) / 100
        return max(tick, (venue.mark(symbol) * share / tick).to_integral_value(ROUND_HALF_EVEN) * tick)


def decides_on_s(mix: Mix) -> float:
    """How old what a process decides on may be: what it looked at lags, and it may have been stopped since."""
    troubles = mix.troubles
    kept_s = (LONGEST_S if troubles.pause else 0) + (LONGEST_OUTAGE_S if troubles.outages else 0)
    return mix.looks_back_s + kept_s + (2 * SLOW_S[1] if troubles.slow else 0)


def strict(mix: Mix) -> bool:
    """True where nothing but our own requests changes anything, and nobody decides on what he saw long ago."""
    troubles = mix.troubles
    return not (mix.hands or troubles.pause or troubles.outages or troubles.slow)


