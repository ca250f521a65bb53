"""What becomes of the messages of a stream on their way, the same on both faces: late, twice, overtaken, never."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from atomicpos.models import MICROSECONDS

from .fault_words import Call, FaultKind
from .faults import Faults

T = TypeVar("T")


def arrivals(faults: Faults, symbol: str) -> tuple[float, ...] | None:
    """After how many seconds each copy of the next message about that symbol arrives, by the faults of ``stream``.

    None means that the connection drops instead; no copy at all, that the message is lost on the way.
    """
    fault = faults.strike(Call.STREAM, symbol)
    late_s = faults.lag_us(Call.STREAM, symbol) / MICROSECONDS
    match fault.kind if fault is not None else None:
        case FaultKind.ERROR:
            return None
        case FaultKind.OMIT:
            return ()
        case FaultKind.DUPLICATE:
            return late_s, late_s
    return (late_s,)


class OnTheWay(Generic[T]):
    """Messages under way: each is sent when its time has come, those of one moment in the order they were put in."""

    def __init__(self, send: Callable[[T], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: list[tuple[float, int, T]] = []
        self._numbers = count()
        self._news = asyncio.Event()

    def put(self, message: T, after_s: float) -> None:
        """Let the message arrive so many seconds from now."""
        due = round(asyncio.get_running_loop().time() + after_s, 9)  # as timers are: less would be left for ever
        heappush(self._waiting, (due, next(self._numbers), message))
        self._news.set()

    async def run(self) -> None:
        """Send what becomes due, without end."""
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            left_s = self._waiting[0][0] - loop.time() if self._waiting else None
            if left_s is not None and left_s <= 0:
                await self._send(heappop(self._waiting)[2])
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._news.wait()
