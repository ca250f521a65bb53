"""``ports.Exchange`` for Bybit v5, linear perpetuals of a unified account."""

from __future__ import annotations

import contextlib
from typing import Any

from atomicpos.models import Instrument, PositionSide
from atomicpos.ports import (
    CancelOrder,
    Clock,
    Outcome,
    Permit,
    PlaceOrder,
    ReadFailed,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
)

from ..ccxt_adapter import CcxtExchange
from ..fields import Row, inner, text, whole
from ..quirks import Quirks
from ..readiness import check_credentials
from ..refusals import Code, Operation, of_leg
from . import writes
from .account import BybitAccount
from .instruments import instrument
from .listings import BybitListings
from .outcomes import of_order, of_setting
from .readiness import try_key
from .reads import BybitReads
from .settings import BybitSettings
from .stream import BybitStream

_STOP_UNCHANGED = frozenset[Code]({34040})
"""trading-stop: not modified, or a parameter was missing (documented as one code): reading the stop back decides."""


def read_code(said: Row) -> tuple[Code | None, str]:
    """``retCode``, an integer whatever its type was (F09), and ``retMsg``, with the reasons that stand beside it.

    set-margin-mode says why in ``result.reasons``, a list of ``reasonCode`` and ``reasonMsg`` (documented).
    """
    reasons = inner(said, "result").get("reasons")
    listed = reasons if isinstance(reasons, list) else []
    whys = [text(reason, "reasonMsg") for reason in listed if isinstance(reason, dict)]
    return whole(said.get("retCode")), ": ".join(filter(None, [str(said.get("retMsg") or ""), *whys]))


class BybitExchange(CcxtExchange):
    """Bybit, word by word as ``writes`` and ``queries`` have it."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(client, clock, quirks, read_code, recv_window_s)
        self._account = BybitAccount(self._transport)
        self.account = BybitListings(self._transport, clock, self._account)
        self._bind(None)
        self.stream = BybitStream(client, self._transport, clock) if self.profile.streams else None

    def _bind(self, side: PositionSide | None) -> None:
        """All that tells the sides of hedge mode apart; None is one-way mode."""
        self._side = side
        self.reads = BybitReads(self._transport, self._clock, self._account, side)
        urgent_reads = BybitReads(self._transport, self._clock, self._account, side, urgent=True)
        self.urgent_reads = urgent_reads
        self._settings = BybitSettings(self._transport, urgent_reads, self._account, side)

    async def _try_key(self) -> str | None:
        check_credentials(self._view, "apiKey", "secret")
        account_id, self.key = await try_key(self._view, self._transport)
        return account_id

    async def _look_at_account(self) -> None:
        with contextlib.suppress(ReadFailed):
            await self._account.look()

    def _instrument(self, market: Row) -> Instrument:
        return instrument(market)

    async def _place(self, request: PlaceOrder, market_id: str, permit: Permit) -> Outcome:
        exchanged = await self._transport.write(writes.place(request, market_id, self._side), permit)
        return of_order(exchanged, of_leg(request.leg), request.client_order_id)

    async def _cancel(self, request: CancelOrder, market_id: str, permit: Permit) -> Outcome:
        exchanged = await self._transport.write(writes.cancel(request, market_id), permit)
        return of_order(exchanged, Operation.CANCEL, request.client_order_id)

    async def _set_position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome:
        """The reply names no order: the stop has no id of ours, and is known by being read back."""
        exchanged = await self._transport.write(writes.set_position_stop(request, market_id, self._side), permit)
        return of_setting(exchanged, Operation.POSITION_STOP, _STOP_UNCHANGED)

    async def _set_leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        try:
            return await self._settings.leverage(request, market_id, permit)
        except ReadFailed as failed:
            return self._not_sent(str(failed))

    async def _set_margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome:
        return await self._settings.margin_mode(request, permit)
