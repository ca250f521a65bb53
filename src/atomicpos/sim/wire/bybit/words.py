"""Bybit v5's words for sides, triggers, execution types and who created an order."""

from __future__ import annotations

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.sim.orders import VenueOrder

SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
POSITION_SIDES = {PositionSide.LONG: "Buy", PositionSide.SHORT: "Sell", None: ""}
POSITION_INDEXES = {None: 0, PositionSide.LONG: 1, PositionSide.SHORT: 2}
"""``positionIdx``: 0 in one-way mode, 1 for the buy side and 2 for the sell side of hedge mode."""
TRIGGERS = {TriggerBy.MARK: "MarkPrice", TriggerBy.LAST: "LastPrice", TriggerBy.INDEX: "IndexPrice"}
EXECUTION_TYPES = {
    FillKind.TRADE: "Trade",
    FillKind.LIQUIDATION: "BustTrade",
    FillKind.ADL: "AdlTrade",
    FillKind.SETTLEMENT: "Settle",
}
FUNDING = "Funding"

CREATED_BY_USER = "CreateByUser"
CREATED_BY_STOP_LOSS = "CreateByStopLoss"
"""What the position's own stop shows once it has fired, and while it waits."""
CREATED_BY = {
    FillKind.TRADE: CREATED_BY_USER,
    FillKind.LIQUIDATION: "CreateByTakeOver_PassThrough",
    FillKind.ADL: "CreateByAdl_PassThrough",
    FillKind.SETTLEMENT: "CreateBySettle",
}
"""What public logs of real liquidations and deleveragings show."""

FULL = "Full"
STOP_LOSS = "StopLoss"
"""``stopOrderType`` of the position's own stop; a stop that was placed as an order shows ``Stop``."""
STOP = "Stop"

_LIVING = {
    OrderStatus.OPEN: "New",
    OrderStatus.PARTIAL: "PartiallyFilled",
    OrderStatus.UNTRIGGERED: "Untriggered",
    OrderStatus.TRIGGERED: "Triggered",
    OrderStatus.FILLED: "Filled",
}


def status_word(order: VenueOrder) -> str:
    """Bybit's own word; a dead order is told apart by what it filled and whether it waited for a trigger."""
    if order.status is not OrderStatus.DEAD:
        return _LIVING[order.status]
    if order.filled:
        return "PartiallyFilledCanceled"
    return "Deactivated" if order.conditional else "Cancelled"


def trigger_word(trigger: TriggerBy | None) -> str:
    """The price that fires a stop, empty where there is none."""
    return TRIGGERS[trigger] if trigger else ""
