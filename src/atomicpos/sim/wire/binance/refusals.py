"""The engine's refusals in Binance's codes and sentences."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide
from atomicpos.sim.markets import Market, perpetual
from atomicpos.sim.orders import PlaceRequest, RefusalReason, Refused

from .replies import Code, Rejection

_CODES = {
    RefusalReason.UNKNOWN_SYMBOL: Code.SYMBOL,
    RefusalReason.DUPLICATE_ID: Code.DUPLICATE_ID,
    RefusalReason.NO_POSITION: Code.REDUCE_ONLY,
    RefusalReason.WOULD_TRIGGER: Code.WOULD_TRIGGER,
    RefusalReason.UNKNOWN_ORDER: Code.CANCEL_REJECTED,
    RefusalReason.NOTIONAL: Code.NOTIONAL,
    RefusalReason.PRICE: Code.PRICE_TICK,
    RefusalReason.PRICE_BAND: Code.PRICE_BAND,
    RefusalReason.TOO_MANY_STOPS: Code.TOO_MANY_STOPS,
    RefusalReason.LEVERAGE: Code.LEVERAGE,
    RefusalReason.MARGIN_MODE: Code.MARGIN_MODE_POSITION,
    RefusalReason.MARGIN_MODE_UNCHANGED: Code.MARGIN_MODE_UNCHANGED,
    RefusalReason.POSITION_MODE: Code.POSITION_SIDE,
    RefusalReason.FUNDS: Code.FUNDS,
    RefusalReason.RATE_LIMITED: Code.RATE_LIMITED,
    RefusalReason.TIMESTAMP: Code.TIMESTAMP,
    RefusalReason.NOT_TRADABLE: Code.NO_OPENING,
}
"""Reasons with a code of their own; whatever else is refused is data that is not valid, -1130."""


def refusal(refused: Refused) -> Rejection:
    """Any refusal, whatever was asked for."""
    code = _CODES.get(refused.reason)
    return Rejection(Code.PARAMETER, refused.message) if code is None else Rejection(code)


def order_refusal(refused: Refused, request: PlaceRequest) -> Rejection:
    """The refusal of a new order, plain or conditional."""
    match refused.reason:
        case RefusalReason.QUANTITY:
            return Rejection(_quantity(request.quantity, perpetual(request.symbol)))
        case RefusalReason.PRICE_BAND if request.limit_price is not None:
            return Rejection(Code.PRICE_HIGH if request.order_side is OrderSide.BUY else Code.PRICE_LOW)
    return refusal(refused)


def _quantity(quantity: Decimal, market: Market) -> Code:
    if quantity <= 0:
        return Code.QUANTITY_ZERO
    if quantity < market.min_quantity:
        return Code.QUANTITY_SMALL
    if quantity <= market.max_quantity and quantity % market.step:
        return Code.QUANTITY_STEP
    # also said to a quantity that nothing is wrong with, by a fault: at the exchange the maximum moves with the market
    return Code.QUANTITY_LARGE
