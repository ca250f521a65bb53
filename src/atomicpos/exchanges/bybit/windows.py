"""The stretches of time that executions are read back in."""

from __future__ import annotations

from ..windows import covering
from .queries import WINDOW_US

WINDOWS_MAX = 60
"""Seven-day windows that are read back: more than a year."""


def windows(since_us: int, now_us: int) -> list[tuple[int, int | None]]:
    """The stretches that together cover the time since then; the last one is open towards now.

    Bybit answers for seven days from the start time, and silently leaves out what came later (documented).
    Raises ReadFailed when that takes too many of them.
    """
    return covering(since_us, now_us, WINDOW_US, WINDOWS_MAX)
