"""Why an exchange that ccxt knows is refused by name, and what a refusal says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from atomicpos.errors import ExchangeUnsupported

from .quirks import QUIRKS

REASONS: Mapping[str, str] = MappingProxyType({
    "mexc": "ccxt 4.5.90 sends an order with stopLossPrice as an immediate market order, and cannot look up or cancel "
    "an order by client id (measured)",
    "woo": "ccxt 4.5.90 sends an order with stopLossPrice as an immediate market order (measured)",
    "phemex": "ccxt 4.5.90 sends an order with stopLossPrice as an immediate market order (measured)",
    "deribit": "ccxt 4.5.90 sends an order with triggerPrice as an immediate market order, and orders cannot be looked "
    "up by client id (measured)",
    "krakenfutures": "ccxt 4.5.90 can neither look up nor cancel an order by client id, and passes an attached stop on "
    "as a key that is ignored (measured)",
    "htx": "client order ids are sent under a key that the endpoint does not document, and nothing shows that a "
    "position was closed (measured with ccxt 4.5.90)",
    "binance": "use binanceusdm for USD-M perpetuals: this client has markets of every kind behind one id",
    "kucoin": "use kucoinfutures for perpetuals: this client has markets of every kind behind one id",
})
"""What is known against them; the others simply were not looked at."""


def refusal(name: str) -> ExchangeUnsupported:
    """What is raised for an exchange of that ccxt id: the reason where one is known, and those that are supported."""
    reason = f": {REASONS[name]}" if name in REASONS else ""
    return ExchangeUnsupported(
        f"{name} has no profile{reason}; the supported exchanges are: {', '.join(sorted(QUIRKS))}"
    )
