"""The stretches of time that fills are read back in."""

from __future__ import annotations

from atomicpos.ports import ReadFailed


def stretches(since_us: int, now_us: int, window_us: int, at_most: int) -> list[tuple[int, int]]:
    """Stretches of at most ``window_us`` that together cover the time since then, and a minute more than now.

    The exchange's clock may be ahead of ours: a fill may bear a time that is still to come here. Raises ReadFailed
    when it takes too many of them.
    """
    end_us = max(now_us, since_us) + 60_000_000
    starts = range(since_us, end_us, window_us)
    if len(starts) > at_most:
        raise ReadFailed(f"fills: {len(starts)} stretches of {window_us / 1e6:g} s are more than {at_most}")
    return [(start, min(start + window_us, end_us)) for start in starts]
