"""What goes wrong with one listener: told the first time, and then whenever it has doubled (F60)."""

from __future__ import annotations

from collections.abc import Callable

from ..events import Event, EventKind
from ..ports import Listener

Trouble = Callable[[EventKind, Event, str, dict[str, str]], None]
"""Told of what goes wrong: which kind of fact that is, of which fact it was, a sentence, and the fact's data."""


class Troubles:
    """Counts one listener's failures and losses, and tells of them."""

    def __init__(self, listener: Listener, trouble: Trouble) -> None:
        self.name = name_of(listener)
        self._trouble = trouble
        self._counts: dict[EventKind, int] = {}
        self._told: dict[EventKind, int] = {}

    def failed(self, event: Event, error: BaseException) -> None:
        """It raised."""
        text = f"listener {self.name} failed on {event.kind.value}: {error!r}"
        self._count(EventKind.LISTENER_FAILED, event, text, {"error": type(error).__name__})

    def takes_long(self, event: Event, seconds: float) -> None:
        """It has been busy with one batch for so long."""
        text = f"listener {self.name} has been busy for {seconds:.0f} s"
        self._count(EventKind.LISTENER_FAILED, event, text, {"error": "TimeoutError"})

    def lost(self, event: Event, why: str, facts: int = 1) -> None:
        """Facts were not heard, this one the last of them."""
        self._count(EventKind.FACTS_DROPPED, event, f"listener {self.name} loses facts: {why}", {}, facts)

    def tell_rest(self, event: Event) -> None:
        """Tell the losses that were not told yet."""
        if self._counts.get(EventKind.FACTS_DROPPED, 0) > self._told.get(EventKind.FACTS_DROPPED, 0):
            self._tell(EventKind.FACTS_DROPPED, event, f"listener {self.name} lost facts", {})

    def _count(self, kind: EventKind, event: Event, text: str, data: dict[str, str], times: int = 1) -> None:
        before = self._counts.get(kind, 0)
        self._counts[kind] = before + times
        if before.bit_length() != self._counts[kind].bit_length():
            self._tell(kind, event, text, data)

    def _tell(self, kind: EventKind, event: Event, text: str, data: dict[str, str]) -> None:
        new = self._counts[kind] - self._told.get(kind, 0)
        self._told[kind] = self._counts[kind]
        more = f" ({self._counts[kind]} times by now)" if self._counts[kind] > 1 else ""
        self._trouble(kind, event, text + more, {"listener": self.name, "count": str(new), **data})


def name_of(listener: Listener) -> str:
    """What a listener is called in metrics and lines of the log."""
    return str(getattr(listener, "listener_name", None) or getattr(listener, "__qualname__", type(listener).__name__))
