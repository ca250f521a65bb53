"""The stretches of time that trades are read back in."""

from __future__ import annotations

from ..windows import covering
from .queries import WINDOW_US

WINDOWS_MAX = 27
"""Windows of seven days that are read back: the half year that Binance keeps trades for (documented)."""


def windows(since_us: int, now_us: int) -> list[tuple[int, int | None]]:
    """The stretches that together cover the time since then; the last one is open towards now.

    Raises ReadFailed when that takes too many of them.
    """
    return covering(since_us // 1000 * 1000, now_us, WINDOW_US, WINDOWS_MAX)
