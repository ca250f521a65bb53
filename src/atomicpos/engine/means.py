"""What every drive shares: the ports, the bounds and the verifiers of one account."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from ..announcer import Announcer
from ..leases import HeldLeases
from ..models import PositionMode, PositionSide, Scope
from ..ports import Clock, Exchange, Journal
from ..record import Record
from ..settings import Bounds, Settings
from ..shared_reads import SharedReads
from ..verifiers import Verifier


def _nobody(record: Record) -> None:
    """Nobody waits for this row."""


@dataclass(frozen=True, slots=True)
class Means:
    """The means of one account on one exchange."""

    exchange: Exchange
    journal: Journal
    leases: HeldLeases
    clock: Clock
    bounds: Bounds
    settings: Settings
    verifiers: tuple[Verifier, ...]
    announcer: Announcer
    rng: random.Random
    shared: SharedReads
    """Reads that every position of the account shares."""
    alerted: dict[str, dict[str, str]] = field(default_factory=dict)
    """What stands alerted, by position: one alert for each condition, however many drives see it (F60)."""
    on_commit: Callable[[Record], None] = field(default=_nobody)
    """Told of each row right after it was committed."""

    def exchange_of(self, mode: PositionMode, side: PositionSide) -> Exchange:
        """The exchange as a position in that mode and on that side sees it and acts on it."""
        return self.exchange if mode is PositionMode.ONE_WAY else self.exchange.hedged(side)

    def shared_by(self, mode: PositionMode, side: PositionSide) -> SharedReads:
        """The shared reads as such a position sees them."""
        if mode is PositionMode.ONE_WAY:
            return self.shared
        return self.shared.hedged(side, self.exchange.hedged(side).reads)

    @property
    def scope(self) -> Scope:
        """The account whose rows are driven."""
        return Scope(self.exchange.name, self.exchange.environment, self.settings.account)
