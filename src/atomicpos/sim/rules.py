"""What the engine refuses before it accepts anything. Every check raises ``Refused`` or returns nothing."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide

from .markets import Market
from .netting import reducible
from .orders import PlaceRequest, RefusalReason, Refused, VenuePosition


def beyond(side: OrderSide, trigger_price: Decimal, mark: Decimal) -> bool:
    """True when a stop of that side and trigger fires at that mark."""
    return mark <= trigger_price if side is OrderSide.SELL else mark >= trigger_price


def check_quantity(request: PlaceRequest, market: Market) -> None:
    """The quantity lies between minimum and maximum and on the step."""
    quantity = request.quantity
    if not quantity.is_finite() or quantity < market.min_quantity:
        raise Refused(RefusalReason.QUANTITY, f"quantity {quantity} is below the minimum {market.min_quantity}")
    if quantity > market.max_quantity:
        raise Refused(RefusalReason.QUANTITY, f"quantity {quantity} is above the maximum {market.max_quantity}")
    if quantity % market.step:
        raise Refused(RefusalReason.QUANTITY, f"quantity {quantity} is no multiple of the step {market.step}")


def check_notional(request: PlaceRequest, market: Market, mark: Decimal) -> None:
    """An opening order is worth the minimum; what only reduces may be smaller."""
    if request.reduce_only:
        return
    notional = request.quantity * (request.trigger_price or mark)
    if notional < market.min_notional:
        raise Refused(RefusalReason.NOTIONAL, f"notional {notional} is below the minimum {market.min_notional}")


def check_price(price: Decimal, market: Market) -> None:
    """A price is above zero and on the tick."""
    if not price.is_finite() or price <= 0 or price % market.tick:
        raise Refused(RefusalReason.PRICE, f"price {price} is not above 0 and a multiple of the tick {market.tick}")


def check_position(request: PlaceRequest, position: VenuePosition, *, stops_need_one: bool) -> None:
    """Reduce-only needs something to reduce; whether a stop does too is the venue's choice."""
    if not request.reduce_only or reducible(position, request.order_side):
        return
    if request.trigger_price is None or stops_need_one:
        raise Refused(RefusalReason.NO_POSITION, "reduce-only, and there is no position on the other side")


def check_trigger(request: PlaceRequest, market: Market, mark: Decimal) -> None:
    """A stop's trigger is a price that the mark has not reached."""
    if request.trigger_price is None:
        return
    check_price(request.trigger_price, market)
    if beyond(request.order_side, request.trigger_price, mark):
        message = f"the {request.order_side} stop at {request.trigger_price} would fire at once: the mark is {mark}"
        raise Refused(RefusalReason.WOULD_TRIGGER, message)


def check_leverage(leverage: Decimal, market: Market) -> None:
    """Leverage lies between 1 and the market's maximum."""
    if not leverage.is_finite() or not 1 <= leverage <= market.max_leverage:
        raise Refused(RefusalReason.LEVERAGE, f"leverage {leverage} is not between 1 and {market.max_leverage}")
