"""The setting ``alerts`` as what it means: functions that are called, and channels that are delivered to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.events import Event

from .by_apprise import AppriseChannel
from .channel import Channel


@dataclass(frozen=True, slots=True)
class Sinks:
    """Whoever is to hear of alerts."""

    functions: tuple[Callable[[Event], object], ...] = ()
    """Called in this process with each alert and each resolution, as they come."""
    channels: tuple[Channel, ...] = ()
    """Delivered to from the outbox."""

    def __bool__(self) -> bool:
        return bool(self.functions or self.channels)


def sinks_of(given: Iterable[Any]) -> Sinks:
    """Sort them. Raises InvalidRequest for a URL that cannot be used, and for two channels of one name."""
    functions: list[Callable[[Event], object]] = []
    channels: dict[str, Channel] = {}
    for n, sink in enumerate(given):
        if isinstance(sink, str):
            sink = AppriseChannel(sink, f"alerts[{n}]")
        if isinstance(sink, Channel):
            if channels.setdefault(sink.name, sink) is not sink:
                raise InvalidRequest(f"alerts[{n}] is the channel {sink.name}, which is there already")
        elif callable(sink):
            functions.append(sink)
        else:
            raise InvalidRequest(f"alerts[{n}] is a {type(sink).__name__}; it must be a URL, a function or a channel")
    return Sinks(tuple(functions), tuple(channels.values()))
