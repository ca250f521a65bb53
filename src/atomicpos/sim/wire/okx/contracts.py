"""The venue's perpetuals as OKX has them: an instrument id, and quantities in contracts of a size of their own.

The sizes are chosen so that a lot is exactly the engine's step: nothing is rounded on either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.sim.markets import MARKETS, Market

from .replies import Rejection

SIZES = {
    "AVL": "10", "BTC": "0.01", "ETH": "0.1", "SOL": "1", "XRP": "100", "DOGE": "1000", "HNT": "1", "MNT": "10",
    "TAO": "0.01", "AIOZ": "20", "XDC": "10", "LINK": "1", "WIF": "1", "TURBO": "10000", "SHIB": "1000000",
}  # fmt: skip
"""``ctVal``, how much of the base asset one contract is. Those of BTC, ETH, XRP, DOGE and SHIB are the exchange's."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One perpetual: ``value`` is what one contract holds, in the base asset; ``lot`` is counted in contracts."""

    market: Market
    value: Decimal

    @property
    def inst_id(self) -> str:
        """``AVL-USDT-SWAP``."""
        return f"{self.market.base}-{self.market.quote}-SWAP"

    @property
    def lot(self) -> Decimal:
        """The smallest step of a quantity, in contracts."""
        return self.market.step / self.value

    def contracts(self, quantity: Decimal) -> Decimal:
        """A quantity of the base asset in contracts."""
        return quantity / self.value

    def quantity(self, contracts: Decimal) -> Decimal:
        """Contracts in the base asset."""
        return contracts * self.value


CONTRACTS = tuple(Contract(market, Decimal(SIZES[market.base])) for market in MARKETS)

_BY_ID = {contract.inst_id: contract for contract in CONTRACTS}
_BY_SYMBOL = {contract.market.symbol: contract for contract in CONTRACTS}


def by_id(inst_id: str) -> Contract:
    """The perpetual of that instrument id. Raises Rejection 51001 when there is none."""
    if inst_id not in _BY_ID:
        raise Rejection(51001)
    return _BY_ID[inst_id]


def of(symbol: str) -> Contract:
    """The perpetual of that unified symbol."""
    return _BY_SYMBOL[symbol]
