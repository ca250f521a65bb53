"""The engine's refusals in OKX's codes and sentences."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.sim.faults import Call
from atomicpos.sim.markets import perpetual
from atomicpos.sim.orders import PlaceRequest, RefusalReason, Refused
from atomicpos.sim.venue import Venue

from ..striking import InjectedRefusal
from .codes import PARAMETER, planted
from .replies import Rejection

_CODES = {
    RefusalReason.UNKNOWN_SYMBOL: 51001,
    RefusalReason.DUPLICATE_ID: 51016,
    RefusalReason.NO_POSITION: 51169,
    RefusalReason.UNKNOWN_ORDER: 51400,
    RefusalReason.NOTIONAL: 51120,
    RefusalReason.PRICE: 51150,
    RefusalReason.TOO_MANY_STOPS: 51261,
    RefusalReason.LEVERAGE: 59102,
    RefusalReason.FUNDS: 51008,
    RefusalReason.RATE_LIMITED: 50011,
    RefusalReason.NOT_TRADABLE: 51022,
}
"""Reasons with a code of their own; whatever else is refused is a wrong parameter."""

_BEYOND = {TriggerBy.MARK: (51304, 51302), TriggerBy.LAST: (51280, 51278), TriggerBy.INDEX: (51308, 51306)}
"""What a stop is told that the price has reached: one that sells, one that buys."""

_REACHED = {TriggerBy.MARK: (51303, 51301), TriggerBy.LAST: (51279, 51277), TriggerBy.INDEX: (51307, 51305)}
"""What a take-profit is told."""


def refusal(refused: Refused) -> Rejection:
    """Any refusal, whatever was asked for."""
    if refused.reason is RefusalReason.POSITION_MODE:
        return Rejection(PARAMETER, "Parameter posSide error")
    code = _CODES.get(refused.reason)
    return Rejection(PARAMETER, refused.message) if code is None else Rejection(code)


def order_refusal(refused: Refused, request: PlaceRequest, venue: Venue) -> Rejection:
    """The refusal of ``trade/order`` or ``trade/order-algo``."""
    stop = request.trigger_price is not None
    match refused.reason:
        case RefusalReason.QUANTITY:
            return Rejection(_quantity(request.quantity, request.symbol))
        case RefusalReason.WOULD_TRIGGER:
            return Rejection(_beyond(request))
        case RefusalReason.DUPLICATE_ID if stop:
            return Rejection(51065)
        case RefusalReason.DUPLICATE_ID if request.attached_id and request.attached_id in refused.message:
            return Rejection(51068)
        case RefusalReason.NO_POSITION:
            return Rejection(_nothing_to_reduce(request, venue))
        case RefusalReason.PRICE_BAND:
            return Rejection(51137 if request.order_side is OrderSide.BUY else 51138)
    return refusal(refused)


def injected(planned: InjectedRefusal) -> Rejection:
    """The code that the fault names; without one an entry lacks funds, and anything else is a wrong parameter."""
    if planned.code is not None:
        return Rejection(*planted(planned.code, planned.call))
    return Rejection(51008 if planned.call is Call.PLACE_ENTRY else PARAMETER)


def _quantity(quantity: Decimal, symbol: str) -> int:
    market = perpetual(symbol)
    if quantity < market.min_quantity:
        return 51120
    # the last is also said to a quantity that nothing is wrong with, by a fault
    return 51121 if quantity <= market.max_quantity and quantity % market.step else 51202


def _beyond(request: PlaceRequest) -> int:
    own = request.trigger_price is not None
    by = (request.trigger_by if own else request.stop_loss_by) or TriggerBy.LAST
    sells = (request.order_side is OrderSide.SELL) is own
    return (_REACHED if request.target else _BEYOND)[by][0 if sells else 1]


def _nothing_to_reduce(request: PlaceRequest, venue: Venue) -> int:
    """Nothing at all, or a position that the order would enlarge; a stop is told so in words of its own."""
    if request.trigger_price is not None:
        return 51058
    return 51170 if venue.truth(request.symbol, request.position_side).quantity else 51169
