"""Binance USD-M writes: each is read, carried out under the faults, and answered or refused in Binance's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from atomicpos.sim.faults import Call
from atomicpos.sim.orders import PlaceRequest, RefusalReason, Refused, VenueOrder
from atomicpos.sim.venue import Venue

from ..delivery import Delivery
from ..spelling import Json
from ..striking import CarriedOut, InjectedRefusal, place, write
from .codes import Code, planted
from .fields import Asked, amount, choice, market
from .order_lists import living
from .order_rows import algo_row, order_row, placed_row
from .orders import conditional_request, plain_request, response
from .refusals import order_refusal, refusal
from .replies import DONE, Rejection
from .words import MARGIN_TYPES, algo_number

Answer = Callable[[Asked, Delivery], Json]

REFUSED_BY_FAULT = "the order is refused"

_MARGIN_MODES = {word: mode for mode, word in MARGIN_TYPES.items()}


class Writes:
    """The writes of one account. Each raises Rejection, Cut or Page, or takes effect."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def posted(self) -> Mapping[str, Answer]:
        """What is posted where."""
        return {
            "/fapi/v1/order": self._order,
            "/fapi/v1/algoOrder": self._algo_order,
            "/fapi/v1/leverage": self._leverage,
            "/fapi/v1/marginType": self._margin_type,
        }

    def deleted(self) -> Mapping[str, Answer]:
        """What is deleted where."""
        return {"/fapi/v1/order": self._cancel, "/fapi/v1/algoOrder": self._cancel_algo}

    def _order(self, asked: Asked, way: Delivery) -> Json:
        answer = response(asked)
        return placed_row(self._place(plain_request(asked), way), market(asked).market_id, answer)

    def _algo_order(self, asked: Asked, way: Delivery) -> Json:
        """Nothing is checked against margin or position before it fires: so says the vendor of margin."""
        return algo_row(self._place(conditional_request(asked), way), market(asked).market_id)

    def _place(self, request: PlaceRequest, way: Delivery) -> VenueOrder:
        return _carried_out(
            lambda: place(self._venue, request, way), lambda refused: order_refusal(refused, request)
        )

    def _cancel(self, asked: Asked, way: Delivery) -> Json:
        perpetual = market(asked)
        order = self._cancelled(asked, way, perpetual.symbol, conditional=False)
        return order_row(order, perpetual.market_id)

    def _cancel_algo(self, asked: Asked, way: Delivery) -> Json:
        """No symbol is named: a fault strikes by the symbol of the order that is meant."""
        found = living(self._venue, asked, conditional=True)
        if found is None:
            raise Rejection(Code.CANCEL_REJECTED)
        order = self._cancelled(asked, way, found[0], conditional=True)
        ids = {"algoId": algo_number(order.order_id), "clientAlgoId": order.client_order_id}
        return {**ids, "code": "200", "msg": "success"}

    def _cancelled(self, asked: Asked, way: Delivery, symbol: str, *, conditional: bool) -> VenueOrder:
        def carry_out() -> VenueOrder:
            found = living(self._venue, asked, conditional=conditional)
            if found is None:
                raise Refused(RefusalReason.UNKNOWN_ORDER, "no such order is open")
            return self._venue.cancel(symbol, order_id=found[1])

        return _carried_out(lambda: write(self._venue, Call.CANCEL, symbol, carry_out, way), refusal)

    def _leverage(self, asked: Asked, way: Delivery) -> Json:
        """Setting it to what it is already is answered like any other setting."""
        perpetual = market(asked)
        leverage = amount(asked, "leverage", perpetual.max_leverage.to_integral_value())

        def carry_out() -> None:
            try:
                self._venue.set_leverage(perpetual.symbol, leverage)
            except Refused as refused:
                if refused.reason is not RefusalReason.LEVERAGE_UNCHANGED:
                    raise

        _carried_out(lambda: write(self._venue, Call.SET_LEVERAGE, perpetual.symbol, carry_out, way), refusal)
        return {"leverage": int(leverage), "maxNotionalValue": "1000000000", "symbol": perpetual.market_id}

    def _margin_type(self, asked: Asked, way: Delivery) -> Json:
        """At the exchange it is the symbol's; here the account has one, which every symbol shows."""
        symbol = market(asked).symbol
        mode = choice(asked, "marginType", _MARGIN_MODES)

        def carry_out() -> None:
            self._venue.set_margin_mode(mode)

        _carried_out(lambda: write(self._venue, Call.SET_MARGIN_MODE, symbol, carry_out, way), refusal)
        return DONE


def _planted(injected: InjectedRefusal) -> Rejection:
    """The code that the fault names; without one an entry lacks margin, and anything else is data that is not valid."""
    if injected.code is not None:
        return Rejection(*planted(injected.code, injected.call))
    if injected.call is Call.PLACE_ENTRY:
        return Rejection(Code.FUNDS)
    return Rejection(Code.PARAMETER, REFUSED_BY_FAULT)


_carried_out = CarriedOut(_planted)
