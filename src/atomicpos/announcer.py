"""Facts to listeners and lines to the log: neither can fail, slow or change the operation (F27, F45, F61)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from .ears import Ear, ear_of
from .events import MEASURES, Event, EventKind
from .frozen import replace
from .ports import Listener


class UnfailingLog(logging.LoggerAdapter[logging.Logger]):
    """A log whose handlers may raise without anybody noticing: a slip there must not stop what it tells about."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """What a line is about stays with it: the adapter's own way drops each line's ``extra``."""
        return msg, kwargs

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """Write one line, if it can be written."""
        with suppress(Exception):
            super().log(level, msg, *args, **{"stacklevel": 2, **kwargs})


log = UnfailingLog(logging.getLogger("atomicpos"), {})
"""The library's log."""

LAST_WORDS_S = 1.0
"""How long listeners may still take over what waits for them when the block is left."""
TROUBLES = frozenset({EventKind.LISTENER_FAILED, EventKind.FACTS_DROPPED})
"""Facts about listeners: what goes wrong with those is only logged, else two bad listeners would talk for ever."""


class Announcer:
    """Hands every fact to every listener; what a listener raises is told and forgotten, and nobody waits for it.

    A plain function runs in a thread of its own, one fact after the other; an ``async def`` in a task of its own
    beside everything on the loop. What the library itself keeps books with (``add``) hears at once.
    """

    def __init__(self, listeners: Iterable[Listener] = (), exchange: str = "", account: str = "") -> None:
        """``exchange`` and ``account`` are written on every fact."""
        self._place = exchange, account
        self._ears: list[Ear] = []
        self._ears_for: dict[EventKind, list[Ear]] = {kind: [] for kind in EventKind}
        for listener in listeners:
            ear = ear_of(listener, self._trouble)
            self._ears.append(ear)
            for kind in _heard_by(listener):
                self._ears_for[kind].append(ear)
        self._books: list[Listener] = []

    def add(self, book: Listener) -> None:
        """Tell this one too, from now on, at once and on the loop: it must return without delay."""
        self._books.append(book)

    def remove(self, book: Listener) -> None:
        """Tell this one no more."""
        self._books.remove(book)

    def publish(self, event: Event) -> None:
        """Tell everybody whom it concerns."""
        ears, books = self._ears_for[event.kind], () if event.kind in MEASURES else tuple(self._books)
        if not event.exchange and (ears or books):
            exchange, account = self._place
            event = replace(event, exchange=exchange, account=account)
        for book in books:
            try:
                book(event)
            except Exception as error:
                log.warning("%r failed on %s: %r", book, event.kind.value, error)
        for ear in ears:
            ear.hear(event)

    async def close(self) -> None:
        """Give listeners a last moment for what waits for them, then leave them alone."""
        ends_s = asyncio.get_running_loop().time() + LAST_WORDS_S
        for ear in self._ears:
            ear.hurry()
        for ear in self._ears:
            await ear.close(ends_s)

    def _trouble(self, kind: EventKind, heard: Event, text: str, data: dict[str, str]) -> None:
        log.warning(text)
        if heard.kind not in TROUBLES:
            self.publish(Event(kind, heard.at_us, "", "", text, data=data))


def _heard_by(listener: Listener) -> frozenset[EventKind]:
    """The kinds of facts that a listener hears."""
    only = getattr(listener, "hears_only", None)
    if isinstance(only, frozenset):
        return only & frozenset(EventKind)
    return frozenset(EventKind) - (frozenset() if getattr(listener, "hears_measures", False) is True else MEASURES)
