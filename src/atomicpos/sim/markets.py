"""The instruments of the venue: fifteen linear perpetuals, and spot markets that share a raw id with one of them.

For a venue of thousands of symbols there are numbered ones.

Ticks, steps and prices are varied on purpose: a stop computed with the wrong tick, a quantity cut with the wrong
step or a price taken from the spot twin shows at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache


@dataclass(frozen=True, slots=True)
class Market:
    """One market. Quantities are in the base asset, prices in the quote asset."""

    symbol: str
    """Unified: ``AVL/USDT:USDT`` for a perpetual, ``AVL/USDT`` for spot."""
    market_id: str
    """Raw: ``AVLUSDT``, the same for a perpetual and its spot twin."""
    base: str
    quote: str
    price: Decimal
    """The mark price at the start."""
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    """The largest quantity of one market order."""
    min_notional: Decimal
    max_leverage: Decimal
    price_band: Decimal = Decimal("0.05")
    """How far a limit price may lie beyond the mark, as a share of it."""

    @property
    def spot(self) -> bool:
        """True for a spot market, which has no position and no stop."""
        return ":" not in self.symbol


def _market(
    suffix: str, base: str, price: str, tick: str, step: str, largest: str, leverage: str, min_notional: str = "5"
) -> Market:
    return Market(
        symbol=f"{base}/USDT{suffix}",
        market_id=f"{base}USDT",
        base=base,
        quote="USDT",
        price=Decimal(price),
        tick=Decimal(tick),
        step=Decimal(step),
        min_quantity=Decimal(step),
        max_quantity=Decimal(largest),
        min_notional=Decimal(min_notional),
        max_leverage=Decimal(leverage),
    )


_PERPETUAL = ":USDT"
_SPOT = ""

MARKETS: tuple[Market, ...] = (
    _market(_PERPETUAL, "AVL", "1.3580", "0.0001", "1", "200000", "25", min_notional="1"),
    _market(_PERPETUAL, "BTC", "104250.0", "0.1", "0.001", "150", "100"),
    _market(_PERPETUAL, "ETH", "3890.25", "0.01", "0.01", "2500", "100"),
    _market(_PERPETUAL, "SOL", "187.420", "0.01", "0.1", "12000", "100"),
    _market(_PERPETUAL, "XRP", "2.4381", "0.0001", "0.1", "1500000", "75"),
    _market(_PERPETUAL, "DOGE", "0.20134", "0.00001", "1", "9000000", "75"),
    _market(_PERPETUAL, "HNT", "1.616", "0.001", "0.01", "30000", "25"),
    _market(_PERPETUAL, "MNT", "5.1067", "0.0001", "1", "400000", "50"),
    _market(_PERPETUAL, "TAO", "412.35", "0.05", "0.01", "3000", "50"),
    _market(_PERPETUAL, "AIOZ", "0.7412", "0.0002", "2", "500000", "25"),
    _market(_PERPETUAL, "XDC", "0.05921", "0.00001", "10", "8000000", "50"),
    _market(_PERPETUAL, "LINK", "18.344", "0.001", "0.1", "60000", "50"),
    _market(_PERPETUAL, "WIF", "0.5127", "0.0001", "1", "1200000", "50"),
    _market(_PERPETUAL, "TURBO", "0.003412", "0.000001", "10", "30000000", "25"),
    _market(_PERPETUAL, "SHIB", "0.00002480", "0.00000001", "100", "4000000000", "50"),
)
"""The perpetuals, settled in USDT."""

SPOT_TWINS: tuple[Market, ...] = (
    _market(_SPOT, "AVL", "2.7410", "0.0001", "0.01", "50000", "1"),
    _market(_SPOT, "HNT", "3.310", "0.001", "0.01", "20000", "1"),
)
"""Spot markets with the raw id of a perpetual, at a very different price."""

_BY_NAME = {name: market for market in MARKETS for name in (market.symbol, market.market_id)}

_NUMBERED = re.compile(r"(N\d{5})(?:USDT|/USDT:USDT)")

NUMBERED_MAX = 100_000

NAMED_MAX = 20
"""How many markets a message names."""


def numbered(count: int) -> tuple[Market, ...]:
    """That many markets of one kind, N00000USDT and so on: for a venue with as many symbols as are needed."""
    if not 0 <= count <= NUMBERED_MAX:
        raise ValueError(f"count is {count}; it must lie between 0 and {NUMBERED_MAX}")
    return tuple(_one(f"N{number:05d}") for number in range(count))


@cache
def _one(base: str) -> Market:
    return _market(_PERPETUAL, base, "1.3580", "0.0001", "1", "200000", "25", min_notional="1")


def perpetual(symbol: str) -> Market:
    """The perpetual of that unified symbol or raw id, numbered ones included. Raises LookupError naming some."""
    if (market := _BY_NAME.get(symbol)) is not None:
        return market
    if (match := _NUMBERED.fullmatch(symbol)) is not None:
        return _one(match[1])
    raise LookupError(unknown(symbol, MARKETS))


def listed(names: Sequence[str]) -> str:
    """The first of these names, and how many more there are."""
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more


def unknown(symbol: str, markets: Iterable[Market]) -> str:
    """The sentence on a symbol that is none of these."""
    return f"no perpetual is called {symbol!r}; the venue has {listed([market.market_id for market in markets])}"
