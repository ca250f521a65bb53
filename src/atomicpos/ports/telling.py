"""Who may tell facts of its own beside the engine: an exchange its calls, a journal its commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from ..events import Event


@runtime_checkable
class TellsFacts(Protocol):
    """An exchange or a journal that tells facts of its own. None need: what is not told is not measured."""

    def tell_facts(self, publish: Callable[[Event], None]) -> None:
        """Tell them to this one from now on; it returns at once and never raises."""
        ...
