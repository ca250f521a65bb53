"""The page of incidents: what went wrong, what is promised instead, which tests show it, and what was tried on them."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue import CATALOGUE
from mutant import Mutant
from mutants import MUTANTS
from named import NamedTest, named_tests

HEAD = ("incident", "guarantee", "tests", "the change that was tried, and made one of them fail")
NOT_YET = "not yet"
UP = "../../tests/"
"""From the page to the tests."""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """One row an incident."""
    tests = named_tests()
    for incident in CATALOGUE:
        guards = [_tried(mutant) for mutant in MUTANTS if mutant.incident == incident.name]
        yield (
            f"**{incident.name}** {incident.title}",
            incident.guarantee,
            "<br>".join(map(_link, tests.get(incident.name, ()))) or NOT_YET,
            "<br>".join(guards) or NOT_YET,
        )


def _tried(mutant: Mutant) -> str:
    files = dict.fromkeys(f"`{edit.file}`" for edit in mutant.edits)
    return f"{mutant.guard} ({', '.join(files)})"


def _link(test: NamedTest) -> str:
    return f"[`{test.function}`]({UP}{test.file})"
