"""What a guard looks like when it is taken out: a few characters of the source replaced by others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a file below ``src/atomicpos``; ``old`` occurs there exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard taken out; where two guards stand behind each other, both."""

    incident: str
    guard: str
    """What was changed, in a few words."""
    edits: tuple[Edit, ...]
    tests: str = ""
    """Only the incident's tests with this in their name are expected to go red; all of them without it."""
