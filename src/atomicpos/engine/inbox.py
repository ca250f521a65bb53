"""Where results of requests and looks wait for the loop's next turn, and what wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..models import MICROSECONDS
from ..ports import Clock

Letter = Callable[[], None]


class Inbox:
    """Letters to one drive: delivered at any time, opened only by its own loop, so that a turn is never disturbed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._letters: list[Letter] = []
        self._wake = asyncio.Event()
        self._alarm: asyncio.Task[None] | None = None
        self._rings_at_us = self._due_us = 0

    def deliver(self, letter: Letter) -> None:
        """Put a letter in and wake the loop."""
        self._letters.append(letter)
        self._wake.set()

    @property
    def empty(self) -> bool:
        """True when no letter waits."""
        return not self._letters

    def open(self) -> None:
        """Open every letter, oldest first."""
        self._wake.clear()
        letters, self._letters = self._letters, []
        for letter in letters:
            letter()

    async def wait(self, until_us: int) -> None:
        """Wait for a letter, or until then by our clock."""
        self._due_us = until_us
        if self._alarm is None or self._alarm.done() or until_us < self._rings_at_us:
            self.close()
            self._rings_at_us = until_us
            self._alarm = asyncio.ensure_future(self._ring())
        await self._wake.wait()

    async def _ring(self) -> None:
        """Ring when it is due; what became due later while the alarm ran is waited for by the same alarm."""
        while True:
            await self._clock.sleep(max(self._rings_at_us - self._clock.now_us(), 0) / MICROSECONDS)
            if self._due_us <= self._rings_at_us:
                self._wake.set()
                return
            self._rings_at_us = self._due_us

    def close(self) -> list[asyncio.Task[None]]:
        """Stop the alarm; the task that is ending."""
        if self._alarm is None:
            return []
        self._alarm.cancel()
        return [self._alarm]
