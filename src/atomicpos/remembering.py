"""What was learnt about lag is written from time to time, and what other processes learnt is read: never while opening.

It happens beside the renewal of the leases, in a transaction of its own. What cannot be written waits for the next
time; what is never written is learnt again.
"""

from __future__ import annotations

import asyncio

from .announcer import log
from .conditions import LAG_BEYOND_BOUNDS
from .engine import Means
from .errors import StoreUnavailable
from .events import Event, EventKind
from .lag import LAG_MOST_US
from .models import MICROSECONDS

EVERY_US = 60 * MICROSECONDS
"""How often it is written and read; a lag beyond the bounds is written at the next renewal."""


class Remembering:
    """Between the lags in memory and the database."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._next_at_us = means.clock.now_us() + EVERY_US
        self._storing: asyncio.Task[None] | None = None

    async def turn(self) -> None:
        """Write and read when it is time. Raises StoreUnavailable."""
        lags = self._means.lags
        if self._means.clock.now_us() >= self._next_at_us or (lags.late and lags.unstored()):
            self._next_at_us = self._means.clock.now_us() + EVERY_US
            await self._store()
            lags.recall(await self._means.journal.lags())

    async def close(self) -> None:
        """Write what is left, if it can be written."""
        try:
            await self._store()
        except StoreUnavailable as failure:
            log.warning("what was learnt about lag could not be written: %s", failure)

    async def _store(self) -> None:
        # in a task of its own: counts that are being written must not be written twice because a caller went away
        if self._storing is None or self._storing.done():
            self._storing = asyncio.ensure_future(self._written())
        await asyncio.shield(self._storing)

    async def _written(self) -> None:
        lags = self._means.lags
        late, counts = dict(lags.late), lags.unstored()
        if not counts:
            return
        await self._means.journal.learn(counts)
        lags.was_stored(counts)
        for source, lag_us in late.items():
            self._resolve(source, lag_us)

    def _resolve(self, source: str, lag_us: int) -> None:
        """It is remembered; one that is longer than is ever waited for stays alerted."""
        lags = self._means.lags
        if lag_us > LAG_MOST_US or lags.late.get(source) != lag_us:
            return
        del lags.late[source]
        bound_us = lags.widened(self._means.bounds).visibility_us
        text = f"how late {source} was is remembered, and reads may lag {bound_us / MICROSECONDS:.1f} s from now on"
        now = self._means.clock.now_us()
        event = Event(EventKind.RESOLVED, now, "", "", text, condition=LAG_BEYOND_BOUNDS, data={"key": source})
        self._means.announcer.publish(event)
