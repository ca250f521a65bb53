"""The stretches of time that executions are read back in."""

from __future__ import annotations

from atomicpos.ports import ReadFailed

from .queries import WINDOW_US

WINDOWS_MAX = 60
"""Seven-day windows that are read back: more than a year."""


def windows(since_us: int, now_us: int) -> list[tuple[int, int | None]]:
    """The stretches that together cover the time since then; the last one is open towards now.

    Bybit answers for seven days from the start time, and silently leaves out what came later (documented).
    Raises ReadFailed when that takes too many of them.
    """
    starts = range(since_us, max(now_us, since_us) + 1, WINDOW_US)
    if len(starts) > WINDOWS_MAX:
        raise ReadFailed(f"fills: {len(starts)} windows of seven days are more than {WINDOWS_MAX}")
    ends = [start + WINDOW_US - 1000 for start in starts[:-1]]
    return list(zip(starts, [*ends, None], strict=True))
