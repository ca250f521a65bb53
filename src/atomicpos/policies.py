"""How often each source is asked again: tenacity policies over our own clock and a seeded source of jitter.

tenacity's stop_after_delay and its random waits read the real clock and the global random module, so neither is used:
deadlines belong to the plan, waiting to ``Pace``.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Never

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_always,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_attempt,
    wait_fixed,
)
from tenacity.stop import stop_never

from .evidence import POSITION_STREAM, Source

JITTER = 0.1
"""The share of a wait by which it varies, so that many positions do not ask in step."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Waits of one source, in seconds: before the first look, after it, the factor from there on, and the longest."""

    delay_s: float
    first_s: float
    factor: float
    most_s: float


RHYTHMS = {
    Source.ORDER_STATUS.value: Rhythm(0.0, 0.10, 1.5, 0.55),
    Source.TRADE_HISTORY.value: Rhythm(0.20, 0.20, 1.6, 3.0),
    Source.POSITION_POLL.value: Rhythm(0.0, 0.30, 1.6, 3.0),
}
"""Order and slot usually say all there is to know at once; the fills are asked a little later, if still needed.
The order is asked for in short steps for as long as it takes: where a fill is shown late and no stop could go ahead of
it, each pause is time without a stop."""
PLUG_IN = Rhythm(0.0, 0.30, 1.6, 3.0)
STREAM = Rhythm(0.0, 5.0, 2.0, 60.0)
"""What is told is looked at when it comes; in between only whether anything still is."""
RECONNECTING = Rhythm(0.0, 0.25, 2.0, 30.0)
"""Between the end of a stream's connection and the next one."""
SLOW = Rhythm(0.0, 1.0, 1.5, 10.0)
"""For positions past their deadline, which are looked for without end."""


class Pace:
    """The next wait of one source: grows by its rhythm, starts over when something new was done."""

    def __init__(self, rhythm: Rhythm, rng: random.Random) -> None:
        self._rhythm = rhythm
        self._rng = rng
        self._wait_s = rhythm.first_s

    @property
    def delay_s(self) -> float:
        """How long to wait before the first look, in seconds."""
        return self._rhythm.delay_s

    def reset(self, rhythm: Rhythm) -> None:
        """Start over, perhaps in another rhythm."""
        self._rhythm = rhythm
        self._wait_s = rhythm.first_s

    def next_s(self) -> float:
        """How long to wait before asking again, in seconds."""
        wait = self._wait_s
        self._wait_s = min(wait * self._rhythm.factor, self._rhythm.most_s)
        return wait * (1 + JITTER * (self._rng.random() - 0.5))


def rhythm_of(source: str, slowly: bool) -> Rhythm:
    """The rhythm of a source, by name."""
    if source == POSITION_STREAM:
        return STREAM
    return SLOW if slowly else RHYTHMS.get(source, PLUG_IN)


def asking_again(sleep: Callable[[float], Awaitable[None]], pace: Pace) -> AsyncRetrying:
    """Ask until told to stop (by cancellation): no finding of one source ends the looking by itself."""

    def wait(_: RetryCallState) -> float:
        return pace.next_s()

    return _WithoutEnd(sleep=sleep, wait=wait, stop=stop_never, retry=retry_always, reraise=True)


class _WithoutEnd(AsyncRetrying):
    """Whatever is found, it is asked again after the policy's wait; what is raised ends it.

    tenacity keeps each attempt's outcome behind a lock and inspects every callable of a policy at every attempt, which
    together cost as much as the look itself.
    """

    async def __call__(  # type: ignore[override]
        self, fn: Callable[..., Awaitable[object]], *args: Any, **kwargs: Any
    ) -> Never:
        """The attempt, then the pause, then the attempt."""
        state = RetryCallState(self, fn, args, kwargs)
        while True:
            await fn(*args, **kwargs)
            pause_s = self.wait(state)
            state.idle_for += pause_s
            state.prepare_for_next_attempt()
            await self.sleep(pause_s)  # type: ignore[misc]


PREFLIGHT_READS = 3
PREFLIGHT_WAIT_S = 0.2


def reading_again(
    sleep: Callable[[float], Awaitable[None]], failure: type[Exception], final: type[Exception]
) -> AsyncRetrying:
    """Read before the entry: one transient error must not kill a valid request (F59). Reads retry, writes do not.

    ``final`` is a failure that asking again does not cure.
    """
    return AsyncRetrying(
        sleep=sleep, wait=wait_fixed(PREFLIGHT_WAIT_S), stop=stop_after_attempt(PREFLIGHT_READS),
        retry=retry_if_exception_type(failure) & retry_if_not_exception_type(final), reraise=True,
    )
