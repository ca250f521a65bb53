"""How Bybit v5 shows an order, an execution and a position: every number and time is a string."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.sim.orders import Execution, VenueOrder, VenuePosition

from .bybit_markets import TAKER_FEE, linear_market
from .spelling import Json, milliseconds, number

SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
POSITION_SIDES = {PositionSide.LONG: "Buy", PositionSide.SHORT: "Sell", None: ""}
TRIGGERS = {TriggerBy.MARK: "MarkPrice", TriggerBy.LAST: "LastPrice", TriggerBy.INDEX: "IndexPrice"}
EXECUTION_TYPES = {
    FillKind.TRADE: "Trade",
    FillKind.LIQUIDATION: "BustTrade",
    FillKind.ADL: "AdlTrade",
    FillKind.SETTLEMENT: "Settle",
}
CREATED_BY_USER = "CreateByUser"
CREATED_BY_LIQUIDATION = "CreateByTakeOver_PassThrough"
"""What public logs of real liquidations show."""

_LIVING = {
    OrderStatus.OPEN: "New",
    OrderStatus.PARTIAL: "PartiallyFilled",
    OrderStatus.UNTRIGGERED: "Untriggered",
    OrderStatus.TRIGGERED: "Triggered",
    OrderStatus.FILLED: "Filled",
}
_CAP = Decimal("0.05")
_RISING, _FALLING, _NO_DIRECTION = 1, 2, 0


def status_word(order: VenueOrder) -> str:
    """Bybit's own word; a dead order is told apart by what it filled and whether it waited for a trigger."""
    if order.status is not OrderStatus.DEAD:
        return _LIVING[order.status]
    if order.filled:
        return "PartiallyFilledCanceled"
    return "Cancelled" if order.trigger_price is None else "Deactivated"


def order_row(order: VenueOrder, market_id: str, mark: Decimal, *, takeover: bool = False) -> Json:
    """One row of ``/v5/order/realtime`` and ``/v5/order/history``; ``takeover`` marks a liquidation's order."""
    conditional = order.trigger_price is not None
    left = Decimal(0) if order.status.final else order.quantity - order.filled
    return {
        "symbol": market_id,
        "orderId": order.order_id,
        "orderLinkId": order.client_order_id or "",
        "side": SIDES[order.order_side],
        "orderType": "Market",
        "timeInForce": "IOC",
        "price": _price(order, market_id, mark),
        "qty": number(order.quantity),
        "orderStatus": status_word(order),
        "avgPrice": number(order.average),
        "cumExecQty": number(order.filled),
        "cumExecValue": number(order.filled * (order.average or 0)),
        "cumExecFee": number(order.filled * (order.average or 0) * TAKER_FEE),
        "leavesQty": number(left),
        "leavesValue": number(left * mark),
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": False,
        "positionIdx": 0,
        "createType": CREATED_BY_LIQUIDATION if takeover else CREATED_BY_USER,
        "cancelType": "CancelByUser" if order.status is OrderStatus.DEAD else "UNKNOWN",
        "rejectReason": "EC_NoError",
        "stopOrderType": "Stop" if conditional else "",
        "triggerPrice": number(order.trigger_price),
        "triggerBy": TRIGGERS[order.trigger_by] if order.trigger_by else "",
        "triggerDirection": _direction(order) if conditional else _NO_DIRECTION,
        "tpslMode": "",
        "takeProfit": "",
        "stopLoss": "",
        "lastPriceOnCreated": "",
        "createdTime": milliseconds(order.created_at_us),
        "updatedTime": milliseconds(order.updated_at_us),
    }


def execution_row(execution: Execution, market_id: str) -> Json:
    """One row of ``/v5/execution/list``; the exchange's own executions carry no ``orderLinkId``."""
    value = execution.quantity * execution.price
    user = execution.kind is FillKind.TRADE
    return {
        "symbol": market_id,
        "execId": execution.execution_id,
        "execType": EXECUTION_TYPES[execution.kind],
        "execTime": milliseconds(execution.at_us),
        "execPrice": number(execution.price),
        "execQty": number(execution.quantity),
        "execValue": number(value),
        "execFee": number(value * TAKER_FEE),
        "feeRate": number(TAKER_FEE),
        "feeCurrency": "",
        "orderId": execution.order_id,
        "orderLinkId": execution.client_order_id or "",
        "orderType": "Market",
        "orderPrice": number(execution.price),
        "orderQty": number(execution.quantity),
        "leavesQty": "0",
        "side": SIDES[execution.order_side],
        "stopOrderType": "UNKNOWN",
        "createType": CREATED_BY_USER if user else CREATED_BY_LIQUIDATION,
        "isMaker": False,
    }


def position_row(position: VenuePosition, market_id: str) -> Json:
    """One row of ``/v5/position/list``; a flat one has size "0", side "" and its last update's time."""
    average = position.average or Decimal(0)
    value = position.quantity * average
    changed = milliseconds(position.updated_at_us)
    return {
        "symbol": market_id,
        "positionIdx": 0,
        "side": POSITION_SIDES[position.side],
        "size": number(position.quantity),
        "avgPrice": number(average),
        "positionValue": number(value),
        "leverage": number(position.leverage),
        "markPrice": number(position.mark),
        "liqPrice": number(position.liquidation_price),
        "bustPrice": "",
        "unrealisedPnl": number(_gain(position)),
        "positionIM": number(value / position.leverage if position.leverage else Decimal(0)),
        "positionMM": "0",
        "positionStatus": "Normal",
        "riskId": 1,
        "riskLimitValue": "",
        "tradeMode": 0,
        "autoAddMargin": 0,
        "tpslMode": "Full",
        "takeProfit": "",
        "stopLoss": "",
        "trailingStop": "0",
        "createdTime": changed,
        "updatedTime": changed,
    }


def _price(order: VenueOrder, market_id: str, mark: Decimal) -> str:
    """A market order's ``price`` is the cap on its slippage, never what it paid: real replies show it so."""
    if order.trigger_price is not None and not order.filled:
        return "0"
    cap = (order.average or mark) * (1 + _CAP if order.order_side is OrderSide.BUY else 1 - _CAP)
    tick = linear_market(market_id).tick
    return number((cap / tick).quantize(Decimal(1), ROUND_HALF_UP) * tick)


def _direction(order: VenueOrder) -> int:
    return _RISING if order.order_side is OrderSide.BUY else _FALLING


def _gain(position: VenuePosition) -> Decimal:
    if not position.quantity or position.average is None:
        return Decimal(0)
    rise = position.mark - position.average
    return position.quantity * (rise if position.side is PositionSide.LONG else -rise)
