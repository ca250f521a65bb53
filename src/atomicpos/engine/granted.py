"""Wishes that are part of the row by now, and whose askers have not heard so yet."""

from __future__ import annotations

from .asked import Asked


class Granted:
    """Answers each asker once: when the row is stored with the wish in it, or when the drive ends before."""

    def __init__(self) -> None:
        self._asks: list[Asked] = []

    def add(self, asked: Asked) -> None:
        """This one's wish is part of the row."""
        self._asks.append(asked)

    @property
    def want_a_look(self) -> bool:
        """True when somebody asked for a look."""
        return any(asked.look for asked in self._asks)

    def tell(self, granted: bool, *, looking: bool) -> None:
        """Answer all; while that is ``looking``, not those who want a look: they wait until it was made and stored."""
        if not self._asks:
            return
        waiting = [asked for asked in self._asks if looking and asked.look]
        told = [asked for asked in self._asks if asked not in waiting]
        self._asks = waiting
        for asked in told:
            asked.answer(granted)
