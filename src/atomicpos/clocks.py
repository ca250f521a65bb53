"""Our clock beside the exchange's, told as a fact: before a first entry, and by the watchdog from time to time."""

from __future__ import annotations

from .doctor import ClockReading
from .engine import Means
from .events import Event, EventKind
from .models import MICROSECONDS
from .ports import ReadFailed

EVERY_US = 300 * MICROSECONDS
"""How often the watchdog reads the exchange's clock: one that nobody sets drifts by less than a second in a day, one of
a machine that was paused is off at once."""


class Clocks:
    """Reads and tells; what is too far off keeps opens from being sent, and nothing here does."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._next_at_us = means.clock.now_us() + EVERY_US

    async def turn(self) -> None:
        """Read the exchange's clock when it is time; where it cannot be read, the next time comes."""
        asked_at_us = self._means.clock.now_us()
        if asked_at_us < self._next_at_us:
            return
        self._next_at_us = asked_at_us + EVERY_US
        try:
            told_us = await self._means.exchange.server_time_us()
        except ReadFailed:
            return
        self.tell(ClockReading(asked_at_us, told_us, self._means.clock.now_us()))

    def tell(self, read: ClockReading) -> None:
        """One reading."""
        ahead_us, limit_us = -read.ahead_us, self._means.bounds.clock_skew_us
        text = f"our clock is {ahead_us / MICROSECONDS:.3f} s ahead of the exchange's"
        data = {"ahead_us": str(ahead_us), "limit_us": str(limit_us)}
        self._means.announcer.publish(Event(EventKind.CLOCK, self._means.clock.now_us(), "", "", text, data=data))
