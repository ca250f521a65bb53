"""The stretches of time that trades are read back in."""

from __future__ import annotations

from atomicpos.ports import ReadFailed

from .queries import WINDOW_US

WINDOWS_MAX = 27
"""Windows of seven days that are read back: the half year that Binance keeps trades for (documented)."""


def windows(since_us: int, now_us: int) -> list[tuple[int, int | None]]:
    """The stretches that together cover the time since then; the last one is open towards now.

    Raises ReadFailed when that takes too many of them.
    """
    starts = range(since_us // 1000 * 1000, max(now_us, since_us) + 1, WINDOW_US)
    if len(starts) > WINDOWS_MAX:
        raise ReadFailed(f"fills: {len(starts)} windows of seven days are more than {WINDOWS_MAX}")
    ends = [start + WINDOW_US - 1000 for start in starts[:-1]]
    return list(zip(starts, [*ends, None], strict=True))
