"""What the doctor says: one finding a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a finding means for an entry."""

    OK = "ok"
    WARNING = "warning"
    """An entry is possible; somebody should know of this."""
    REFUSE = "refuse"
    """An entry would be refused, or is not safe: nothing is sent before this is changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    """The check."""
    verdict: Verdict
    text: str
    """One sentence: the value, the limit, and what to change."""
    symbol: str = ""
    """Unified, or as it was asked for where it names no market; empty for what holds for the whole account."""
    seconds: float = 0.0
    """How long what it rests on took."""


def refusals(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep an entry from being sent."""
    return tuple(finding for finding in findings if finding.verdict is Verdict.REFUSE)


def warnings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that somebody should know of."""
    return tuple(finding for finding in findings if finding.verdict is Verdict.WARNING)
