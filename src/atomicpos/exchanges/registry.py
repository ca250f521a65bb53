"""From the caller's client to its adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.ports import Clock

from .binance.exchange import BinanceExchange
from .bitget.exchange import BitgetExchange
from .bybit.exchange import BybitExchange
from .ccxt_adapter import CcxtExchange
from .gate.exchange import GateExchange
from .hyperliquid.exchange import HyperliquidExchange
from .kucoin.exchange import KucoinExchange
from .okx.exchange import OkxExchange
from .quirks import QUIRKS, Quirks
from .unsupported import refusal

Adapter = Callable[[Any, Clock, Quirks, float | None], CcxtExchange]

_ADAPTERS: Mapping[str, Adapter] = {
    "binanceusdm": BinanceExchange,
    "bitget": BitgetExchange,
    "bybit": BybitExchange,
    "gate": GateExchange,
    "hyperliquid": HyperliquidExchange,
    "kucoinfutures": KucoinExchange,
    "okx": OkxExchange,
}
"""The adapter of each exchange that has a profile, by its ccxt id."""


def connect(client: Any, clock: Clock, *, recv_window_s: float | None = None) -> CcxtExchange:
    """The adapter for that async ccxt client; nothing is sent and nothing is set on the client.

    ``recv_window_s`` overrides the profile's receive window, in seconds. Raises InvalidRequest for what is no async
    ccxt client, and ExchangeUnsupported, with the reason and those that are supported, for one without a profile.
    """
    name = _ccxt_id(client)
    if name not in QUIRKS:
        raise refusal(name)
    if getattr(client, "synchronous", True):
        raise InvalidRequest(f"the ccxt client is synchronous; give an asynchronous one, ccxt.async_support.{name}()")
    return _ADAPTERS[name](client, clock, QUIRKS[name], recv_window_s)


def _ccxt_id(client: Any) -> str:
    name = getattr(client, "id", None)
    looks_right = isinstance(name, str) and callable(getattr(client, "fetch2", None)) and hasattr(client, "options")
    if isinstance(client, type) or not looks_right:
        raise InvalidRequest(f"exchange is {client!r:.100}; give an object of a ccxt.async_support class")
    return str(name)
