"""What the parameters of ``POST /fapi/v1/order`` and ``POST /fapi/v1/algoOrder`` ask of the engine."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.sim.markets import Market
from atomicpos.sim.orders import PlaceRequest

from .fields import Asked, amount, choice, client_order_id, flag, market, needed, not_taken, position_side
from .replies import Code, Rejection
from .words import CONDITIONAL_TYPES, SIDES, STOP_MARKET, TAKE_PROFIT_MARKET, WORKING_TYPES

ORDER_SIDES = {word: side for side, word in SIDES.items()}
TRIGGERS = {word: trigger for trigger, word in WORKING_TYPES.items()}
BY_DEFAULT = "CONTRACT_PRICE"
"""What fires a stop whose request does not say (the vendor's documentation)."""

RESPONSES = {"ACK": "ACK", "RESULT": "RESULT"}


def plain_request(asked: Asked) -> PlaceRequest:
    """Read ``POST /fapi/v1/order``. Raises Rejection -4120 for what waits for a trigger: its endpoint is another."""
    perpetual = market(asked)
    if needed(asked, "type") in CONDITIONAL_TYPES:
        raise Rejection(Code.ALGO_ONLY)
    not_taken(asked, "stopPrice", "triggerPrice", "closePosition", "activationPrice", "callbackRate", "priceMatch")
    return PlaceRequest(
        symbol=perpetual.symbol,
        client_order_id=client_order_id(asked, "newClientOrderId"),
        order_side=choice(asked, "side", ORDER_SIDES, code=Code.SIDE),
        quantity=amount(asked, "quantity", perpetual.step),
        reduce_only=flag(asked, "reduceOnly"),
        position_side=position_side(asked),
        limit_price=_limit(asked, perpetual),
    )


def conditional_request(asked: Asked) -> PlaceRequest:
    """Read ``POST /fapi/v1/algoOrder``: a stop or a take-profit at the market over a quantity."""
    perpetual = market(asked)
    choice(asked, "algoType", {"CONDITIONAL": True})
    target = choice(asked, "type", {STOP_MARKET: False, TAKE_PROFIT_MARKET: True}, code=Code.ORDER_TYPE)
    not_taken(asked, "price", "closePosition", "activatePrice", "callbackRate", "priceMatch", "goodTillDate")
    return PlaceRequest(
        symbol=perpetual.symbol,
        client_order_id=client_order_id(asked, "clientAlgoId"),
        order_side=choice(asked, "side", ORDER_SIDES, code=Code.SIDE),
        quantity=amount(asked, "quantity", perpetual.step),
        reduce_only=flag(asked, "reduceOnly"),
        position_side=position_side(asked),
        trigger_price=amount(asked, "triggerPrice", perpetual.tick),
        trigger_by=choice(asked, "workingType", TRIGGERS, BY_DEFAULT),
        target=target,
    )


def response(asked: Asked) -> str:
    """What the reply shall show: ``ACK`` where the request does not say (the vendor's documentation)."""
    return choice(asked, "newOrderRespType", RESPONSES, "ACK")


def _limit(asked: Asked, perpetual: Market) -> Decimal | None:
    """The price of an immediate-or-cancel limit order, None for a market order; nothing rests here."""
    if not choice(asked, "type", {"MARKET": False, "LIMIT": True}, code=Code.ORDER_TYPE):
        not_taken(asked, "price", "timeInForce")
        return None
    if needed(asked, "timeInForce") != "IOC":
        raise Rejection(Code.TIME_IN_FORCE, "this venue takes limit orders as IOC only")
    return amount(asked, "price", perpetual.tick)
