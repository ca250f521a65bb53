"""The catalogue of incidents, the guards and the tests speak of the same things."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue import CATALOGUE
from mutant import Mutant
from mutants import MUTANTS
from named import named_tests

SOURCE = Path(__file__).parents[2] / "src" / "atomicpos"
NAMES = [f"F{number:02}" for number in range(1, 62)]


def test_every_incident_is_in_the_catalogue_once() -> None:
    """F01 to F61 in order, each with a title and one sentence."""
    assert [incident.name for incident in CATALOGUE] == NAMES
    assert all(incident.title and incident.guarantee.endswith(".") for incident in CATALOGUE)


def test_no_test_is_named_for_an_incident_that_there_is_not() -> None:
    """A name that leads nowhere is a slip of the pen."""
    assert set(named_tests()) <= set(NAMES)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.incident} {mutant.guard}")
def test_every_guard_can_be_taken_out(mutant: Mutant) -> None:
    """Its text stands in the source exactly once, a test is there to notice, and what replaces it is Python."""
    assert [test for test in named_tests().get(mutant.incident, ()) if mutant.tests in test.function] != []
    for edit in mutant.edits:
        text = (SOURCE / edit.file).read_text()
        assert text.count(edit.old) == 1, f"{edit.file}: {edit.old!r}"
        compile(text.replace(edit.old, edit.new), edit.file, "exec")
