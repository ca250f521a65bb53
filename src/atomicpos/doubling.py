"""Pauses that double. Pure."""

from __future__ import annotations

DOUBLED_MAX = 16
"""After so many doublings a pause grows no more, whatever its longest may be: 65,536 times the first."""


def doubled_us(first_us: int, times: int, most_us: int) -> int:
    """How long to wait that time: doubling from the first pause on, and never longer than the longest."""
    return min(first_us << min(max(times - 1, 0), DOUBLED_MAX), most_us)
