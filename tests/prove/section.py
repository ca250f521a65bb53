"""What a section of the proof reports: its rows, how long it took, and whether anything in it missed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LABEL = 46
MISSED = "  <-- MISSED"
TOLD_AFTER_S = 5
"""A row that took so long is told as soon as it is there, before the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    """What was counted."""
    found: str
    """The figure that this run printed."""
    red: bool = False
    """True when it is not what it must be."""


@dataclass(slots=True)
class Section:
    """One section of the table."""

    name: str
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0
    _told_at: float = field(default_factory=time.monotonic)

    @property
    def red(self) -> bool:
        """True when any row missed, or none was written: a section that counted nothing proved nothing."""
        return not self.rows or any(row.red for row in self.rows)

    def add(self, what: str, found: object, *, red: bool = False) -> None:
        """Write one line."""
        self.rows.append(Row(what, str(found), red))
        now = time.monotonic()
        if now - self._told_at > TOLD_AFTER_S:
            print(f"... {what}: {found}{MISSED if red else ''}", flush=True)
        self._told_at = now


Part = Callable[[int], Section]
"""Runs one section in so many processes."""


@contextmanager
def section(name: str) -> Iterator[Section]:
    """A section that is timed while it is written."""
    began, written = time.monotonic(), Section(name)
    try:
        yield written
    finally:
        written.seconds = time.monotonic() - began


def table(sections: list[Section]) -> str:
    """All sections, one line a row."""
    return "\n".join(line for one in sections for line in _lines(one))


def _lines(one: Section) -> Iterator[str]:
    yield ""
    yield f"{one.name:<{LABEL}} {'MISSED' if one.red else 'ok':<7} {one.seconds:4.0f} s"
    for row in one.rows:
        yield f"  {row.what:<{LABEL - 2}} {row.found}{MISSED if row.red else ''}"
