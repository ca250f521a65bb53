"""The watchdog: at start and then in a loop, every row that holds its slot is driven or looked at (I8)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection

from .clocks import Clocks
from .drivers import Drivers
from .engine import Means
from .events import Event, EventKind
from .leases import CLAIMED_AT_ONCE
from .models import MICROSECONDS, Goal, State
from .record import Record, taken_up
from .sweep import Sweep
from .taking import takeover
from .troubles import Troubles


class Watchdog:
    """Drives what nobody drives: unsettled rows without end, and a look at each protected one every turn.

    Rows of other processes are left to them for as long as their leases stand.
    """

    def __init__(self, means: Means, drivers: Drivers, troubles: Troubles) -> None:
        self._means = means
        self._drivers = drivers
        self.sweep = Sweep(means, drivers)
        self._troubles = troubles
        self._clocks = Clocks(means)
        self._began_at_us = means.clock.now_us()
        self.turned_at_us: int | None = None
        """Our clock: when the last whole turn ended."""

    @property
    def behind_us(self) -> int:
        """How much longer ago the last whole turn is than it should be."""
        watch_us = round(self._means.settings.watch_s * MICROSECONDS)
        last = self.turned_at_us if self.turned_at_us is not None else self._began_at_us
        return max(self._means.clock.now_us() - last - watch_us, 0)

    async def turn(self) -> int:
        """Claim what nobody drives, and start a drive for every row of ours that has none; how many were started.

        Raises StoreUnavailable.
        """
        began_us, behind_us = self._means.clock.now_us(), self.behind_us
        taken = await self._claim()
        with self._drivers.noted() as busy:  # a drive that ended meanwhile has moved its row on since it was read
            rows = await self._means.journal.holding(self._means.scope)
        ours = [row for row in rows if row.owner == self._means.leases.me]
        wanted = {row.id for row in ours if row.wanted_by is not None and _rests(row, busy)}
        idle = [row for row in ours if row.id not in busy | wanted]
        for position_id in sorted(wanted):
            await self._drivers.hand_over(position_id)
        for row in idle:
            await self._take_up(row, row.id in taken)
        self.turned_at_us = self._means.clock.now_us()
        self._tell(rows, self.turned_at_us - began_us, behind_us)
        return len(idle)

    def _tell(self, rows: Collection[Record], took_us: int, behind_us: int) -> None:
        """The turn and the account's rows as the database has them, those of other processes included."""
        now = self._means.clock.now_us()
        counts = Counter(row.state for row in rows)
        data = {state.value: counts[state] for state in State if not state.settled}
        open_since_us = [row.intent.created_at_us for row in rows if row.state is not State.PROTECTED]
        data["unsettled_us"] = now - min(open_since_us, default=now)
        data["unprotected"] = sum(_lost_its_stop(row) for row in rows)
        data |= {"took_us": took_us, "behind_us": behind_us}
        text = f"the watchdog looked at {len(rows)} positions after {took_us / MICROSECONDS:.3f} s"
        told = {name: str(value) for name, value in data.items()}
        self._means.announcer.publish(Event(EventKind.WATCHED, now, "", "", text, data=told))

    async def _take_up(self, row: Record, taken: bool) -> None:
        """Drive a row of ours; what a drive of ours brought to rest is only looked at, nothing of it is in doubt."""
        known = self._means.leases.holds(row.id)
        if not known:
            claimed = await self._means.leases.claim_one(row.id)
            if claimed is None:
                return
            row = claimed
        if taken or not known:
            self._means.announcer.publish(takeover(row, self._means.clock.now_us()))
        record = taken_up(row, self._means.clock.now_us(), ours=known and not taken)
        self._drivers.start(record, watch=row.state is State.PROTECTED)

    async def _claim(self) -> frozenset[str]:
        """Claim until nothing is left to claim; the positions that were."""
        taken: set[str] = set()
        while True:
            rows = await self._means.leases.claim()
            taken.update(row.id for row in rows)
            if len(rows) < CLAIMED_AT_ONCE:
                return frozenset(taken)

    async def run(self) -> None:
        """Turn for ever; a database that does not answer is asked again."""
        sweeping: asyncio.Task[None] | None = None
        try:
            while True:
                # beside the positions' own looks: what both list is listed once, and neither waits for the other
                if sweeping is None or sweeping.done():
                    sweeping = asyncio.ensure_future(self._troubles.unfailing(self._beside))
                await self._means.clock.sleep(self._means.settings.watch_s)
                await self._troubles.unfailing(self.turn)
        finally:
            if sweeping is not None:
                sweeping.cancel()

    async def _beside(self) -> None:
        """What is looked at of the account as a whole."""
        await self._clocks.turn()
        await self.sweep.turn()


def _lost_its_stop(row: Record) -> bool:
    """True for a row that had been protected, is to be, and is not."""
    return row.protected_at_us is not None and row.goal is Goal.PROTECT and row.state is not State.PROTECTED


def _rests(row: Record, busy: Collection[str]) -> bool:
    """True for a row that may be handed to another process: it is safe, or all there is to do is to look on."""
    return (row.state is State.PROTECTED and row.id not in busy) or row.state is State.ORPHAN_SUSPECTED
