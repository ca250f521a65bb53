"""``ports.Exchange`` for an exchange that is known by its contract: linear perpetuals in one-way mode."""

from __future__ import annotations

from typing import Any

from atomicpos.errors import InvalidRequest, NotReady
from atomicpos.models import Instrument, Leg, PositionSide
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
    WrongPositionMode,
)

from .. import frames, outcomes
from ..ccxt_adapter import CcxtExchange
from ..fields import Row
from ..markets import perpetual
from ..paging import every_page
from ..quirks import Quirks
from ..readiness import check_credentials
from ..refusals import Operation, of_leg
from ..transport import Ask, Exchanged
from .cells import ident
from .contract import Contract, Unspeakable
from .listings import ContractListings
from .reads import ContractReads
from .terms import SymbolTerms
from .wording import Terms, Wording

NO_POSITION_STOP = "this exchange is not asked to keep a stop on the position itself: stops are orders of their own"


class ContractExchange(CcxtExchange):
    """One account, in the words of one ``Wording``.

    ccxt's implicit methods are used, each of which is one request. Its unified ones choose parameters of their own
    (a leverage of 1 on every order), leave a trigger out that they cannot read, read an unexpected reply as an empty
    list, and send requests of their own first, after which they set options on the caller's client (4.5.90).
    """

    def __init__(
        self, wording: Wording, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None
    ) -> None:
        super().__init__(client, clock, quirks, wording.read_code, recv_window_s)
        self._wording = wording
        self._terms = SymbolTerms(wording, self._transport)
        self.reads = ContractReads(wording, self._transport, clock)
        self.urgent_reads = ContractReads(wording, self._transport, clock, urgent=True)
        self.account = ContractListings(wording, self._transport, clock)

    async def instrument(self, symbol: str) -> Instrument:
        """The active linear perpetual of that name, its terms known. Raises InvalidRequest, and NotReady where the
        terms that its orders have to name could not be read."""
        market = perpetual(self._transport.markets, symbol)
        found = self._instrument(market)
        try:
            await self._terms.look(self._wording.contract(market))
        except ReadFailed as failed:
            raise NotReady(f"{found.symbol}: the exchange gave no usable answer: {failed}") from None
        return found

    async def _try_key(self) -> str | None:
        check_credentials(self._view, *self._wording.credentials)
        exchanged = await self._transport.read(self._wording.key_ask(self._view))
        try:
            frames.within(exchanged, "API key")
        except ReadFailed as failed:
            raise NotReady(f"the exchange gave no usable answer: {failed}") from None
        return self._wording.account_id(exchanged, self._view)

    def _bind(self, side: PositionSide | None) -> None:
        """Raises WrongPositionMode for a side of hedge mode: none of these profiles declares it."""
        if side is not None:
            raise WrongPositionMode(f"{self.name} has no profile of hedge mode")

    async def _look_at_account(self) -> None:
        """Nothing: what orders depend on belongs to symbols."""

    def _instrument(self, market: Row) -> Instrument:
        try:
            return self._wording.instrument(market)
        except ReadFailed as failed:
            symbol = market.get("symbol")
            raise InvalidRequest(f"{symbol}: the exchange's market data cannot be used: {failed}") from None

    async def _place(self, request: PlaceOrder, market_id: str, permit: Permit) -> Outcome:
        if request.leg is Leg.TARGET:
            return self._not_sent("no target is asked for here: a stop's words would send it the wrong way")
        try:
            contract = self._contract(request.symbol)
            ask = self._wording.place(request, contract, await self._terms_for(request, contract))
        except (Unspeakable, ReadFailed) as why:
            return self._not_sent(str(why))
        return await self._order(ask, of_leg(request.leg), permit)

    async def _terms_for(self, request: PlaceOrder, contract: Contract) -> Terms:
        """The symbol's terms; read anew where an order at the market has to name a price of the moment."""
        at_market = request.limit_price is None and request.trigger_price is None
        return await (self._terms.look(contract) if self._wording.priced and at_market else self._terms.of(contract))

    async def _cancel(self, request: CancelOrder, market_id: str, permit: Permit) -> Outcome:
        try:
            ask = await self._cancel_ask(request, self._contract(request.symbol))
        except (Unspeakable, ReadFailed) as why:
            return self._not_sent(str(why))
        exchanged = await self._transport.write(ask, permit)
        if exchanged.error is not None or exchanged.code != 0:
            return outcomes.failed(exchanged, Operation.CANCEL, self._wording.refusals)
        if not self._wording.cancelled(exchanged):
            return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no cancelled order")
        return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=request.exchange_order_id)

    async def _cancel_ask(self, request: CancelOrder, contract: Contract) -> Ask:
        """A stop without an id of ours is looked at first where its cancel has to say what kind it is; one that is not
        listed any more is called all the same: that it is unknown is what the matching engine has to say."""
        if request.client_order_id or not self._wording.cancels_by_row:
            return self._wording.cancel(request, contract)
        rows, _ = await every_page(self._wording.waiting_stops(contract), self._read_urgently)
        shown = (row for row in rows if ident(row, "orderId") == request.exchange_order_id)
        return self._wording.cancel_listed(request, next(shown, None), contract)

    async def _read_urgently(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=True)

    async def _order(self, ask: Ask, operation: Operation, permit: Permit) -> Outcome:
        """An acknowledgement names an order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown."""
        exchanged = await self._transport.write(ask, permit)
        if exchanged.error is not None or exchanged.code != 0:
            return outcomes.failed(exchanged, operation, self._wording.refusals)
        order_id = self._wording.placed(exchanged)
        if order_id is None:
            return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order")
        return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=order_id)

    async def _set_position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome:
        return self._not_sent(NO_POSITION_STOP)

    async def _set_leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        try:
            return await self._terms.set_leverage(request, self._contract(request.symbol), permit)
        except (Unspeakable, ReadFailed) as why:
            return self._not_sent(str(why))

    async def _set_margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome:
        try:
            return await self._terms.set_margin_mode(request, self._contract(request.symbol), permit)
        except (Unspeakable, ReadFailed) as why:
            return self._not_sent(str(why))

    def _contract(self, symbol: str) -> Contract:
        return self._wording.contract(self._transport.markets[symbol])
