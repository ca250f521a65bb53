"""An odometer over named domains: every combination once, in growing order, each a tape that can be played again.

A tape is one index per domain. Tapes are walked by the sum of their indices, so that the first counterexample is
among the smallest; the domains are data, so that a test can assert how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

Tape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """One choice: its name and its values, the tamest first."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """The product of domains."""

    domains: tuple[Domain, ...]

    def __len__(self) -> int:
        return prod(len(domain.values) for domain in self.domains)

    def tapes(self) -> Iterator[Tape]:
        """Every tape once, those with the smaller sum first."""
        lasts = tuple(len(domain.values) - 1 for domain in self.domains)
        for total in range(sum(lasts) + 1):
            yield from _summing_to(total, lasts)

    def read(self, tape: Tape) -> dict[str, Any]:
        """The choices of one tape, by domain name."""
        return {domain.name: domain.values[index] for domain, index in zip(self.domains, tape, strict=True)}

    def read_part(self, tape: Tape) -> dict[str, Any]:
        """The choices of the beginning of a tape."""
        return {domain.name: domain.values[index] for domain, index in zip(self.domains, tape, strict=False)}


def in_growing_order(tapes: Iterable[Tape]) -> tuple[Tape, ...]:
    """Each once, those with the smaller sum first."""
    return tuple(sorted(set(tapes), key=lambda tape: (sum(tape), tape)))


def _summing_to(total: int, lasts: Tape) -> Iterator[Tape]:
    """Every tape with that sum of its indices, in order; ``lasts`` are the largest indices."""
    if not lasts:
        yield from ((),) if total == 0 else ()
        return
    rest = lasts[1:]
    for index in range(max(total - sum(rest), 0), min(total, lasts[0]) + 1):
        for tape in _summing_to(total - index, rest):
            yield index, *tape
