"""What a run of the machine did: rules that fired, answers that came, states that were reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

DIES = "dies_of_itself"
"""What counts as a rule, and happens between two of them."""

REACHED = ("pending_entry", "verifying", "protected", "closed", "rolled_back", "orphan_suspected", "closed_immediately")
"""The states in which a row is stored at the end of a turn."""


@dataclass(slots=True)
class Tally:
    """Counts over all examples of a run."""

    examples: int = 0
    steps: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """How often each rule fired, by its name."""
    states: Counter[str] = field(default_factory=Counter)
    """How often each state was reached."""
    answers: Counter[str] = field(default_factory=Counter)
    """What the calls came to: ``open: protected``, ``open: AlreadyOpen``..."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often each kind of fault was set."""

    def fired(self, rule: str) -> None:
        """That rule did something."""
        self.steps += 1
        self.rules[rule] += 1

    def add(self, other: Tally) -> None:
        """What another process counted counts as well."""
        self.examples += other.examples
        self.steps += other.steps
        for mine, theirs in (
            (self.rules, other.rules), (self.states, other.states), (self.answers, other.answers),
            (self.faults, other.faults),
        ):
            mine.update(theirs)


def lacking(told: Tally, acts: list[str], usual: int, rare: dict[str, int]) -> list[str]:
    """What happened too seldom for a run to prove anything: rules, and ends that positions can have."""
    rules = {act: rare.get(act, usual) for act in (DIES, *acts)}
    seldom = [f"{act} {told.rules[act]} of {least}" for act, least in rules.items() if told.rules[act] < least]
    return seldom + [f"{state} never reached" for state in REACHED if not told.states[state]]
