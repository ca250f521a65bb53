"""The machine run from a seed: what it did, and what it broke, as values that another process can send back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Machine
from .tally import Tally

STEPS = 20
"""How many rules fire in one example at the most."""


@dataclass(frozen=True, slots=True)
class Run:
    """So many examples of one seed."""

    seed: int
    examples: int


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a run."""

    run: Run
    tally: Tally
    broken: str | None
    """The steps of an example that broke a claim, as short as hypothesis could make them; None where none did."""


def play(run: Run) -> Played:
    """Play it. The same run does the same every time."""
    Machine.tally = Tally()
    given = settings(
        max_examples=run.examples, stateful_step_count=STEPS, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    return Played(run, Machine.tally, _broken(run, given))


def _broken(run: Run, given: settings) -> str | None:
    try:
        run_state_machine_as_test(seed(run.seed)(Machine), settings=given)
    except Exception as error:
        return "\n".join([repr(error), *getattr(error, "__notes__", ())])
    return None
