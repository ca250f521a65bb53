"""OKX v5 writes: each body is read, carried out under the faults, and answered or refused in OKX's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from atomicpos.models import MarginMode
from atomicpos.sim.faults import Call
from atomicpos.sim.orders import PlaceRequest, VenueOrder
from atomicpos.sim.venue import Venue

from ..delivery import Delivery
from ..spelling import Json, number
from ..striking import CarriedOut, place, write
from .codes import FAILED, PARTLY
from .fields import Body, amount, choice, refused, text
from .ids import order_id
from .modes import Modes
from .orders import (
    BY_DEFAULT,
    TRIGGER_TYPES,
    algo_request,
    contract,
    margin_mode,
    named,
    place_request,
    position_side,
)
from .refusals import injected, order_refusal, refusal
from .replies import Rejection, done_row, envelope, failed_row, row_rejection
from .words import pos_side

Answer = Callable[[Any, Delivery], Json]

_ORDER, _ALGO = ("clOrdId", "ordId"), ("algoClOrdId", "algoId")
"""The names of the client's and the exchange's id."""


class Writes:
    """The writes of one account. Each raises Rejection at the gate, Cut or Page, or answers with a row."""

    def __init__(self, venue: Venue, modes: Modes) -> None:
        self._venue = venue
        self._modes = modes

    def paths(self) -> Mapping[str, Answer]:
        """What is posted where."""
        return {
            "/api/v5/trade/order": self._one(_ORDER, self._place),
            "/api/v5/trade/batch-orders": self._many(_ORDER, self._place),
            "/api/v5/trade/order-algo": self._one(_ALGO, self._place_algo),
            "/api/v5/trade/cancel-order": self._one(_ORDER, self._cancel),
            "/api/v5/trade/cancel-algos": self._many(_ALGO, self._cancel_algo),
            "/api/v5/trade/amend-algos": self._one(_ALGO, self._amend_algo),
            "/api/v5/account/set-leverage": self._set_leverage,
        }

    # --- orders -----------------------------------------------------------------------------------------------------

    def _place(self, body: Body, way: Delivery) -> VenueOrder:
        request, mode = place_request(body), margin_mode(body)
        in_mode = self._modes.leave if request.only_reduces else self._modes.enter
        return self._placed(request, way, lambda: in_mode(request.symbol, request.position_side, mode))

    def _place_algo(self, body: Body, way: Delivery) -> VenueOrder:
        request, mode = algo_request(body), margin_mode(body)
        return self._placed(request, way, lambda: self._modes.leave(request.symbol, request.position_side, mode))

    def _placed(self, request: PlaceRequest, way: Delivery, in_mode: Callable[[], None]) -> VenueOrder:
        def carry_out() -> VenueOrder:
            in_mode()
            return place(self._venue, request, way)

        return _carried_out(carry_out, lambda refusal: order_refusal(refusal, request, self._venue))

    def _cancel(self, body: Body, way: Delivery) -> VenueOrder:
        return self._cancelled(body, way, _ORDER, conditional=False)

    def _cancel_algo(self, body: Body, way: Delivery) -> VenueOrder:
        return self._cancelled(body, way, _ALGO, conditional=True)

    def _cancelled(self, body: Body, way: Delivery, names: tuple[str, str], *, conditional: bool) -> VenueOrder:
        symbol, client_id, exchange_id = named(body, *names)

        def carry_out() -> VenueOrder:
            return self._venue.cancel(symbol, order_id=self._live(symbol, client_id, exchange_id, conditional))

        return _carried_out(lambda: write(self._venue, Call.CANCEL, symbol, carry_out, way), refusal)

    def _amend_algo(self, body: Body, way: Delivery) -> VenueOrder:
        symbol, client_id, exchange_id = named(body, *_ALGO)
        trigger = amount(body, "newSlTriggerPx")
        by = choice(body, "newSlTriggerPxType", TRIGGER_TYPES, BY_DEFAULT)

        def carry_out() -> VenueOrder:
            own = self._live(symbol, client_id, exchange_id, conditional=True)
            return self._venue.amend_stop(symbol, own, trigger, by)

        return _carried_out(lambda: write(self._venue, Call.PLACE_STOP, symbol, carry_out, way), refusal)

    def _live(self, symbol: str, client_id: str | None, exchange_id: str | None, conditional: bool) -> str:
        """The engine's id of that living order; an id that nothing has where there is none of that kind."""
        truth = self._venue.truth(symbol)
        for order in (*truth.stops, *truth.orders):
            if order.conditional is not conditional:
                continue
            by_ours = client_id is not None and order.client_order_id == client_id
            if order_id(order.order_id) == exchange_id if exchange_id else by_ours:
                return order.order_id
        return ""

    # --- leverage ---------------------------------------------------------------------------------------------------

    def _set_leverage(self, body: Any, way: Delivery) -> Json:
        """Of one margin mode of one instrument; the reply repeats it. A refusal is the whole reply's.

        In long/short mode isolated margin has a leverage for each side, which must be named (documented).
        """
        given = _object(body)
        found, mode, lever = contract(given), margin_mode(given, "mgnMode"), amount(given, "lever")
        symbol, side = found.market.symbol, position_side(given)
        if (side is not None) is not (mode is MarginMode.ISOLATED and None not in self._venue.sides):
            raise refused("posSide")

        def carry_out() -> None:
            self._modes.set_leverage(symbol, side, mode, lever)

        try:
            _carried_out(lambda: write(self._venue, Call.SET_LEVERAGE, symbol, carry_out, way, side), refusal)
        except Rejection as refused_:
            return envelope((), refused_.code, refused_.message)
        row = {"instId": found.inst_id, "lever": number(lever), "mgnMode": mode.value, "posSide": pos_side(side)}
        return envelope([row])

    # --- replies ----------------------------------------------------------------------------------------------------

    def _one(self, names: tuple[str, str], act: Callable[[Body, Delivery], VenueOrder]) -> Answer:
        def answer(body: Any, way: Delivery) -> Json:
            given = _object(body)
            try:
                return envelope([done_row(_ids(names, act(given, way)), self._venue.now_us())])
            except Rejection as refused_:
                if refused_.at_the_gate:
                    raise
                return row_rejection(refused_, _asked_ids(names, given), self._venue.now_us())

        return answer

    def _many(self, names: tuple[str, str], act: Callable[[Body, Delivery], VenueOrder]) -> Answer:
        """A list of bodies, each with a row of its own; the code tells whether all, some or none were taken."""

        def answer(body: Any, way: Delivery) -> Json:
            if not isinstance(body, list) or not body:
                raise refused("body")
            rows: list[Json] = []
            for given in map(_object, body):
                try:
                    rows.append(done_row(_ids(names, act(given, way)), self._venue.now_us()))
                except Rejection as refused_:
                    if refused_.at_the_gate and len(body) == 1:
                        raise
                    rows.append(failed_row(refused_, _asked_ids(names, given), self._venue.now_us()))
            failed = sum(row["sCode"] != "0" for row in rows)
            return envelope(rows, FAILED if failed == len(rows) else PARTLY if failed else 0)

        return answer


def _ids(names: tuple[str, str], order: VenueOrder) -> Json:
    return {names[0]: order.client_order_id or "", names[1]: order_id(order.order_id)}


def _asked_ids(names: tuple[str, str], body: Body) -> Json:
    return {names[0]: text(body, names[0]) or "", names[1]: ""}


def _object(body: Any) -> Body:
    if not isinstance(body, dict):
        raise refused("body")
    return body


_carried_out = CarriedOut(injected)
