"""A bot that does anything in any order, on an exchange that lies: no invariant breaks, and all comes to rest."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from machine.rules import Machine

BRIEF = settings(
    max_examples=60, stateful_step_count=20, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_a_bot_does_the_promise_holds() -> None:
    """Opens, repeats, closes, moves, kills, restarts and faults in any order: I1 to I8 and I10, and rest at the end."""
    run_state_machine_as_test(Machine, settings=BRIEF)
