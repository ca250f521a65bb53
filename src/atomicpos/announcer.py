"""Facts to listeners and lines to the log: neither can fail or change the operation (F27, F45, F61)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from .events import Event
from .ports import Listener


class UnfailingLog(logging.LoggerAdapter[logging.Logger]):
    """A log whose handlers may raise without anybody noticing: a slip there must not stop what it tells about."""

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """Write one line, if it can be written."""
        with suppress(Exception):
            super().log(level, msg, *args, **{"stacklevel": 2, **kwargs})


log = UnfailingLog(logging.getLogger("atomicpos"), {})
"""The library's log."""


class Announcer:
    """Hands every fact to every listener; what a listener raises is logged and forgotten."""

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._listeners = list(listeners)

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
                listener(event)
            except Exception as error:
                log.warning("listener %r failed on %s: %r", listener, event.kind.value, error)
