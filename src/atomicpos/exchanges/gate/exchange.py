"""``ports.Exchange`` for Gate, by contract."""

from __future__ import annotations

from typing import Any

from atomicpos.ports import Clock

from ..bycontract.exchange import ContractExchange
from ..quirks import Quirks
from .wording import GateWording


class GateExchange(ContractExchange):
    """Gate; a write tells it until when it may be taken."""

    expiry_header = "X-Gate-Exptime"

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(GateWording(), client, clock, quirks, recv_window_s)
