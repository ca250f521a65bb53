"""Bybit v5 writes: each body is read, carried out under the faults, and answered or refused in Bybit's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from atomicpos.models import OrderSide
from atomicpos.sim.faults import Call
from atomicpos.sim.venue import Venue

from ..delivery import Delivery
from ..spelling import Json
from ..striking import CarriedOut, InjectedRefusal, place, write, write_for_all
from .codes import Code, planted
from .fields import Body
from .orders import acknowledgement, cancelled_ids, place_request
from .refusals import order_refusal, refusal, stop_refusal
from .replies import Rejection
from .settings import leverage_asked, margin_mode_asked, set_leverage, stop_asked

Answer = Callable[[Body, Delivery], Json]
T = TypeVar("T")

REFUSED_BY_FAULT = "the order is refused"


class Writes:
    """The writes of one account. Each raises Rejection, Cut or Page, or takes effect."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def paths(self) -> Mapping[str, Answer]:
        """What is posted where."""
        return {
            "/v5/order/create": self._create,
            "/v5/order/cancel": self._cancel,
            "/v5/position/trading-stop": self._set_stop,
            "/v5/position/set-leverage": self._set_leverage,
            "/v5/account/set-margin-mode": self._set_margin_mode,
        }

    def _create(self, body: Body, way: Delivery) -> Json:
        request = place_request(body)
        mark = self._venue.mark(request.symbol)
        order = _carried_out(
            lambda: place(self._venue, request, way), lambda refused: order_refusal(refused, request, mark)
        )
        return acknowledgement(order)

    def _cancel(self, body: Body, way: Delivery) -> Json:
        symbol, client_id, order_id = cancelled_ids(body)
        order = self._write(Call.CANCEL, symbol, lambda: self._venue.cancel(symbol, client_id, order_id), way)
        return acknowledgement(order)

    def _set_stop(self, body: Body, way: Delivery) -> Json:
        """``/v5/position/trading-stop`` answers with an empty result: nothing is told of the stop."""
        asked = stop_asked(body)
        held = self._venue.position_as_of(asked.symbol, self._venue.now_us(), asked.side).side
        opening, mark = held.opening if held else OrderSide.BUY, self._venue.mark(asked.symbol)

        def carry_out() -> None:
            self._venue.set_position_stop(asked.symbol, asked.trigger, asked.by, asked.side)

        _carried_out(
            lambda: write(self._venue, Call.SET_STOP, asked.symbol, carry_out, way, asked.side),
            lambda refused: stop_refusal(refused, asked, opening, mark),
        )
        return {}

    def _set_leverage(self, body: Body, way: Delivery) -> Json:
        asked = leverage_asked(body, self._venue)
        self._write(Call.SET_LEVERAGE, asked.symbol, lambda: set_leverage(self._venue, asked), way)
        return {}

    def _set_margin_mode(self, body: Body, way: Delivery) -> Json:
        """The whole account's, and an empty list of reasons against it."""
        mode = margin_mode_asked(body)

        def carry_out() -> None:
            self._venue.set_margin_mode(mode)

        _carried_out(lambda: write_for_all(self._venue, Call.SET_MARGIN_MODE, carry_out, way), refusal)
        return {"reasons": []}

    def _write(self, call: Call, symbol: str, execute: Callable[[], T], way: Delivery) -> T:
        return _carried_out(lambda: write(self._venue, call, symbol, execute, way), refusal)


def _planted(injected: InjectedRefusal) -> Rejection:
    """The code that the fault names; without one an entry lacks funds, and anything else is a wrong parameter."""
    if injected.code is not None:
        return Rejection(*planted(injected.code, injected.call))
    if injected.call is Call.PLACE_ENTRY:
        return Rejection(Code.FUNDS, REFUSED_BY_FAULT)
    return Rejection(Code.PARAMETER, REFUSED_BY_FAULT)


_carried_out = CarriedOut(_planted)
