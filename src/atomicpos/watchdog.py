"""The watchdog: at start and then in a loop, every row that holds its slot is driven or looked at (I8)."""

from __future__ import annotations

from .announcer import log
from .drivers import Drivers
from .engine import Means
from .errors import StoreUnavailable
from .models import State
from .record import adopt


class Watchdog:
    """Drives what nobody drives: unsettled rows without end, and a look at each protected one every turn."""

    def __init__(self, means: Means, drivers: Drivers) -> None:
        self._means = means
        self._drivers = drivers
        self.turned_at_us: int | None = None
        """Our clock: when the last whole turn ended."""

    async def turn(self) -> int:
        """Start a drive for every row that has none; how many were started. Raises StoreUnavailable."""
        busy = self._drivers.busy
        rows = await self._means.journal.holding(self._means.scope)
        now = self._means.clock.now_us()
        idle = [row for row in rows if row.id not in busy | self._drivers.busy]
        for row in idle:
            self._drivers.start(adopt(row, now), watch=row.state is State.PROTECTED)
        self.turned_at_us = now
        return len(idle)

    async def run(self) -> None:
        """Turn for ever; a database that does not answer is asked again."""
        while True:
            await self._means.clock.sleep(self._means.settings.watch_s)
            try:
                await self.turn()
            except StoreUnavailable as error:
                log.critical("the watchdog cannot read the database: %s", error)
