"""The stretches of time that fills are read back in, where an exchange answers for so long from a start time."""

from __future__ import annotations

from atomicpos.ports import ReadFailed


def covering(since_us: int, now_us: int, window_us: int, at_most: int) -> list[tuple[int, int | None]]:
    """The stretches that together cover the time since then; the last one is open towards now.

    Each ends a millisecond before the next begins, for the exchanges' times are whole milliseconds. Raises ReadFailed
    when that takes more than ``at_most`` of them.
    """
    starts = range(since_us, max(now_us, since_us) + 1, window_us)
    if len(starts) > at_most:
        raise ReadFailed(f"fills: {len(starts)} windows of seven days are more than {at_most}")
    ends = [start + window_us - 1000 for start in starts[:-1]]
    return list(zip(starts, [*ends, None], strict=True))
