"""Two clocks with one face: the machine's, and the virtual loop's.

What sleeps is asyncio's own coroutine, with none of ours around it: histories sleep most of all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from atomicpos.clock import SystemClock
from atomicpos.models import MICROSECONDS
from atomicpos.ports import Clock

__all__ = ["EPOCH_US", "SkewedClock", "SystemClock", "VirtualClock"]

EPOCH_US = 1_760_000_000_000_000
"""Where virtual time starts: a fixed moment in October 2025, so that times look like times."""


class VirtualClock:
    """A loop's own time, laid onto the calendar: with the virtual loop, sleeping costs nothing."""

    def __init__(self, loop: asyncio.AbstractEventLoop, epoch_us: int = EPOCH_US) -> None:
        self._loop = loop
        self._epoch_us = epoch_us

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC, as the loop has it."""
        return self._epoch_us + round(self._loop.time() * MICROSECONDS)

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Sleep by the loop's time."""
        return asyncio.sleep(seconds)


class SkewedClock:
    """Another clock as somebody sees it whose own goes wrong by ``offset_us``: positive is ahead. It may be changed."""

    def __init__(self, clock: Clock, offset_us: int) -> None:
        self._clock = clock
        self.offset_us = offset_us

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC, as this clock has it."""
        return self._clock.now_us() + self.offset_us

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Sleep by the other clock: both run equally fast."""
        return self._clock.sleep(seconds)
