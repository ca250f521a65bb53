"""Which channels take no messages, as the outbox alone tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .letters import Letter
from .models import MICROSECONDS


def untold(letters: Iterable[Letter], now_us: int) -> tuple[str, ...]:
    """One sentence for each channel whose last delivery failed, in order."""
    since_us: dict[str, int] = {}
    why: dict[str, str] = {}
    for letter in letters:
        if letter.failing_since_us is not None and letter.due_at_us is not None:
            since_us[letter.channel] = min(letter.failing_since_us, since_us.get(letter.channel, now_us))
            why[letter.channel] = letter.why
    return tuple(
        f"nobody is told through {channel} for {(now_us - since_us[channel]) / MICROSECONDS:.0f} s: {why[channel]}"
        for channel in sorted(since_us)
    )
