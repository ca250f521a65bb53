"""How Bybit v5 lists an order: every number and time is a string."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from atomicpos.models import FillKind, OrderSide, OrderStatus
from atomicpos.sim.orders import VenueOrder

from ..spelling import Json, milliseconds, number
from .markets import TAKER_FEE, linear_market
from .words import (
    CREATED_BY,
    CREATED_BY_STOP_LOSS,
    FULL,
    POSITION_INDEXES,
    SIDES,
    STOP,
    STOP_LOSS,
    status_word,
    trigger_word,
)

_CAP = Decimal("0.05")
_RISING, _FALLING, _NO_DIRECTION = 1, 2, 0


def order_row(order: VenueOrder, market_id: str, mark: Decimal, kind: FillKind = FillKind.TRADE) -> Json:
    """One row of ``/v5/order/realtime`` and ``/v5/order/history``; ``kind`` tells the exchange's own orders apart."""
    return {
        "symbol": market_id,
        "orderId": order.order_id,
        "orderLinkId": order.client_order_id or "",
        "side": SIDES[order.order_side],
        "orderType": "Market" if order.limit_price is None else "Limit",
        "timeInForce": "IOC",
        "price": _price(order, market_id, mark),
        "qty": number(order.quantity),
        "orderStatus": status_word(order),
        **_progress(order, mark),
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": order.position_stop,
        "positionIdx": POSITION_INDEXES[order.position_side],
        "createType": CREATED_BY_STOP_LOSS if order.position_stop else CREATED_BY[kind],
        **_end(order),
        **_trigger(order),
        **_attached(order),
        "lastPriceOnCreated": "",
        "createdTime": milliseconds(order.created_at_us),
        "updatedTime": milliseconds(order.updated_at_us),
    }


def _progress(order: VenueOrder, mark: Decimal) -> Json:
    left = Decimal(0) if order.status.final else order.quantity - order.filled
    value = order.filled * (order.average or 0)
    return {
        "avgPrice": number(order.average),
        "cumExecQty": number(order.filled),
        "cumExecValue": number(value),
        "cumExecFee": number(value * TAKER_FEE),
        "leavesQty": number(left),
        "leavesValue": number(left * mark),
    }


def _end(order: VenueOrder) -> Json:
    """Why it ended: a stop was cancelled or died with its position, anything else found nothing to trade against."""
    if order.status is not OrderStatus.DEAD:
        return {"cancelType": "UNKNOWN", "rejectReason": "EC_NoError"}
    if order.position_stop:
        return {"cancelType": "CancelByTpSlTsClear", "rejectReason": "EC_NoError"}
    if order.conditional:
        return {"cancelType": "CancelByUser", "rejectReason": "EC_NoError"}
    return {"cancelType": "UNKNOWN", "rejectReason": "EC_NoImmediateQtyToFill"}


def _trigger(order: VenueOrder) -> Json:
    kind = STOP_LOSS if order.position_stop else STOP
    return {
        "stopOrderType": kind if order.conditional else "",
        "triggerPrice": number(order.trigger_price),
        "triggerBy": trigger_word(order.trigger_by),
        "triggerDirection": _direction(order) if order.conditional else _NO_DIRECTION,
    }


def _attached(order: VenueOrder) -> Json:
    """The stop that travelled with the entry, as it was asked for; nothing is said of what became of it."""
    full = order.position_stop or order.stop_loss is not None
    return {
        "tpslMode": FULL if full else "",
        "takeProfit": "",
        "stopLoss": number(order.stop_loss),
        "tpTriggerBy": "",
        "slTriggerBy": trigger_word(order.stop_loss_by),
    }


def _price(order: VenueOrder, market_id: str, mark: Decimal) -> str:
    """A market order's ``price`` is the cap on its slippage, never what it paid: real replies show it so."""
    if order.limit_price is not None:
        return number(order.limit_price)
    if order.conditional and not order.filled:
        return "0"
    cap = (order.average or mark) * (1 + _CAP if order.order_side is OrderSide.BUY else 1 - _CAP)
    tick = linear_market(market_id).tick
    return number((cap / tick).quantize(Decimal(1), ROUND_HALF_UP) * tick)


def _direction(order: VenueOrder) -> int:
    rises = (order.order_side is OrderSide.BUY) is not order.target
    return _RISING if rises else _FALLING
