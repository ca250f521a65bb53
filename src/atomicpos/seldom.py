"""What would be said again and again is said ever more rarely, with how often it was held back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from .models import MICROSECONDS

SAID_AGAIN_S = 60
"""How long the same is held back after it was said, in seconds; twice as long after each time it went on."""
SAID_AGAIN_MOST_S = 3600
"""The longest of these."""


@dataclass(slots=True)
class _Said:
    until_us: int
    pause_us: int
    held_back: int = 0


class Seldom:
    """Says when something may be said once more."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._said: dict[Hashable, _Said] = {}

    def after(self, what: Hashable) -> str | None:
        """None when it is to be held back; else how often it was, in words to be put behind it: none the first time."""
        now = self._now_us()
        quiet = [other for other, known in self._said.items() if now >= known.until_us + known.pause_us]
        for other in quiet:
            del self._said[other]
        said = self._said.get(what)
        if said is not None and now < said.until_us:
            said.held_back += 1
            return None
        pause_us = SAID_AGAIN_S * MICROSECONDS if said is None else min(said.pause_us * 2, _MOST_US)
        self._said[what] = _Said(now + pause_us, pause_us)
        return f" (and {said.held_back} times in between)" if said is not None and said.held_back else ""


_MOST_US = SAID_AGAIN_MOST_S * MICROSECONDS
