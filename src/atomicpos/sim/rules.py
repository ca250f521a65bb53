"""What the engine refuses before it accepts anything. Every check raises ``Refused`` or returns nothing."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide

from .book import Book
from .markets import Market
from .netting import direction, reducible
from .orders import PlaceRequest, RefusalReason, Refused, VenueOrder, VenuePosition

MAX_SEPARATE_STOPS = 10
"""How many separate stops may wait on one symbol, the position's own apart: Bybit's documented number."""


def beyond(side: OrderSide, trigger_price: Decimal, mark: Decimal) -> bool:
    """True when a stop of that side and trigger fires at that mark."""
    return mark <= trigger_price if side is OrderSide.SELL else mark >= trigger_price


def fires(order: PlaceRequest | VenueOrder, trigger_price: Decimal, mark: Decimal) -> bool:
    """True when that stop or target, with that trigger, fires at that mark."""
    return beyond(_against(order), trigger_price, mark)


def check_order(request: PlaceRequest, book: Book, *, stops_need_position: bool) -> None:
    """All that a new order is held to."""
    check_quantity(request, book.market)
    check_notional(request, book.market, book.mark)
    check_position(request, book.position, stops_need_one=stops_need_position)
    check_limit(request, book.market, book.mark)
    check_trigger(request, book.market, book.mark)
    check_attached(request, book.market, book.mark)
    check_room(request, book)


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


def check_limit(request: PlaceRequest, market: Market, mark: Decimal) -> None:
    """A limit price is on the tick, and no further beyond the mark, to its owner's loss, than the band."""
    limit = request.limit_price
    if limit is None:
        return
    check_price(limit, market)
    side, edge = request.order_side, mark * (1 + direction(request.order_side) * market.price_band)
    if limit > edge if side is OrderSide.BUY else limit < edge:
        raise Refused(RefusalReason.PRICE_BAND, f"the {side} limit {limit} lies beyond {edge} while the mark is {mark}")


def check_trigger(request: PlaceRequest, market: Market, mark: Decimal) -> None:
    """A stop's or target's trigger is a price that the mark has not reached."""
    if request.trigger_price is not None:
        check_stop(_against(request), request.trigger_price, market, mark)


def _against(order: PlaceRequest | VenueOrder) -> OrderSide:
    """The side of the stop that fires where the order does."""
    return order.order_side.other if order.target else order.order_side


def check_attached(request: PlaceRequest, market: Market, mark: Decimal) -> None:
    """An attached stop goes with opening orders only, and its trigger is a price that the mark has not reached."""
    if request.stop_loss is None:
        return
    if request.reduce_only:
        raise Refused(RefusalReason.PRICE, "a reduce-only order takes no attached stop")
    closing = OrderSide.SELL if request.order_side is OrderSide.BUY else OrderSide.BUY
    check_stop(closing, request.stop_loss, market, mark)


def check_stop(side: OrderSide, trigger: Decimal, market: Market, mark: Decimal) -> None:
    """The trigger of a stop of that side is on the tick, and the mark has not reached it."""
    check_price(trigger, market)
    if beyond(side, trigger, mark):
        message = f"the {side} stop at {trigger} would fire at once: the mark is {mark}"
        raise Refused(RefusalReason.WOULD_TRIGGER, message)


def check_room(request: PlaceRequest, book: Book) -> None:
    """Only so many separate stops wait on one symbol."""
    waiting = sum(order.conditional and not order.position_stop for order in book.live)
    if request.trigger_price is not None and waiting >= MAX_SEPARATE_STOPS:
        message = f"{waiting} stops wait on {book.market.symbol}; there may be {MAX_SEPARATE_STOPS}"
        raise Refused(RefusalReason.TOO_MANY_STOPS, message)


def check_leverage(leverage: Decimal, market: Market) -> None:
    """Leverage lies between 1 and the market's maximum."""
    if not leverage.is_finite() or not 1 <= leverage <= market.max_leverage:
        raise Refused(RefusalReason.LEVERAGE, f"leverage {leverage} is not between 1 and {market.max_leverage}")
