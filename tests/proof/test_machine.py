"""A bot that does anything in any order, on an exchange that lies: no invariant breaks, and all comes to rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from machine.acting import ACTS
from machine.machine import Machine
from machine.tally import Tally, lacking
from machine_found import FOUND

BRIEF = settings(
    max_examples=800, stateful_step_count=20, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)
USUAL = 60
"""How often a rule fires at least."""
RARE = {"resolves": 5, "resolves_wrongly": 5}
"""Which need a suspected orphan."""


def test_whatever_a_bot_does_the_promise_holds() -> None:
    """Opens, repeats, closes, moves, deaths, restarts and faults in any order: no invariant breaks, all comes to rest,
    every rule fires, and positions end in every way that there is.
    """
    Machine.tally = Tally()
    run_state_machine_as_test(Machine, settings=BRIEF)
    assert Machine.tally.examples >= BRIEF.max_examples
    assert lacking(Machine.tally, ACTS, USUAL, RARE) == []


@pytest.mark.parametrize("history", [pytest.param(one, id=one.__name__) for one in FOUND])
def test_what_was_found_stays_found(history: Callable[[], None]) -> None:
    """Each history that ever broke a claim, shrunk to its few steps, holds."""
    history()
