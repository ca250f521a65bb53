"""An odometer over named domains: every combination once, in growing order, each a tape that can be played again.

A tape is one index per domain. Tapes are walked by the sum of their indices, so that the first counterexample is
among the smallest; the domains are data, so that a test can assert how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
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
        return iter(sorted(product(*(range(len(domain.values)) for domain in self.domains)), key=_size))

    def read(self, tape: Tape) -> dict[str, Any]:
        """The choices of one tape, by domain name."""
        return {domain.name: domain.values[index] for domain, index in zip(self.domains, tape, strict=True)}


def _size(tape: Tape) -> tuple[int, Tape]:
    return sum(tape), tape
