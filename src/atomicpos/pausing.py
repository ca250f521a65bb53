"""A pause that ends early when there is news."""

from __future__ import annotations

import asyncio

from .ports import Clock


class Pausing:
    """Waits by a clock, or until it is woken; what woke it before it began to wait counts too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news = asyncio.Event()

    def wake(self) -> None:
        """End the pause that runs, or the next one."""
        self._news.set()

    def forget(self) -> None:
        """What woke it so far ends no pause."""
        self._news.clear()

    async def pause(self, seconds: float) -> None:
        """Wait that long at the most."""
        if not self._news.is_set():
            waits = [asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(self._news.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        self._news.clear()
