"""Where bots trade side by side without meeting: a lane is one symbol, with an account of its own in the database."""

from __future__ import annotations

from dataclasses import dataclass

from atomicpos.sim.markets import perpetual

_QUANTITIES = {
    "AVLUSDT": "10", "BTCUSDT": "0.004", "ETHUSDT": "0.26", "SOLUSDT": "1.6", "XRPUSDT": "40", "DOGEUSDT": "200",
    "HNTUSDT": "12.5", "MNTUSDT": "94", "TAOUSDT": "0.4", "AIOZUSDT": "32", "XDCUSDT": "2400", "LINKUSDT": "1.4",
    "WIFUSDT": "64", "TURBOUSDT": "9000", "SHIBUSDT": "1250000",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lane:
    """One symbol, and how much of it a bot opens."""

    symbol: str
    """Raw."""
    quantity: str

    @property
    def unified(self) -> str:
        """As rows name it."""
        return perpetual(self.symbol).symbol

    @property
    def account(self) -> str:
        """Rows of one lane are no business of another's bots."""
        return f"lane-{self.symbol}"


LANES = tuple(Lane(symbol, quantity) for symbol, quantity in _QUANTITIES.items())
