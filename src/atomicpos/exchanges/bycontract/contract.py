"""One perpetual in the exchange's own terms: what it is called there, and how much one contract is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.ports import ReadFailed

from ..spelling import plain


@dataclass(frozen=True, slots=True)
class Contract:
    """A linear perpetual; quantities are in the base asset at our face and in contracts on the wire."""

    symbol: str
    """Unified."""
    id: str
    """The exchange's own."""
    settle: str
    """The coin it settles in, as the exchange spells it in requests."""
    size: Decimal
    """The base asset in one contract; 1 where the exchange counts in the base asset itself."""
    lot: Decimal
    """What numbers of contracts are multiples of."""
    asset: int = 0
    """The exchange's number of it, where requests name it so."""

    def contracts(self, quantity: Decimal) -> Decimal:
        """That quantity of the base asset in contracts, exactly. Raises Unspeakable when no number of them is it."""
        count = quantity / self.size
        if count * self.size != quantity or count % self.lot or count <= 0:
            raise Unspeakable(
                f"{plain(quantity)} is no multiple of {plain(self.lot)} contracts of {plain(self.size)} each"
            )
        return count

    def text(self, quantity: Decimal) -> str:
        """That quantity in contracts as it is written in requests."""
        return plain(self.contracts(quantity))

    def base(self, contracts: Decimal | None) -> Decimal | None:
        """Those contracts in the base asset; None stays None. Raises ReadFailed for less than none."""
        if contracts is None:
            return None
        if contracts < 0:
            raise ReadFailed(f"{contracts} contracts: less than none")
        return contracts * self.size


class Unspeakable(Exception):
    """A request that cannot be said to this exchange without meaning something else: it is not sent."""
