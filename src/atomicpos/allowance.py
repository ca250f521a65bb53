"""How much of an exchange's published request budget we take by ourselves, and the waiting that keeps to it.

What protects never waits: a stop that waits is exposure. So what leads to it waits, before anything is decided or
stored: an open stands at the turnstile first, and so few pass in a second that their entries, stops and closes fit.
Looks at positions at risk become rarer the more positions are being looked at, and what is left over is cancelled in
its time.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

from .models import MICROSECONDS
from .ports import Clock


@dataclass(frozen=True, slots=True)
class Allowance:
    """What we take of one exchange's budgets, for one account."""

    opens: int
    """So many opens may begin in any window of ``opens_s`` seconds."""
    opens_s: float
    crowded: int
    """So many positions at risk at once make a crowd: the exchange lags, or does not answer."""
    crowded_s: float
    """Then one open may begin in so many seconds: each costs several stops and cancels more than it should."""
    cancels_per_s: int
    """So many cancels of what is left over may leave in a second."""
    looks_per_s: Mapping[str, float]
    """How often each source may be asked in a second, for all positions at risk together."""


SLOW_SHARE = 0.1
"""What a position that is looked at slowly counts among those that are looked at quickly: its looks are as rare."""


class Crowd:
    """How many positions at risk each source is being asked about, and what that asks of each one's pace."""

    def __init__(self, allowance: Allowance | None) -> None:
        self._per_s: Mapping[str, float] = allowance.looks_per_s if allowance is not None else {}
        self._quick: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self.at_risk = 0
        """How many rows are driven that were neither protected nor settled when their drive began."""

    def joins(self, source: str, *, slowly: bool) -> None:
        """One more position is looked at."""
        (self._slow if slowly else self._quick)[source] += 1

    def leaves(self, source: str, *, slowly: bool) -> None:
        """One position less."""
        (self._slow if slowly else self._quick)[source] -= 1

    def least_s(self, source: str) -> float:
        """How long each must wait between two looks, in seconds, so that all of them keep to the allowance."""
        per_s = self._per_s.get(source)
        if per_s is None:
            return 0.0
        return (self._quick[source] + SLOW_SHARE * self._slow[source]) / per_s


class Turnstile:
    """Lets opens pass one by one, in the order in which they came; at once as long as they are few."""

    def __init__(self, clock: Clock, allowance: Allowance | None, crowd: Crowd) -> None:
        self._clock = clock
        self._allowance = allowance
        self._crowd = crowd
        self._passed: deque[int] = deque(maxlen=allowance.opens if allowance is not None else 1)
        self._turn = asyncio.Lock()

    async def passed(self) -> None:
        """Wait for this open's turn. One that goes away meanwhile takes none."""
        if (allowance := self._allowance) is None:
            return
        async with self._turn:
            while (wait_us := self._next_us(allowance) - self._clock.now_us()) > 0:
                await self._clock.sleep(wait_us / MICROSECONDS)
            self._passed.append(self._clock.now_us())

    def _next_us(self, allowance: Allowance) -> int:
        """When the next one may pass, as things stand."""
        passed, next_us = self._passed, 0
        if len(passed) == passed.maxlen:
            next_us = passed[0] + round(allowance.opens_s * MICROSECONDS)
        if passed and self._crowd.at_risk >= allowance.crowded:
            next_us = max(next_us, passed[-1] + round(allowance.crowded_s * MICROSECONDS))
        return next_us


class Tidying:
    """Cancels of what is left over wait where writes that protect do not."""

    def __init__(self, clock: Clock, allowance: Allowance | None) -> None:
        self._clock = clock
        self._sent: deque[int] | None = deque(maxlen=allowance.cancels_per_s) if allowance is not None else None

    def may(self) -> bool:
        """True when one more may leave now, and it is counted then."""
        sent, now = self._sent, self._clock.now_us()
        if sent is None:
            return True
        if len(sent) == sent.maxlen and now < sent[0] + MICROSECONDS:
            return False
        sent.append(now)
        return True
