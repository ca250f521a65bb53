"""Labels with an end: whatever is said, a metric has only so many series."""

from __future__ import annotations

from collections.abc import Mapping

OTHER = "other"
"""Stands for whatever comes once a label has all the values that it may have."""
MOST: Mapping[str, int] = {"symbol": 500, "endpoint": 100, "source": 20, "listener": 20, "channel": 20, "condition": 50,
                           "account": 50, "exchange": 20}
"""How many values of each label are told apart; of a label that is not named here, as many as ``MOST_OF_OTHERS``."""
MOST_OF_OTHERS = 30
CHARACTERS = 60
"""How much of a value is kept."""


class Bounded:
    """What each label has been so far."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}

    def value(self, label: str, said: str) -> str:
        """The value, or ``OTHER`` once there are as many as there may be."""
        said = said[:CHARACTERS]
        known = self._known.setdefault(label, set())
        if said not in known:
            if len(known) >= MOST.get(label, MOST_OF_OTHERS):
                return OTHER
            known.add(said)
        return said
