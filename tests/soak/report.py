"""What a rig has to say at its end, and all of them as one table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wrong:
    """One broken promise, with the line that says how to run it again."""

    what: str
    tape: str


@dataclass(slots=True)
class Report:
    """One rig on one database."""

    rig: str
    database: str
    seed: int
    figures: dict[str, object] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def red(self) -> bool:
        """True when a promise was broken, or something was not reached that had to be."""
        return bool(self.wrong)


def table(reports: Iterable[Report]) -> str:
    """One line a figure, rig by rig, and what was wrong before it."""
    reports = list(reports)
    lines = [f"{report.rig} on {report.database}: {wrong.what}\n    {wrong.tape}" for report in reports
             for wrong in report.wrong]  # fmt: skip
    lines.append("")
    for report in reports:
        verdict = f"RED ({len(report.wrong)})" if report.red else "ok"
        lines.append(f"{report.rig:20}{report.database:12}{verdict:10}{report.seconds:7.0f} s")
        lines += [f"    {name:56}{value}" for name, value in report.figures.items()]
    return "\n".join(lines)


def spread(seconds: Sequence[float]) -> str:
    """Median, nine in ten, and the longest."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    nine = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    return f"median {statistics.median(ordered):.2f} s, p90 {nine:.2f} s, max {ordered[-1]:.2f} s ({len(ordered)})"
