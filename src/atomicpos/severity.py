"""How bad each condition is: critical where money is at risk, a warning where the library handles it by itself."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad a condition is."""

    CRITICAL = "critical"
    """Money is at risk, or nobody would hear that it is."""
    WARNING = "warning"
    """The library handles it; somebody should know."""


WARNINGS = frozenset({"foreign_stop", "target_left_out", "lag_beyond_bounds"})
"""Conditions under which every position keeps its stop. Whatever is not among them is critical, new ones included."""


def severity_of(condition: str) -> Severity:
    """The severity of a condition, by its name."""
    return Severity.WARNING if condition in WARNINGS else Severity.CRITICAL
