"""An append-only log that can be read as of any moment: what makes a lagging read a pure view."""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, TypeVar

T = TypeVar("T")


class Log(Generic[T]):
    """Items with the time they were appended (microseconds, never falling)."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._items: list[T] = []

    def append(self, at_us: int, item: T) -> None:
        """Add an item; ``at_us`` may not lie before the last one. Raises ValueError."""
        if self._times and at_us < self._times[-1]:
            raise ValueError(f"history runs forward: {at_us} lies before {self._times[-1]}")
        self._times.append(at_us)
        self._items.append(item)

    def until(self, at_us: int) -> tuple[T, ...]:
        """All items appended at that moment or before, oldest first."""
        return tuple(self._items[: bisect_right(self._times, at_us)])

    def last(self, at_us: int) -> T | None:
        """The newest item appended at that moment or before."""
        index = bisect_right(self._times, at_us)
        return self._items[index - 1] if index else None
