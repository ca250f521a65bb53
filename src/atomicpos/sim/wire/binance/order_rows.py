"""How Binance USD-M lists orders: plain ones, and conditional ones of the algo service. Ids and times are numbers."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import FillKind
from atomicpos.sim.orders import VenueOrder

from ..spelling import MICROSECONDS_PER_MS, Json, number
from .words import (
    POSITION_SIDES,
    SIDES,
    STOP_MARKET,
    TAKE_PROFIT_MARKET,
    WORKING_TYPES,
    algo_number,
    algo_status,
    client_id,
    fired,
    order_number,
    status_word,
)

_NO_PRICE = "0.00000"


def order_row(order: VenueOrder, market_id: str, kind: FillKind = FillKind.TRADE) -> Json:
    """One plain order as ``GET /fapi/v1/order`` shows it; also the one that a conditional order sent when it fired.

    That one carries the conditional order's client id: so it stands in public reports, and is not documented.
    """
    return {**_result(order, market_id, kind), "time": _ms(order.created_at_us)}


def placed_row(order: VenueOrder, market_id: str, answer: str) -> Json:
    """The reply to a new order: with ``RESULT`` as it ended, with ``ACK`` as it began (F08). It tells no ``time``."""
    row = _result(order, market_id, FillKind.TRADE)
    if answer == "RESULT":
        return row
    nothing = {"executedQty": "0", "cumQty": "0", "cumQuote": _NO_PRICE, "avgPrice": "0.00"}
    return {**row, **nothing, "status": "NEW"}


def _result(order: VenueOrder, market_id: str, kind: FillKind) -> Json:
    word = "MARKET" if order.limit_price is None else "LIMIT"
    filled = number(order.filled)
    return {
        "orderId": order_number(order.order_id),
        "symbol": market_id,
        "status": status_word(order),
        "clientOrderId": client_id(order, kind),
        "price": number(order.limit_price) or "0",
        "avgPrice": number(order.average) or _NO_PRICE,
        "origQty": number(order.quantity),
        "executedQty": filled,
        "cumQty": filled,
        "cumQuote": number(order.filled * (order.average or Decimal(0))),
        "timeInForce": "GTC" if order.limit_price is None else "IOC",
        "type": word,
        "reduceOnly": order.reduce_only and order.position_side is None,
        "closePosition": False,
        "side": SIDES[order.order_side],
        "positionSide": POSITION_SIDES[order.position_side],
        "stopPrice": "0",
        "workingType": "CONTRACT_PRICE",
        "priceMatch": "NONE",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "goodTillDate": 0,
        "priceProtect": False,
        "origType": word,
        "updateTime": _ms(order.updated_at_us),
    }


def algo_row(order: VenueOrder, market_id: str) -> Json:
    """One conditional order as ``GET /fapi/v1/algoOrder`` shows it; ``actualOrderId`` is empty until it has fired."""
    actual = fired(order)
    return {
        "algoId": algo_number(order.order_id),
        "clientAlgoId": order.client_order_id or f"web_{algo_number(order.order_id)}",
        "algoType": "CONDITIONAL",
        "orderType": TAKE_PROFIT_MARKET if order.target else STOP_MARKET,
        "symbol": market_id,
        "side": SIDES[order.order_side],
        "positionSide": POSITION_SIDES[order.position_side],
        "timeInForce": "GTC",
        "quantity": number(order.quantity),
        "algoStatus": algo_status(order),
        "actualOrderId": str(order_number(order.order_id)) if actual else "",
        "actualPrice": number(order.average) if actual else _NO_PRICE,
        "triggerPrice": number(order.trigger_price),
        "price": "0",
        "icebergQuantity": None,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "workingType": WORKING_TYPES[order.trigger_by] if order.trigger_by else "CONTRACT_PRICE",
        "priceMatch": "NONE",
        "closePosition": False,
        "priceProtect": False,
        "reduceOnly": order.reduce_only and order.position_side is None,
        "createTime": _ms(order.created_at_us),
        "updateTime": _ms(order.updated_at_us),
        "triggerTime": _ms(order.updated_at_us) if actual else 0,
        "goodTillDate": 0,
    }


def _ms(at_us: int) -> int:
    return at_us // MICROSECONDS_PER_MS
