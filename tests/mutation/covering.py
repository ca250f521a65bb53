"""Which test runs which lines of the mutated modules: only a test that runs a line can tell what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

Ran = dict[str, list[int]]
"""By file below the package, the lines that ran."""


class Covering:
    """The lines of the given files that each test ran, by the test's id."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._ran: dict[str, Ran] = {}
        self._cost: dict[str, int] = {}

    @classmethod
    def known(cls, all_: dict[str, Any]) -> Covering:
        """What ``all`` of another one told."""
        self = cls()
        self._ran, self._cost = all_["ran"], all_["cost"]
        return self

    def watch_in(self, package: Path, files: Iterable[str]) -> None:
        """Watch those files of that tree from now on."""
        self._names = {str(package / file): file for file in files}

    def all(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return {"ran": self._ran, "cost": self._cost}

    def knows(self, test: str) -> bool:
        """True for a test that was watched."""
        return test in self._ran

    @contextmanager
    def watching(self, test: str) -> Iterator[None]:
        """Note what runs meanwhile as run by that test; its cost is how many lines ran, each as often as it ran."""
        ran: set[tuple[str, int]] = set()
        count = 0

        def line(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal count
            count += 1
            ran.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, event: str, arg: object) -> Any:
            return line if frame.f_code.co_filename in self._names else None

        sys.settrace(call)
        try:
            yield
        finally:
            sys.settrace(None)
            self._ran[test], self._cost[test] = self._by_file(ran), count

    def _by_file(self, ran: set[tuple[str, int]]) -> Ran:
        found: Ran = {}
        for path, at in sorted(ran):
            found.setdefault(self._names[path], []).append(at)
        return found

    def tests(self, file: str, lines: tuple[int, int]) -> list[tuple[str, int]]:
        """The tests that ran any of those lines, and what each costs, the cheapest first."""
        first, last = lines
        found = (t for t, ran in self._ran.items() if any(first <= at <= last for at in ran.get(file, ())))
        return sorted(((test, self._cost[test]) for test in found), key=lambda one: (one[1], one[0]))
