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
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.ensure_future(self._ring((until_us - self._clock.now_us()) / MICROSECONDS))
        await self._wake.wait()

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(max(seconds, 0))
        self._wake.set()

    def close(self) -> list[asyncio.Task[None]]:
        """Stop the alarm; the task that is ending."""
        if self._alarm is None:
            return []
        self._alarm.cancel()
        return [self._alarm]
