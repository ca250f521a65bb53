"""The outbox: what people must still hear, shared by every process on one database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..letters import Letter, Report
from ..models import Scope


@dataclass(frozen=True, slots=True)
class Taker:
    """Who asks for letters to deliver, through which channel, and for how long they are its own."""

    scope: Scope
    channel: str
    owner: str
    """A name that is never used for a second claim."""
    now_us: int
    """Our clock: what is due by it is taken."""
    lease_us: int
    """By the clock that all processes share."""
    gone: frozenset[str] = frozenset()
    """Owners whose processes certainly are no more: their letters need not wait for the lease to lapse."""


class Outbox(Protocol):
    """Letters by channel and subject. Every method raises StoreUnavailable when the database cannot be used."""

    async def report(self, channels: Sequence[str], reports: Sequence[Report]) -> None:
        """Make each report part of the letters to these channels. A condition that begins makes a letter, one that is
        over without a letter makes none.
        """
        ...

    async def take(self, taker: Taker, limit: int) -> tuple[Letter, ...]:
        """Take up to that many letters that are due and that nobody else is delivering, those due first; no letter
        goes to two takers while its lease lasts.
        """
        ...

    async def put_back(self, owner: str, letter: Letter, change: Callable[[Letter], Letter]) -> None:
        """Apply the change to the letter as it is by now, and give it back if that owner still has it."""
        ...

    async def takers(self, scope: Scope) -> frozenset[str]:
        """Every owner that has letters of the scope, lapsed leases included."""
        ...

    async def lapse(self, scope: Scope, unconfirmed_since_us: int, at_us: int) -> None:
        """End what stands and nobody has confirmed since then."""
        ...

    async def forget(self, scope: Scope, over_since_us: int) -> None:
        """Drop the letters about what was over before that time."""
        ...

    async def merge(self, letters: Sequence[Letter]) -> None:
        """Make letters that were kept, and told, while the database could not be used part of those that are stored."""
        ...

    async def letters(self, scope: Scope | None = None) -> tuple[Letter, ...]:
        """All letters, of one account where it is given, in order of channel and subject."""
        ...
