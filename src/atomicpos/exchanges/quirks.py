"""Every exchange that has a profile: what it does that the core must know, gathered from the exchanges' packages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .binance.quirks import BINANCE
from .bitget.quirks import BITGET
from .bybit.quirks import BYBIT
from .declared import Quirks
from .gate.quirks import GATE
from .hyperliquid.quirks import HYPERLIQUID
from .kucoin.quirks import KUCOIN
from .okx.quirks import OKX

__all__ = ["QUIRKS", "Quirks"]

_ALL = (BYBIT, BINANCE, OKX, BITGET, GATE, HYPERLIQUID, KUCOIN)

QUIRKS: Mapping[str, Quirks] = MappingProxyType({each.profile.name: each for each in _ALL})
"""By ccxt id; an exchange without one is refused by name."""
