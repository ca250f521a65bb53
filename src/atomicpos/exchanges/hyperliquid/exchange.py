"""``ports.Exchange`` for Hyperliquid, by contract."""

from __future__ import annotations

from typing import Any

from atomicpos.ports import Clock

from ..bycontract.exchange import ContractExchange
from ..quirks import Quirks
from .wording import HyperliquidWording


class HyperliquidExchange(ContractExchange):
    """Hyperliquid's own perpetuals."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(HyperliquidWording(), client, clock, quirks, recv_window_s)
