"""Time and sleep, and who hears facts."""

from __future__ import annotations

from typing import Protocol

from ..events import Event


class Clock(Protocol):
    """Wall-clock time and sleeping, both replaceable."""

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep that long by this clock."""
        ...


class Listener(Protocol):
    """Hears facts after they were committed. A listener that raises is logged and never asked to explain."""

    def __call__(self, event: Event, /) -> object: ...
