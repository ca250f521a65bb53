"""Sixty-one ways in which opening a protected position has failed: each has tests, and guards that were taken out."""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from pathlib import Path

from .section import Section, section

TESTS = Path(__file__).parents[1]
sys.path.append(str(TESTS / "incidents"))

from catalogue import CATALOGUE  # noqa: E402
from mutants import MUTANTS  # noqa: E402
from named import NamedTest, named_tests  # noqa: E402

ALL = 61
KINDS = {
    "real client on the wire": ("mark.wire", "bybit: Server", "ccxt.async_support"),
    "real processes": ("mark.process", "subprocess"),
    "whole library in virtual time": ("in_world", "in_every_mode", "from world import"),
}
"""What a test's file says of itself; a file that says none of it tests one part by itself."""
BY_ITSELF = "one part by itself"


def run(workers: int) -> Section:
    """Count from the tests themselves; none of them is run here."""
    with section("incidents") as found:
        tests, guards = named_tests(), Counter(mutant.incident for mutant in MUTANTS)
        names = [incident.name for incident in CATALOGUE]
        found.add("incidents with tests", _of(names, tests), red=_missing(names, tests))
        found.add("incidents with a guard to take out", _of(names, guards), red=_missing(names, guards))
        found.add("tests and guards", f"{sum(map(len, tests.values()))} and {sum(guards.values())}")
        for name in names:
            if name not in tests or name not in guards:
                found.add(f"  {name}", f"{len(tests.get(name, ()))} tests, {guards[name]} guards", red=True)
        for kind, times in sorted(Counter(kind for one in tests.values() for kind in _kinds(one)).items()):
            found.add(f"  incidents with a test of: {kind}", times)
    return found


def _of(names: list[str], having: dict[str, tuple[NamedTest, ...]] | Counter[str]) -> str:
    return f"{sum(name in having for name in names)} of {ALL}"


def _missing(names: list[str], having: dict[str, tuple[NamedTest, ...]] | Counter[str]) -> bool:
    return len(names) != ALL or any(name not in having for name in names)


def _kinds(tests: tuple[NamedTest, ...]) -> set[str]:
    """The kinds of test that one incident has."""
    return {kind for test in tests for kind in _kinds_of(test.file)}


@cache
def _kinds_of(file: str) -> frozenset[str]:
    text = (TESTS / file).read_text()
    return frozenset(kind for kind, words in KINDS.items() if any(w in text for w in words)) or frozenset({BY_ITSELF})
