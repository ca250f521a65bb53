"""One look at the database for all pages that are live: repeated while there are any, told only where it changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from ..announcer import log
from ..errors import AtomicPositionError, StoreUnavailable
from ..events import EventKind
from ..models import MICROSECONDS, Scope
from ..ports import Clock, Pages
from .acts import Acting
from .first import LATE_US, attended, first_screen, health_of
from .limits import EXTERNAL_S, LOOK_S, NEWS_APART_S, STREAMS_MOST

Gone = Callable[[str], bool]
"""Whether an owner's process certainly runs no more."""


class Pulse:
    """Looks, and tells whoever listens; a listener that is slow hears the newest only."""

    def __init__(self, pages: Pages, clock: Clock, gone: Gone, positions: Acting | None) -> None:
        self._pages = pages
        self._clock = clock
        self._gone = gone
        self._positions = positions
        self._external: tuple[str, ...] | None = None
        self._external_at_us: int | None = None
        self._listeners: set[_Listener] = set()
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: tuple[int, dict[str, Any]] | None = None
        self._looking = asyncio.Lock()
        self.attended: frozenset[Scope] | None = None
        """The accounts that a living watchdog looked after at the last look; None before the first."""
        self.viewed = asyncio.Event()
        """A page is live, or was."""

    @property
    def full(self) -> bool:
        """Whether nobody more may listen."""
        return len(self._listeners) >= STREAMS_MOST

    def start(self) -> None:
        """Look from now on, whenever somebody listens."""
        self._tasks.add(asyncio.ensure_future(self._beat()))
        if self._positions is not None:
            self._tasks.add(asyncio.ensure_future(self._hear(self._positions)))

    async def close(self) -> None:
        """End every stream."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.tell(None)

    async def look(self) -> dict[str, Any]:
        """The first screen, at the most ``NEWS_APART_S`` old, and newer than the engine's last fact where there is an
        engine beside it. Raises StoreUnavailable.
        """
        async with self._looking:
            now_us = self._clock.now_us()
            if self._last is not None and 0 <= now_us - self._last[0] < NEWS_APART_S * MICROSECONDS:
                return self._last[1]
            await self._ask_external(now_us)
            glance = await self._pages.glance(now_us - LATE_US)
            gone = frozenset(h.heartbeat.owner for h in glance.heard if self._gone(h.heartbeat.owner))
            health = health_of(glance, now_us, gone)
            self.attended = attended(health)
            screen = first_screen(glance, health, now_us, self._external)
            self._last = now_us, screen
            return screen

    async def _ask_external(self, now_us: int) -> None:
        """What the account holds beside the rows; only the engine beside us can say, where there is one."""
        known = self._external_at_us
        if self._positions is None or (known is not None and now_us - known < EXTERNAL_S * MICROSECONDS):
            return
        self._external_at_us = now_us
        try:
            self._external = (await self._positions.health()).external
        except AtomicPositionError:
            self._external = None  # its block was left

    async def stream(self) -> AsyncIterator[str]:
        """Messages for one page, as server-sent events, until the dashboard ends."""
        listener = _Listener()
        self._listeners.add(listener)
        self._news.set()
        self.viewed.set()
        try:
            yield "retry: 1000\n\n"
            while (message := await listener.next()) is not None:
                yield message
        finally:
            self._listeners.discard(listener)

    async def _beat(self) -> None:
        while True:
            while not self._listeners:
                self._news.clear()
                await self._news.wait()
            self._news.clear()
            await self._tell()
            await asyncio.sleep(NEWS_APART_S)
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_S - NEWS_APART_S)
            except TimeoutError:
                continue

    async def _tell(self) -> None:
        try:
            screen = await self.look()
        except StoreUnavailable as error:
            told = {"why": str(error)}
            for listener in self._listeners:
                listener.hear("trouble", told, told)
            return
        except Exception:
            log.exception("the dashboard could not look at the database")
            return
        lasting = {name: value for name, value in screen.items() if name not in ("at_us", "watchdogs")}
        for listener in self._listeners:
            listener.hear("screen", screen, lasting)

    async def _hear(self, positions: Acting) -> None:
        """The engine's own facts make the next look come sooner."""
        try:
            async for event in positions.events():
                if event.kind is not EventKind.EVIDENCE:
                    self._last = None  # whoever asks now is not told what was so before
                    self._news.set()
                if not event.position_id:
                    self._external_at_us = None
        except AtomicPositionError:
            return  # its block was left


class _Listener:
    """What one page has been told, and what it is to be told next."""

    def __init__(self) -> None:
        self._told: str | None = None
        self._next: str | None = None
        self._news = asyncio.Event()
        self._over = False

    def hear(self, kind: str, told: dict[str, Any], lasting: dict[str, Any]) -> None:
        """Tell it all of that where what lasts of it is new, and else only that it was looked at."""
        fingerprint = kind + json.dumps(lasting)
        if fingerprint == self._told:
            waits = self._next is not None and not self._next.startswith("event: alive")
            if not waits:
                self.tell(message("alive", {"at_us": told.get("at_us"), "watchdogs": told.get("watchdogs")}))
            return
        self._told = fingerprint
        self.tell(message(kind, told))

    def tell(self, text: str | None) -> None:
        self._next, self._over = text, text is None
        self._news.set()

    async def next(self) -> str | None:
        while self._next is None and not self._over:
            self._news.clear()
            await self._news.wait()
        text, self._next = self._next, None
        return text


def message(kind: str, told: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {kind}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n"
