"""Bybit v5 writes: what a body asks of the engine, and the code of each refusal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from atomicpos.models import OrderSide
from atomicpos.sim.orders import PlaceRequest, RefusalReason, Refused, VenueOrder

from .bybit_markets import linear_market
from .bybit_replies import Code, Rejection
from .bybit_rows import SIDES, TRIGGERS
from .spelling import Json

Body = Mapping[str, Any]
T = TypeVar("T")

CLIENT_ORDER_ID_LENGTH = 36
LARGEST_EXPONENT = 15
"""Numbers of more digits than these are nobody's quantity or price."""

_ORDER_SIDES = {word: side for side, word in SIDES.items()}
_TRIGGERS = {word: trigger for trigger, word in TRIGGERS.items()}
_DIRECTIONS = {OrderSide.BUY: 1, OrderSide.SELL: 2}
"""1: fires when the price rises to the trigger, 2: when it falls. A stop rises to a buy and falls to a sell."""

_NOT_TAKEN = ("stopLoss", "takeProfit", "trailingStop")
"""Fields this venue would have to ignore: refusing them beats dropping them in silence."""

_REFUSALS = {
    RefusalReason.UNKNOWN_SYMBOL: Code.PARAMETER,
    RefusalReason.DUPLICATE_ID: Code.DUPLICATE_ID,
    RefusalReason.NO_POSITION: Code.REDUCE_ONLY,
    RefusalReason.UNKNOWN_ORDER: Code.ORDER_UNKNOWN,
    RefusalReason.QUANTITY: Code.PARAMETER,
    RefusalReason.NOTIONAL: Code.NOTIONAL,
    RefusalReason.PRICE: Code.PARAMETER,
    RefusalReason.LEVERAGE: Code.LEVERAGE_LIMIT,
    RefusalReason.LEVERAGE_UNCHANGED: Code.LEVERAGE_UNCHANGED,
}


def place_request(body: Body) -> PlaceRequest:
    """Read the body of ``/v5/order/create``. Raises Rejection 10001 for what cannot be read or is not taken here."""
    market = linear_market(_linear(body))
    _check_taken(body)
    side = _choice(body, "side", _ORDER_SIDES)
    stop = body.get("triggerPrice") not in (None, "")
    if stop and _direction(body) != _DIRECTIONS[side]:
        raise Rejection(Code.PARAMETER, f"triggerDirection {body['triggerDirection']} of a {side} order is no stop")
    return PlaceRequest(
        symbol=market.symbol,
        client_order_id=_client_order_id(body),
        order_side=side,
        quantity=amount(body, "qty"),
        reduce_only=_flag(body, "reduceOnly"),
        trigger_price=amount(body, "triggerPrice") if stop else None,
        trigger_by=_choice({"triggerBy": "LastPrice", **body}, "triggerBy", _TRIGGERS) if stop else None,
    )


def cancelled_ids(body: Body) -> tuple[str, str | None, str | None]:
    """Read ``/v5/order/cancel``: unified symbol, client order id, exchange order id; one id must be given."""
    symbol = linear_market(_linear(body)).symbol
    client_id, order_id = _text(body, "orderLinkId"), _text(body, "orderId")
    if client_id is None and order_id is None:
        raise Rejection(Code.PARAMETER, "either orderId or orderLinkId must be given")
    return symbol, client_id, order_id


def leverage_asked(body: Body) -> tuple[str, Decimal]:
    """Read ``/v5/position/set-leverage``: unified symbol and leverage, equal on both sides in one-way mode."""
    symbol = linear_market(_linear(body)).symbol
    buy, sell = amount(body, "buyLeverage"), amount(body, "sellLeverage")
    if buy != sell:
        raise Rejection(Code.PARAMETER, f"buyLeverage {buy} and sellLeverage {sell} must be equal in one-way mode")
    return symbol, buy


def acknowledgement(order: VenueOrder) -> Json:
    """All that a create or cancel tells: the two ids, and nothing of a fill."""
    return {"orderId": order.order_id, "orderLinkId": order.client_order_id or ""}


def refusal(refused: Refused, side: OrderSide | None = None) -> Rejection:
    """The engine's refusal in Bybit's code."""
    if refused.reason is RefusalReason.WOULD_TRIGGER:
        # Our reading of the vendor's list: 110092 expects a rise to the trigger, 110093 a fall to it.
        code = Code.RISING_TRIGGER if side is OrderSide.BUY else Code.FALLING_TRIGGER
        return Rejection(code, refused.message)
    return Rejection(_REFUSALS[refused.reason], refused.message)


def amount(body: Body, name: str) -> Decimal:
    """A finite number above zero, from a string. Raises Rejection 10001 naming the field and the value."""
    try:
        value = Decimal(str(body.get(name, "")))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0 or value.adjusted() > LARGEST_EXPONENT:
        raise Rejection(Code.PARAMETER, f"{name} {body.get(name)!r} must be a number above 0, of ordinary size")
    return value


def _linear(body: Body) -> str:
    if body.get("category") != "linear":
        raise Rejection(Code.PARAMETER, f"category {body.get('category')!r}: this venue trades linear perpetuals only")
    return str(body.get("symbol", ""))


def _check_taken(body: Body) -> None:
    if body.get("orderType") != "Market":
        raise Rejection(Code.PARAMETER, f"orderType {body.get('orderType')!r}: this venue takes market orders only")
    if str(body.get("positionIdx", 0)) != "0":
        raise Rejection(Code.PARAMETER, "position idx not match position mode: the account is in one-way mode")
    if given := [name for name in _NOT_TAKEN if body.get(name) not in (None, "", "0")]:
        raise Rejection(Code.PARAMETER, f"{given[0]} is not taken with an order at this venue")


def _choice(body: Body, name: str, choices: Mapping[str, T]) -> T:
    try:
        return choices[str(body.get(name))]
    except KeyError:
        raise Rejection(Code.PARAMETER, f"{name} {body.get(name)!r} must be one of {', '.join(choices)}") from None


def _direction(body: Body) -> int:
    return _choice(body, "triggerDirection", {"1": 1, "2": 2})


def _client_order_id(body: Body) -> str | None:
    given = _text(body, "orderLinkId")
    if given is not None and len(given) > CLIENT_ORDER_ID_LENGTH:
        raise Rejection(Code.PARAMETER, f"orderLinkId is longer than {CLIENT_ORDER_ID_LENGTH} characters")
    return given


def _text(body: Body, name: str) -> str | None:
    given = body.get(name)
    return None if given in (None, "") else str(given)


def _flag(body: Body, name: str) -> bool:
    return body.get(name) in (True, "true", "True", 1)
