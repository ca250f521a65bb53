"""``ports.Exchange`` for OKX v5, linear perpetual swaps, in net mode or through one side of long/short mode."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from atomicpos.models import Instrument, Leg, PositionSide, Refusal
from atomicpos.ports import (
    CancelOrder,
    Clock,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    ReadFailed,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
)

from ..ccxt_adapter import CcxtExchange
from ..fields import Row
from ..quirks import Quirks
from ..readiness import check_credentials
from ..refusals import Operation, of_leg
from . import writes
from .account import OkxAccount
from .contracts import Sizes, to_contracts
from .instruments import instrument
from .listings import OkxListings
from .outcomes import ALGO_IDS, PLAIN_IDS, of_order
from .readiness import try_key
from .reads import OkxReads
from .replies import read_code
from .settings import OkxSettings
from .stream import OkxStream

NO_STOP_OF_ITS_OWN = "OKX keeps no stop on the position itself; a stop is an order with an id of its own"


class OkxExchange(CcxtExchange):
    """OKX, word by word as ``writes`` and ``queries`` have it."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(client, clock, quirks, read_code, recv_window_s)
        self._account = OkxAccount(self._transport)
        self.account = OkxListings(self._transport, clock, self._account)
        self.stream = OkxStream(client, self._transport, clock) if self.profile.streams else None
        self._bind(None)

    def _bind(self, side: PositionSide | None) -> None:
        """All that tells the sides of long/short mode apart; None is net mode."""
        self._through = side
        self.reads = OkxReads(self._transport, self._clock, self._account, through=side)
        urgent_reads = OkxReads(self._transport, self._clock, self._account, urgent=True, through=side)
        self.urgent_reads = urgent_reads
        self._settings = OkxSettings(self._transport, urgent_reads, self._account, side)

    async def _try_key(self) -> str | None:
        check_credentials(self._view, "apiKey", "secret", "password")
        account_id, self.key = await try_key(self._transport, self._account)
        return account_id

    async def _look_at_account(self) -> None:
        """It was read with the key."""

    def _instrument(self, market: Row) -> Instrument:
        return instrument(market)

    async def _place(self, request: PlaceOrder, market_id: str, permit: Permit) -> Outcome:
        """What is no whole number of lots is refused here; an order that waits is an algo order."""
        sizes = Sizes(self._transport.markets)
        try:
            size, lot = sizes.of(request.symbol)[1], sizes.lot(request.symbol)
        except ReadFailed as failed:
            return self._not_sent(str(failed))
        contracts = to_contracts(request.quantity, size, lot)
        if contracts is None:
            why = f"{request.quantity} is no whole number of lots: a contract is {size}, and a lot {lot} contracts"
            return self._here(OutcomeKind.REFUSED, why, Refusal.PRECISION)
        mode = self._account.mode_for(request, self._through)
        if request.leg is Leg.ENTRY:
            self._account.saw(request.symbol, self._through, mode)
        ask = writes.place(request, market_id, contracts, mode, self._through)
        exchanged = await self._transport.write(ask, permit)
        names = PLAIN_IDS if request.trigger_price is None else ALGO_IDS
        return of_order(exchanged, of_leg(request.leg), request.client_order_id, names)

    async def _cancel(self, request: CancelOrder, market_id: str, permit: Permit) -> Outcome:
        exchanged = await self._transport.write(writes.cancel(request, market_id), permit)
        names = ALGO_IDS if request.conditional else PLAIN_IDS
        return of_order(exchanged, Operation.CANCEL, request.client_order_id, names)

    async def _set_position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome:
        return self._not_sent(NO_STOP_OF_ITS_OWN)

    async def _set_leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        return await self._settings.leverage(request, market_id, permit)

    async def _set_margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome:
        asked_at_us = self._clock.now_us()
        answer = await self._settings.margin_mode(request)
        return _timed(answer, asked_at_us, self._clock.now_us())


def _timed(answer: Outcome, asked_at_us: int, answered_at_us: int) -> Outcome:
    return replace(answer, asked_at_us=asked_at_us, answered_at_us=answered_at_us)
