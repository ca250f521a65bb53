"""How listeners hear: a plain function in a thread of its own, an ``async def`` in tasks on the loop."""

from __future__ import annotations

import inspect
from typing import Protocol

from ..events import Event
from ..ports import Listener
from .aside import Aside
from .in_a_thread import InAThread
from .on_the_loop import OnTheLoop
from .troubles import Trouble, Troubles

__all__ = ["Aside", "Ear", "ear_of"]


class Ear(Protocol):
    """One listener's way of hearing."""

    def hear(self, event: Event) -> None:
        """Take a fact; returns at once and never raises."""
        ...

    def hurry(self) -> None:
        """The block is being left: let it hear what waits, without a rest."""
        ...

    async def close(self, ends_s: float) -> None:
        """Let it hear what waits until that time of the loop; afterwards it hears nothing more."""
        ...


def ear_of(listener: Listener, trouble: Trouble) -> Ear:
    """The way of hearing that fits the listener."""
    if inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(type(listener).__call__):
        return OnTheLoop(listener, Troubles(listener, trouble))
    return InAThread(listener, Troubles(listener, trouble))
