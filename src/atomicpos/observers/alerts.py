"""Alerts to the caller's own sink, once per position and condition, and once more when resolved (F60)."""

from __future__ import annotations

from collections.abc import Callable

from ..events import Event, EventKind


class AlertSink:
    """Passes alerts and resolutions on to the caller's function; repeats of a standing alert are swallowed."""

    hears_only = frozenset({EventKind.ALERT, EventKind.RESOLVED})
    listener_name = "alerts"

    def __init__(self, sink: Callable[[Event], object]) -> None:
        self._sink = sink
        self._standing: set[tuple[str, str, str]] = set()

    def __call__(self, event: Event) -> object:
        """Pass one alert or resolution on; what the function answers is handed back, for an asynchronous one."""
        if event.kind is EventKind.ALERT and event.standing not in self._standing:
            self._standing.add(event.standing)
            return self._sink(event)
        if event.kind is EventKind.RESOLVED and event.standing in self._standing:
            self._standing.discard(event.standing)
            return self._sink(event)
        return None
