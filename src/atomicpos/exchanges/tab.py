"""Paying the caller's limiter without standing in its line, and letting what is owed run down with time.

ccxt 4.5.90's leaky bucket refills only while somebody waits in it: idle time is never credited. What an urgent call
pays would therefore be waited for in full by the bot's next call, however much later that comes. So the tab repays its
own debt, and only that, as the time passes in which nobody waits.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

REPAY_EVERY_S = 0.05
READ_DEBT_S_MAX = 2.0
"""How far urgent reads may run ahead of the limiter before they wait in line; protective writes never wait."""


class Tab:
    """What the urgent calls of one view still owe its limiter, in the limiter's own tokens."""

    def __init__(self) -> None:
        self._owed = 0.0
        self._counted_at_ms = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def pay(self, limiter: Any, cost: float | None) -> None:
        """Pay at once. In a rolling window the limiter itself forgets in time; in a leaky bucket the tab repays."""
        due = limiter.config["cost"] if cost is None else cost
        if limiter.config["algorithm"] != "leakyBucket":
            # the limiter's own clock is the machine's: its window must not be fed with another
            limiter.timestamps.append({"timestamp": _now_ms(), "cost": due})
            return
        limiter.config["tokens"] -= due
        self._owed += due
        if self._timer is None:
            self._counted_at_ms = _now_ms()
            self._wait(limiter)

    def _wait(self, limiter: Any) -> None:
        self._timer = asyncio.get_running_loop().call_later(REPAY_EVERY_S, self._repay, limiter)

    def _repay(self, limiter: Any) -> None:
        now_ms = _now_ms()
        part = min((now_ms - self._counted_at_ms) * limiter.config["refillRate"], self._owed)
        self._counted_at_ms = now_ms
        self._owed -= part
        if not limiter.running:  # while it runs it credits the time itself
            limiter.config["tokens"] += part
        self._timer = None
        if self._owed > 0:
            self._wait(limiter)


def in_debt(limiter: Any, seconds: float) -> bool:
    """True when calls that did not wait have run ahead of the limiter by more than that many seconds."""
    config = limiter.config
    if config["algorithm"] != "leakyBucket":
        since = _now_ms() - config["windowSize"]
        return bool(sum(t["cost"] for t in limiter.timestamps if t["timestamp"] > since) >= config["maxWeight"])
    return bool(-config["tokens"] > seconds * 1000 * config["refillRate"])


def _now_ms() -> float:
    """The clock that ccxt's limiters stamp with (4.5.90); nothing is decided by it but how long a call waits."""
    return time.time() * 1000
