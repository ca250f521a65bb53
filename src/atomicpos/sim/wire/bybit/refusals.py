"""The engine's refusals in Bybit's codes and sentences."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.sim.markets import Market, perpetual
from atomicpos.sim.orders import PlaceRequest, RefusalReason, Refused

from .codes import QUANTITY, TOO_LARGE, TOO_SMALL, ZERO_POSITION
from .replies import Code, Rejection
from .settings import StopAsked
from .words import SIDES, TRIGGERS

SCALE = Decimal(10) ** 8
"""Prices in the exchange's sentences are whole numbers of this fraction (field reports)."""

POSITION_MODE = "position idx not match position mode"
STOP_LOSS_INVALID = "params error: stop_loss invalid"

_CODES = {
    RefusalReason.DUPLICATE_ID: Code.DUPLICATE_ID,
    RefusalReason.NO_POSITION: Code.REDUCE_ONLY,
    RefusalReason.UNKNOWN_ORDER: Code.ORDER_UNKNOWN,
    RefusalReason.NOTIONAL: Code.NOTIONAL,
    RefusalReason.TOO_MANY_STOPS: Code.TOO_MANY_STOPS,
    RefusalReason.STOP_UNCHANGED: Code.NOT_MODIFIED,
    RefusalReason.PRICE_BAND: Code.LIMIT_PRICE_BAND,
    RefusalReason.LEVERAGE: Code.LEVERAGE_LIMIT,
    RefusalReason.LEVERAGE_UNCHANGED: Code.LEVERAGE_UNCHANGED,
    RefusalReason.MARGIN_MODE_UNCHANGED: Code.MARGIN_MODE_UNCHANGED,
    RefusalReason.FUNDS: Code.FUNDS,
    RefusalReason.RATE_LIMITED: Code.RATE_LIMITED,
    RefusalReason.NOT_TRADABLE: Code.DELISTING,
}
"""Reasons with a code of their own; whatever else is refused is a wrong parameter, 10001."""


def refusal(refused: Refused) -> Rejection:
    """Any refusal, whatever was asked for: the exchange's sentence where its code has one."""
    if refused.reason is RefusalReason.MARGIN_MODE:
        reasons = [{"reasonCode": "3400000", "reasonMsg": refused.message}]
        return Rejection(Code.MARGIN_MODE_FAILED, result={"reasons": reasons})
    if refused.reason is RefusalReason.POSITION_MODE:
        return Rejection(Code.PARAMETER, POSITION_MODE)
    code = _CODES.get(refused.reason)
    return Rejection(Code.PARAMETER, refused.message) if code is None else Rejection(code)


def order_refusal(refused: Refused, request: PlaceRequest, mark: Decimal) -> Rejection:
    """The refusal of ``/v5/order/create``."""
    match refused.reason:
        case RefusalReason.QUANTITY:
            return Rejection(Code.PARAMETER, _quantity(request.quantity, perpetual(request.symbol)))
        case RefusalReason.WOULD_TRIGGER if request.trigger_price is not None:
            fires_as = request.order_side.other if request.target else request.order_side
            return _separate_stop(fires_as, request.trigger_price, request.trigger_by, mark)
        case RefusalReason.WOULD_TRIGGER if request.stop_loss is not None:
            return _position_stop(request.order_side, request.stop_loss, request.stop_loss_by, mark)
        case RefusalReason.PRICE:
            return Rejection(Code.PARAMETER, _price(request))
        case RefusalReason.PRICE_BAND if request.limit_price is None:
            buys = request.order_side is OrderSide.BUY
            return Rejection(Code.BUY_PRICE_BAND if buys else Code.SELL_PRICE_BAND)
    return refusal(refused)


def stop_refusal(refused: Refused, asked: StopAsked, opening: OrderSide, mark: Decimal) -> Rejection:
    """The refusal of ``/v5/position/trading-stop``; ``opening`` is the side that opened the position."""
    if refused.reason is RefusalReason.NO_POSITION:
        return Rejection(Code.PARAMETER, ZERO_POSITION)
    if refused.reason is RefusalReason.PRICE:
        return Rejection(Code.PARAMETER, STOP_LOSS_INVALID)
    if refused.reason is RefusalReason.WOULD_TRIGGER and asked.trigger is not None:
        return _position_stop(opening, asked.trigger, asked.by, mark)
    return refusal(refused)


def _position_stop(opening: OrderSide, trigger: Decimal, by: TriggerBy | None, mark: Decimal) -> Rejection:
    """A stop loss on the wrong side of the price, for the side that opens the position."""
    should = "should lower than" if opening is OrderSide.BUY else "should greater"
    sentence = f"StopLoss:{_scaled(trigger)} set for {SIDES[opening]} position {should} base_price:{_scaled(mark)}"
    return Rejection(Code.PARAMETER, f"{sentence}??{TRIGGERS[by or TriggerBy.LAST]}")


def _separate_stop(side: OrderSide, trigger: Decimal, by: TriggerBy | None, mark: Decimal) -> Rejection:
    """110092 expects a rise to the trigger, 110093 a fall to it: our reading of the vendor's list."""
    rises = side is OrderSide.BUY
    direction, sign = ("Rising", "<=") if rises else ("Falling", ">=")
    sentence = f"expect {direction}, but trigger_price[{_scaled(trigger)}] {sign} current[{_scaled(mark)}]"
    code = Code.RISING_TRIGGER if rises else Code.FALLING_TRIGGER
    return Rejection(code, f"{sentence}??{TRIGGERS[by or TriggerBy.LAST]}")


def _quantity(quantity: Decimal, market: Market) -> str:
    if quantity < market.min_quantity:
        return TOO_SMALL
    if quantity <= market.max_quantity and quantity % market.step:
        return QUANTITY
    # also said to a quantity that nothing is wrong with, by a fault: at the exchange the maximum moves with the market
    return f"{TOO_LARGE}, order_qty:{_scaled(quantity)} > max_qty:{_scaled(market.max_quantity)}"


def _price(request: PlaceRequest) -> str:
    """Which of an order's prices is on no tick; the engine says only that one is."""
    if request.trigger_price is not None:
        return "params error: trigger_price invalid"
    return "Price invalid" if request.stop_loss is None else STOP_LOSS_INVALID


def _scaled(value: Decimal) -> int:
    return int(value * SCALE)
