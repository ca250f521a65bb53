"""The machine's own time, as a port: nothing else in the library reads it or sleeps by it."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """``ports.Clock`` over the system's wall clock and the running event loop."""

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC."""
        return time.time_ns() // 1000

    async def sleep(self, seconds: float) -> None:
        """Sleep that long in the running loop."""
        await asyncio.sleep(seconds)
