"""What the bodies of ``/v5/order/create`` and ``/v5/order/cancel`` ask of the engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from atomicpos.models import OrderSide
from atomicpos.sim.orders import PlaceRequest, VenueOrder

from ..spelling import Json
from .fields import Body, amount, choice, flag, given, market, not_taken, position_side, refused, text
from .words import FULL, SIDES, TRIGGERS

CLIENT_ORDER_ID_LENGTH = 36

ORDER_SIDES = {word: side for side, word in SIDES.items()}
TRIGGER_TYPES = {word: trigger for trigger, word in TRIGGERS.items()}
BY_DEFAULT = "LastPrice"
"""What fires a stop whose body does not say (the vendor's documentation)."""

_DIRECTIONS = {OrderSide.BUY: 1, OrderSide.SELL: 2}
"""1: fires when the price rises to the trigger, 2: when it falls. A stop rises to a buy and falls to a sell; a
reduce-only order of the other direction takes the profit."""


def place_request(body: Body) -> PlaceRequest:
    """Read the body of ``/v5/order/create``. Raises Rejection 10001 for what cannot be read or is not taken here."""
    symbol = market(body).symbol
    not_taken(body, "takeProfit", "trailingStop", "slLimitPrice")
    return PlaceRequest(
        symbol=symbol,
        client_order_id=_client_order_id(body),
        order_side=choice(body, "side", ORDER_SIDES),
        quantity=amount(body, "qty"),
        reduce_only=flag(body, "reduceOnly"),
        limit_price=_limit_price(body),
        position_side=position_side(body),
        **_trigger(body),
        **_attached(body),
    )


def cancelled_ids(body: Body) -> tuple[str, str | None, str | None]:
    """Read ``/v5/order/cancel``: unified symbol, client order id, exchange order id; one id must be given."""
    symbol = market(body).symbol
    client_id, order_id = text(body, "orderLinkId"), text(body, "orderId")
    if client_id is None and order_id is None:
        raise refused("either orderId or orderLinkId must be given")
    return symbol, client_id, order_id


def acknowledgement(order: VenueOrder) -> Json:
    """All that a create or cancel tells: the two ids, and nothing of a fill."""
    return {"orderId": order.order_id, "orderLinkId": order.client_order_id or ""}


def _limit_price(body: Body) -> Decimal | None:
    """The price of an immediate-or-cancel limit order, None for a market order; nothing rests here."""
    if not choice(body, "orderType", {"Market": False, "Limit": True}):
        return None
    if body.get("timeInForce") != "IOC":
        raise refused(f"timeInForce {body.get('timeInForce')!r}: this venue takes limit orders as IOC only")
    if given(body, "triggerPrice"):
        raise refused("orderType 'Limit' is not supported for conditional orders at this venue")
    return amount(body, "price")


def _trigger(body: Body) -> dict[str, Any]:
    if not given(body, "triggerPrice"):
        return {}
    side = choice(body, "side", ORDER_SIDES)
    target = choice(body, "triggerDirection", {"1": 1, "2": 2}) != _DIRECTIONS[side]
    if target and not flag(body, "reduceOnly"):
        raise refused(f"triggerDirection {body['triggerDirection']} of a {side} order is no stop, and it may open")
    by = choice(body, "triggerBy", TRIGGER_TYPES, BY_DEFAULT)
    return {"trigger_price": amount(body, "triggerPrice"), "trigger_by": by, "target": target}


def _attached(body: Body) -> dict[str, Any]:
    """The stop that travels with an opening order: over the whole position, at the market."""
    if not given(body, "stopLoss"):
        return {}
    full_mode(body)
    if flag(body, "reduceOnly"):
        raise refused("stopLoss cannot be set with reduceOnly")
    if given(body, "triggerPrice"):
        raise refused("stopLoss is not supported with a conditional order at this venue")
    by = choice(body, "slTriggerBy", TRIGGER_TYPES, BY_DEFAULT)
    return {"stop_loss": amount(body, "stopLoss"), "stop_loss_by": by}


def full_mode(body: Body) -> None:
    """A stop over the whole position is a market order; one over a part of it is not supported here."""
    choice(body, "tpslMode", {FULL: True}, FULL)
    choice(body, "slOrderType", {"Market": True}, "Market")


def _client_order_id(body: Body) -> str | None:
    link = text(body, "orderLinkId")
    if link is not None and len(link) > CLIENT_ORDER_ID_LENGTH:
        raise refused(f"orderLinkId is longer than {CLIENT_ORDER_ID_LENGTH} characters")
    return link
