"""Every space of histories, by name."""

from __future__ import annotations

from .budgets import (
    ANY_FAULT_LATE,
    BESIDE,
    FAULT_AND_DEATH,
    SENT_AGAIN,
    SKEWS,
    TWO_DEATHS,
    TWO_FAULTS,
    TWO_FAULTS_ALIVE,
)
from .odometer import Space, Tape
from .pause_spaces import LATE_CANCELS
from .spaces import NAMED

SPACES: dict[str, Space] = {
    **NAMED,
    "LATE_CANCELS": LATE_CANCELS,
    "FAULT_AND_DEATH": FAULT_AND_DEATH,
    "TWO_FAULTS": TWO_FAULTS,
    "TWO_FAULTS_ALIVE": TWO_FAULTS_ALIVE,
    "TWO_DEATHS": TWO_DEATHS,
    "SKEWS": SKEWS,
    "ANY_FAULT_LATE": ANY_FAULT_LATE,
    "SENT_AGAIN": SENT_AGAIN,
    "BESIDE": BESIDE,
}
"""What can be walked, and replayed by its name."""

MODULE = "atomicpos.testing.interleavings"


def command(space: Space, tape: Tape) -> str:
    """The one command that plays this history again and tells what happens in it."""
    name = next((name for name, one in SPACES.items() if one is space), "?")
    return f"python -m {MODULE} {name} {','.join(map(str, tape))}"
