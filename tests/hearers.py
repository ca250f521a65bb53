"""Listeners of the tests."""

from __future__ import annotations

from atomicpos.events import Event, EventKind


class Keen:
    """Hears everything there is to hear, measures as well."""

    hears_measures = True

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)

    def of(self, kind: EventKind) -> list[Event]:
        return [event for event in self.heard if event.kind is kind]

    def one(self, kind: EventKind) -> Event:
        (event,) = self.of(kind)
        return event
