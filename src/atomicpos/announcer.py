"""Facts to listeners: none of them can fail or change the operation (F45, F61)."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from .events import Event
from .ports import Listener

log = logging.getLogger("atomicpos")


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
