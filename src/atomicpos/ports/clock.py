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
    """Hears facts after they were committed. A listener that raises is logged and never asked to explain.

    One that has an attribute ``hears_measures`` which is True hears those of ``events.MEASURES`` as well; one with a
    frozenset of kinds as ``hears_only`` is called for these alone. Its ``listener_name``, where it has one, is what it
    is called in metrics and in lines of the log.
    """

    def __call__(self, event: Event, /) -> object: ...
