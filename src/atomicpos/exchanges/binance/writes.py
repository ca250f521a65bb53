"""Binance USD-M: what each write says, word by word.

The implicit methods of ccxt are used instead of its unified ones: both sign, throttle and map errors alike, but these
put on the wire exactly what is written here (ccxt 4.5.90). An entry takes no stop along: an attached ``stopLoss`` is
no parameter of Binance's, and the unified method would send it all the same (measured with 4.5.90).
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import Leg, MarginMode, TriggerBy
from atomicpos.ports import CancelOrder, PlaceOrder

from ..spelling import plain
from ..transport import Ask, Params
from .words import BOTH, MARGIN_TYPES, SIDES, WORKING_TYPES


def unsayable(request: PlaceOrder) -> str | None:
    """Why Binance has no words for that order; None where it has."""
    if request.attached_stop is not None:
        return "Binance USD-M has no stop that travels with an entry; place the stop as an order of its own"
    if request.trigger_by not in (None, *WORKING_TYPES):
        return f"Binance USD-M compares no trigger with the {request.trigger_by} price; use the mark or the last price"
    return None


def place(request: PlaceOrder, market_id: str, position_side: str) -> Ask:
    """A conditional order where there is a trigger price, else a plain one."""
    if request.trigger_price is not None:
        return _conditional(request, request.trigger_price, market_id, position_side)
    params: Params = {
        **_shared(request, market_id, position_side),
        **_price(request.limit_price),
        "newClientOrderId": request.client_order_id,
        "newOrderRespType": "RESULT",
    }
    return Ask("fapiPrivatePostOrder", params)


def _conditional(request: PlaceOrder, trigger_price: Decimal, market_id: str, position_side: str) -> Ask:
    """algoOrder: since 2025-12-09 the one endpoint that takes stops; the plain one answers -4120 (documented).

    Which way the price must move follows from type and side: a STOP_MARKET sells at or below its trigger and buys at
    or above it, a TAKE_PROFIT_MARKET the other way round (documented).

    A stop over a quantity and not ``closePosition``: that one closes whatever is there, by whoever it was opened.
    """
    params: Params = {
        "algoType": "CONDITIONAL",
        **_shared(request, market_id, position_side),
        "type": "TAKE_PROFIT_MARKET" if request.leg is Leg.TARGET else "STOP_MARKET",
        "triggerPrice": plain(trigger_price),
        "workingType": WORKING_TYPES[request.trigger_by or TriggerBy.MARK],
        "clientAlgoId": request.client_order_id,
    }
    return Ask("fapiPrivatePostAlgoOrder", params)


def _shared(request: PlaceOrder, market_id: str, position_side: str) -> Params:
    """Market, side and quantity, and what keeps the order from enlarging anything.

    In one-way mode that is ``reduceOnly``. In hedge mode it may not be sent (documented): there the order is bound to
    one side of the position, and one of the closing order side can only make that side smaller.
    """
    params: Params = {
        "symbol": market_id,
        "side": SIDES[request.order_side],
        "positionSide": position_side,
        "quantity": plain(request.quantity),
    }
    if request.reduce_only and position_side == BOTH:
        params["reduceOnly"] = "true"
    return params


def _price(limit: Decimal | None) -> Params:
    """At the market, or at no worse than the limit, with the remainder cancelled at once."""
    if limit is None:
        return {"type": "MARKET"}
    return {"type": "LIMIT", "timeInForce": "IOC", "price": plain(limit)}


def cancel(request: CancelOrder, market_id: str) -> Ask:
    """By our id; a conditional order is cancelled where it was placed, and that endpoint wants no symbol."""
    if request.conditional:
        return Ask("fapiPrivateDeleteAlgoOrder", {"clientAlgoId": request.client_order_id})
    params: Params = {"symbol": market_id, "origClientOrderId": request.client_order_id}
    return Ask("fapiPrivateDeleteOrder", params)


def set_leverage(market_id: str, leverage: Decimal) -> Ask:
    """leverage: a whole number from 1 to 125, of the symbol (documented)."""
    return Ask("fapiPrivatePostLeverage", {"symbol": market_id, "leverage": plain(leverage)})


def set_margin_mode(market_id: str, mode: MarginMode) -> Ask:
    """marginType, of the symbol."""
    return Ask("fapiPrivatePostMarginType", {"symbol": market_id, "marginType": MARGIN_TYPES[mode]})
