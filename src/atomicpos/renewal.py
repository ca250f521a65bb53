"""Leases are renewed, and with each renewal the owner says that it lives and how it stands."""

from __future__ import annotations

from .drivers import Drivers
from .engine import Means
from .ports import Heartbeat
from .remembering import Remembering
from .troubles import Troubles
from .watchdog import Watchdog


class Renewal:
    """Renews every lease of this owner in one statement, several times while it lasts."""

    def __init__(self, means: Means, drivers: Drivers, watchdog: Watchdog, troubles: Troubles,
                 remembering: Remembering) -> None:
        self._means = means
        self._drivers = drivers
        self._watchdog = watchdog
        self._troubles = troubles
        self._remembering = remembering

    async def run(self) -> None:
        """Renew for ever, from now on."""
        while True:
            await self._troubles.unfailing(self.turn)
            await self._means.clock.sleep(self._means.leases.renewal_s)

    async def turn(self) -> None:
        """Renew, and leave every row alone that turns out to be another owner's. Raises StoreUnavailable."""
        for position_id in await self._means.leases.renew():
            self._drivers.lose(position_id)
        await self._means.journal.beat(self._heartbeat())
        await self._remembering.turn()

    def _heartbeat(self) -> Heartbeat:
        leases = self._means.leases
        return Heartbeat(
            self._means.scope, leases.me, leases.count, len(self._drivers.busy), self._watchdog.behind_us,
            self._watchdog.sweep.failure or "",
        )
