"""Facts to listeners and lines to the log: neither can fail or change the operation (F27, F45, F61)."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from .events import Event
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


LISTENER_PATIENCE_S = 30.0
"""How long an asynchronous listener may take over one fact."""
LAST_WORDS_S = 1.0
"""How long asynchronous listeners may still take when the block is left."""


class Announcer:
    """Hands every fact to every listener; what a listener raises is logged and forgotten.

    An asynchronous listener runs beside everything else: nobody waits for it.
    """

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._listeners = list(listeners)
        self._hearing: set[asyncio.Task[None]] = set()

    def add(self, listener: Listener) -> None:
        """Tell this one too, from now on."""
        self._listeners.append(listener)

    def remove(self, listener: Listener) -> None:
        """Tell this one no more."""
        self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            try:
                answer = listener(event)
                if inspect.isawaitable(answer):
                    self._follow(listener, event, answer)
            except Exception as error:
                _failed(listener, event, error)

    def _follow(self, listener: Listener, event: Event, answer: Awaitable[object]) -> None:
        task = asyncio.get_running_loop().create_task(_heard(listener, event, answer))
        self._hearing.add(task)
        task.add_done_callback(self._hearing.discard)

    async def close(self) -> None:
        """Give asynchronous listeners a last moment, then stop them."""
        if self._hearing:
            await asyncio.wait(self._hearing, timeout=LAST_WORDS_S)
        late = tuple(self._hearing)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _heard(listener: Listener, event: Event, answer: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(LISTENER_PATIENCE_S):
            await answer
    except Exception as error:
        _failed(listener, event, error)


def _failed(listener: Listener, event: Event, error: Exception) -> None:
    log.warning("listener %r failed on %s: %r", listener, event.kind.value, error)
