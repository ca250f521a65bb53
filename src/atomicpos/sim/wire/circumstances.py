"""What is wrong with the key, the clock or the list of markets, in the words of no dialect."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from atomicpos.models import MICROSECONDS


class Listing(StrEnum):
    """How one market is listed."""

    TRADING = "trading"
    PRE_LAUNCH = "pre_launch"
    """Announced, and not traded yet."""
    SETTLING = "settling"
    """Taken off the list: what is open is being settled."""
    CLOSED = "closed"
    ONLY_CLOSABLE = "only_closable"
    """Listed as trading; whatever opens or enlarges is refused, and the position says so."""
    BROKEN = "broken"
    """A row without the fields that an order needs."""
    MISSING = "missing"
    """No row at all."""

    @property
    def takes_entries(self) -> bool:
        """Whether the engine takes what opens or enlarges."""
        return self in (Listing.TRADING, Listing.BROKEN, Listing.MISSING)


@dataclass(slots=True)
class Circumstances:
    """One venue's; the control plane changes them while it runs."""

    clock_offset_s: float = 0.0
    """How far the exchange's clock is ahead of the machine's: what it tells, and what it checks timestamps by."""
    address_refused: bool = False
    """True: the key is not taken from where the requests come from."""
    may_trade: bool = True
    """False: the key may read, and is refused every write."""
    listings: dict[str, Listing] = field(default_factory=dict)
    """By raw id; a market that is not named trades."""
    ends_at_us: dict[str, int] = field(default_factory=dict)
    """By raw id: when the market will be taken off the list, as it is announced."""

    def clock_us(self, now_us: int) -> int:
        """The exchange's clock while the machine's shows that."""
        return now_us + round(self.clock_offset_s * MICROSECONDS)

    def listing(self, market_id: str) -> Listing:
        """How that market is listed."""
        return self.listings.get(market_id, Listing.TRADING)
