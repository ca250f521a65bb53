"""``ports.Exchange`` for Bitget, by contract."""

from __future__ import annotations

from typing import Any

from atomicpos.ports import Clock

from ..bycontract.exchange import ContractExchange
from ..quirks import Quirks
from .unified.wording import UnifiedWording
from .wording import BitgetWording


class BitgetExchange(ContractExchange):
    """The classic futures account; the unified account where the client's option ``uta`` says so.

    ccxt would find out by itself and set that option on the client; here it is the caller's to set.
    """

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        wording = UnifiedWording() if client.options.get("uta") is True else BitgetWording()
        super().__init__(wording, client, clock, quirks, recv_window_s)
