"""Events as an async iterator: bounded, so that a slow consumer loses the oldest and never slows an operation."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

from .announcer import Announcer
from .events import Event

WAITING_MAX = 10_000
"""How many events wait for a slow consumer; then the oldest go, and the next one says how many."""


class Feed:
    """The event streams of one running instance; they end when it stops."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._streams: set[_Stream] = set()

    def events(self) -> AsyncIterator[Event]:
        """Every fact from this call on, in order, until the instance stops."""
        stream = _Stream()
        self._streams.add(stream)
        self._announcer.add(stream)
        return self._told(stream)

    async def _told(self, stream: _Stream) -> AsyncIterator[Event]:
        try:
            while (event := await stream.next()) is not None:
                yield event
        finally:
            self._announcer.remove(stream)
            self._streams.discard(stream)

    def close(self) -> None:
        """End every stream once it has delivered what waits."""
        for stream in self._streams:
            stream.close()


class _Stream:
    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._lost = 0
        self._over = False
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self._waiting.append(event)
        if len(self._waiting) > WAITING_MAX:
            self._waiting.popleft()
            self._lost += 1
        self._news.set()

    def close(self) -> None:
        self._over = True
        self._news.set()

    async def next(self) -> Event | None:
        while not self._waiting:
            if self._over:
                return None
            self._news.clear()
            await self._news.wait()
        event, lost = self._waiting.popleft(), self._lost
        self._lost = 0
        return replace(event, data={**event.data, "lost": str(lost)}) if lost else event
