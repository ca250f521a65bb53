"""``ports.Exchange`` for KuCoin futures, by contract."""

from __future__ import annotations

from typing import Any

from atomicpos.ports import Clock

from ..bycontract.exchange import ContractExchange
from ..quirks import Quirks
from .wording import KucoinWording


class KucoinExchange(ContractExchange):
    """The classic futures account, by the client ``kucoinfutures``."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(KucoinWording(), client, clock, quirks, recv_window_s)
