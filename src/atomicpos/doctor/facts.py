"""What was read, as the checks see it: each reading, or why there is none, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from ..models import Instrument, MarginMode, PositionMode
from ..ports import KeyFacts, PositionReading

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One answer, or the error that came instead."""

    value: T | None = None
    failure: Exception | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the exchange's clock showed at some moment between two of ours, all in microseconds."""

    asked_at_us: int
    told_us: int
    answered_at_us: int

    @property
    def ahead_us(self) -> int:
        """How far the exchange's clock is ahead of ours, if it was read halfway; below zero when it is behind."""
        return self.told_us - (self.asked_at_us + self.answered_at_us) // 2

    @property
    def least_apart_us(self) -> int:
        """How far apart the two are for certain, whenever in between it was read."""
        return max(self.told_us - self.answered_at_us, self.asked_at_us - self.told_us, 0)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What holds for every symbol."""

    key: KeyFacts
    clock: Reading[ClockReading]
    now_us: int


@dataclass(frozen=True, slots=True)
class SymbolFacts:
    """What holds for one symbol."""

    symbol: str
    instrument: Reading[Instrument]
    now_us: int
    mark: Reading[Decimal] = field(default_factory=Reading)
    slot: Reading[PositionReading] = field(default_factory=Reading)
    """In hedge mode that of the long side."""
    mode: Reading[PositionMode] = field(default_factory=lambda: Reading(PositionMode.ONE_WAY))
    short: Reading[PositionReading] | None = None
    """In hedge mode that of the short side; None in one-way mode."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the account; None leaves it as it is."""

    clock_skew_us: int
    margin_mode: MarginMode | None = None
    leverage: Decimal | None = None
