"""What every drive shares: the ports, the bounds and the verifiers of one account."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..allowance import Crowd, Tidying, Turnstile
from ..announcer import Announcer
from ..bounds import Bounds
from ..lag import Lags
from ..leases import HeldLeases
from ..listening import Listening
from ..models import PositionMode, PositionSide, Scope
from ..ports import Clock, Exchange, Journal
from ..record import Record
from ..settings import Settings
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
    lags: Lags
    """What was learnt about how late the sources are."""
    crowd: Crowd
    """How many positions at risk are being looked at."""
    turnstile: Turnstile
    """Where opens wait for their turn, of an exchange that publishes how many it takes."""
    tidying: Tidying
    """When cancels of what is left over may leave."""
    listening: Listening | None = None
    """The account's stream; None where there is none, or it is not wanted."""
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
        return self.shared.hedged(side, self.exchange_of(mode, side).reads)

    def widened(self) -> Means:
        """The same means with the bounds in force now: wider ones where a source was seen to be later."""
        bounds = self.lags.widened(self.bounds)
        return self if bounds is self.bounds else replace(self, bounds=bounds)

    @property
    def scope(self) -> Scope:
        """The account whose rows are driven."""
        return self.leases.scope
