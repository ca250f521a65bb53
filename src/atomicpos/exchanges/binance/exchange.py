"""``ports.Exchange`` for Binance USD-M futures."""

from __future__ import annotations

import contextlib
from typing import Any

from atomicpos.models import Instrument, PositionSide, Refusal
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

from ..ccxt_adapter import LIVE, CcxtExchange
from ..fields import Row, whole
from ..quirks import Quirks
from ..readiness import check_credentials
from ..refusals import Code
from . import outcomes, writes
from .configs import SymbolConfigs
from .instruments import Brackets, instrument, read_brackets
from .known import Known
from .listings import BinanceListings
from .readiness import try_key
from .reads import BinanceReads, Shared
from .settings import BinanceSettings
from .stream import BinanceStream
from .words import POSITION_SIDES

NO_POSITION_STOP = "Binance USD-M keeps no stop on the position itself; place the stop as an order"
SUCCESS = 200


def read_code(said: Row) -> tuple[Code | None, str]:
    """``code``, an integer whatever its type was (F09), with 200 as 0; a reply that worked often has none."""
    code = whole(said.get("code"))
    return 0 if code == SUCCESS else code, str(said.get("msg") or "")


class BinanceExchange(CcxtExchange):
    """Binance, word by word as ``writes`` and ``queries`` have it, in one-way mode; ``hedged`` for the other."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        super().__init__(client, clock, quirks, read_code, recv_window_s)
        configs = SymbolConfigs(self._transport, clock)
        self._shared = Shared(self._transport, clock, Known(), configs)
        self._settings = BinanceSettings(self._transport, configs)
        self._brackets: Brackets = {}
        self.stream = BinanceStream(client, self._transport, clock) if self.profile.streams else None
        self.account = BinanceListings(self._shared)
        self._bind(None)

    def _bind(self, side: PositionSide | None) -> None:
        """All that tells the sides of hedge mode apart; None is one-way mode."""
        self._side = side
        self._position_side = POSITION_SIDES[side]
        self.reads = BinanceReads(self._shared, self._position_side)
        self.urgent_reads = BinanceReads(self._shared, self._position_side, urgent=True)

    async def _try_key(self) -> str | None:
        check_credentials(self._view, "apiKey", "secret")
        account_id, self.key = await try_key(self._transport, live=self.environment == LIVE)
        return account_id

    async def _look_at_account(self) -> None:
        with contextlib.suppress(ReadFailed):
            self._brackets = await read_brackets(self._transport)

    def _instrument(self, market: Row) -> Instrument:
        return instrument(market, self._brackets)

    async def _place(self, request: PlaceOrder, market_id: str, permit: Permit) -> Outcome:
        if (why := writes.unsayable(request)) is not None:
            return self._not_sent(why)
        known = self._shared.known
        if request.trigger_price is not None:
            known.conditional(request.client_order_id)
        exchanged = await self._transport.write(writes.place(request, market_id, self._position_side), permit)
        outcome = outcomes.of_place(exchanged, request)
        if outcome.order is not None:
            known.learn(market_id, outcome.exchange_order_id, request.client_order_id)
        return outcome

    async def _cancel(self, request: CancelOrder, market_id: str, permit: Permit) -> Outcome:
        exchanged = await self._transport.write(writes.cancel(request, market_id), permit)
        return outcomes.of_cancel(exchanged, request)

    async def _set_position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome:
        return self._not_sent(NO_POSITION_STOP)

    async def _set_leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        if request.leverage != request.leverage.to_integral_value():
            why = f"Binance USD-M takes whole leverages only; {request.leverage} is none"
            return self._not_sent(why)
        if self._side is not None and (held := await self._other_side_holds(request, self._side.other)) is not None:
            return self._here(OutcomeKind.REFUSED, held, Refusal.OTHER)
        return await self._settings.leverage(request, market_id, permit)

    async def _other_side_holds(self, request: SetLeverage, other: PositionSide) -> str | None:
        """Why the leverage may not be set: both sides of a symbol have one (documented), and with it the position on
        the other side would have another liquidation price.
        """
        try:
            view = (await self.hedged(other).urgent_reads.position(request.symbol)).position
        except ReadFailed as failed:
            return f"Binance has one leverage for both sides, and the {other} side could not be read: {failed}"
        if not view.quantity or view.leverage == request.leverage:
            return None
        return (
            f"Binance has one leverage for both sides, {view.leverage}, and the {other} side holds {view.quantity}: "
            "ask for that leverage"
        )

    async def _set_margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome:
        return await self._settings.margin_mode(request, market_id, permit)
