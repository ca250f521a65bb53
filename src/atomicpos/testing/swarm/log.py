"""What was played before, in a file: a line of JSON a share; what lies side by side becomes one line when read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from .totals import Totals, read, versions


class Log:
    """One file, or none: then nothing was played before, and nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def known(self, size: str, playings: int, first: int) -> list[Totals]:
        """What is in it of this size, played as often, on the same sources and versions, and from this seed on.

        The file is written anew where shares have become one line: a run of a million opens is a few lines in the end.
        """
        wanted = (size, playings, versions())  # of the sources as the run begins with them, whatever becomes of them
        if self._path is None or not self._path.exists():
            return []
        found = [read(line) for line in self._path.read_text().splitlines()]
        joined = _joined(found)
        if len(joined) < len(found):
            self._write(joined)
        return [one for one in joined if _kind(one) == wanted and one.first >= first]

    def append(self, totals: Totals) -> None:
        """Keep one share."""
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(f"{totals.line()}\n")

    def _write(self, found: Iterable[Totals]) -> None:
        assert self._path is not None
        beside = self._path.with_name(f"{self._path.name}.new")
        beside.write_text("".join(f"{one.line()}\n" for one in found))
        os.replace(beside, self._path)  # who is broken off in between has the old file


def _joined(found: list[Totals]) -> list[Totals]:
    """In the order of their seeds; those of one kind whose seeds go on where another's end are one."""
    joined: list[Totals] = []
    for one in sorted(found, key=lambda one: (*_kind(one), one.first)):
        before = joined[-1] if joined else None
        if before is not None and _kind(before) == _kind(one) and before.last + 1 == one.first:
            before.add(one)
        else:
            joined.append(one)
    return joined


def _kind(one: Totals) -> tuple[str, int, str]:
    return one.size, one.playings, one.versions
