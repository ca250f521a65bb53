"""Until when a signed request is taken: the exchange's own fence around what left long ago."""

from __future__ import annotations

EARLY_US = 1_000_000
"""How far ahead of the exchange's clock a timestamp may be; Bybit documents this bound."""


def taken(stamped_us: int, now_us: int, window_us: int) -> bool:
    """True while the exchange takes a request of that timestamp: neither too old nor from the future."""
    return now_us - window_us <= stamped_us < now_us + EARLY_US
