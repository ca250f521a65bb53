"""The table: killed of all in each line, every survivor, and whether each is in the list of those that may survive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from mutation.memory import Memory
from mutation.mutant import Mutant
from mutation.session import Result
from mutation.targets import TARGETS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "mutants.md"
LEAST = 0.95
EVERY = 100
"""After so many mutants a line says how far it is."""


class Report:
    """Hears of every mutant as it is tried, and judges them all in the end."""

    def __init__(self, expected: int, memory: Memory, out: TextIO, *, whole: bool) -> None:
        self._results: list[Result] = []
        self._expected = expected
        self._memory = memory
        self._out = out
        self._whole = whole
        self._listed = listed(PAGE.read_text()) if PAGE.exists() else frozenset()

    def unknown(self, mutants: Iterable[Mutant]) -> list[Mutant]:
        """Those that have to be tried: of the others it is remembered what killed them."""
        left = []
        for mutant in mutants:
            if (killer := self._memory.killed.get(mutant.name)) is not None:
                self._results.append(Result(mutant, killer))
            else:
                left.append(mutant)
        return left

    def heard(self, result: Result) -> None:
        """One was tried: a survivor is told at once."""
        self._results.append(result)
        if result.killer is None:
            known = "listed" if result.mutant.name in self._listed else "NOT LISTED"
            self._say(f"survived, {known}: {result.mutant.name}")
        else:
            self._memory.killed[result.mutant.name] = result.killer
        if len(self._results) % EVERY == 0:
            self._say(f"... {len(self._results)} of {self._expected}")
            self._memory.write()

    def end(self, red_unchanged: list[str], seconds: float) -> int:
        """Print the table; 1 for any miss."""
        for test in red_unchanged:
            self._say(f"RED WITHOUT ANY MUTANT: {test}")
        misses = [*self._table(), *self._list(), *red_unchanged]
        self._say(f"{len(self._results)} of {self._expected} mutants tried in {seconds:.0f} s")
        return int(bool(misses) or len(self._results) != self._expected)

    def _table(self) -> Iterator[str]:
        self._say(f"\n{'':14}{'killed':>8}{'of':>7}{'share':>9}")
        for target in TARGETS:
            mine = [r for r in self._results if target.holds(r.mutant.file)]
            if mine:
                killed = sum(r.killer is not None for r in mine)
                low = killed < LEAST * len(mine)
                said = "  <-- MISSED" if low else ""
                self._say(f"{target.name:14}{killed:8}{len(mine):7}{killed / len(mine):9.1%}{said}")
                yield from [target.name] if low else []

    def _list(self) -> list[str]:
        survived = {r.mutant.name for r in self._results if r.killer is None}
        tried = {r.mutant.name for r in self._results}
        unlisted = sorted(survived - self._listed)
        stale = sorted((self._listed if self._whole else self._listed & tried) - survived)
        for name in stale:
            self._say(f"LISTED, AND KILLED OR GONE: {name}")
        self._say(f"\n{len(survived)} survived, {len(unlisted)} of them not listed in {PAGE.name}")
        return [*unlisted, *stale]

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def listed(page: str) -> frozenset[str]:
    """The mutants that the page names: one a line, after a star, before the dash and the reason."""
    lines = (line.removeprefix("* ") for line in page.splitlines() if line.startswith("* "))
    return frozenset(line.rpartition(" — ")[0] for line in lines)
