"""OKX v5's words for sides, triggers, order states and what a fill was."""

from __future__ import annotations

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy

SWAP = "SWAP"
NET = "net"
"""``posSide`` in net (one-way) mode; in long/short mode it is the side."""

SIDES = {OrderSide.BUY: "buy", OrderSide.SELL: "sell"}
POSITION_SIDES = {PositionSide.LONG: "long", PositionSide.SHORT: "short"}
TRIGGERS = {TriggerBy.MARK: "mark", TriggerBy.LAST: "last", TriggerBy.INDEX: "index"}
AT_MARKET = "-1"
"""``slOrdPx`` of a stop that is executed at the market."""

ORDER_STATES = {
    OrderStatus.OPEN: "live",
    OrderStatus.PARTIAL: "partially_filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.DEAD: "canceled",
}
ALGO_STATES = {OrderStatus.UNTRIGGERED: "live", OrderStatus.FILLED: "effective", OrderStatus.DEAD: "canceled"}

CATEGORIES = {
    FillKind.TRADE: "normal",
    FillKind.LIQUIDATION: "full_liquidation",
    FillKind.ADL: "adl",
    FillKind.SETTLEMENT: "delivery",
}
SUB_TYPES = {
    (FillKind.TRADE, OrderSide.BUY): "1",
    (FillKind.TRADE, OrderSide.SELL): "2",
    (FillKind.LIQUIDATION, OrderSide.BUY): "106",
    (FillKind.LIQUIDATION, OrderSide.SELL): "107",
    (FillKind.ADL, OrderSide.BUY): "127",
    (FillKind.ADL, OrderSide.SELL): "128",
    (FillKind.SETTLEMENT, OrderSide.SELL): "112",
    (FillKind.SETTLEMENT, OrderSide.BUY): "113",
}
"""``subType`` of a fill in net mode."""

OPENS = {PositionSide.LONG: "3", PositionSide.SHORT: "4"}
CLOSES = {
    FillKind.TRADE: {PositionSide.LONG: "5", PositionSide.SHORT: "6"},
    FillKind.LIQUIDATION: {PositionSide.LONG: "104", PositionSide.SHORT: "105"},
    FillKind.ADL: {PositionSide.LONG: "125", PositionSide.SHORT: "126"},
    FillKind.SETTLEMENT: {PositionSide.LONG: "112", PositionSide.SHORT: "113"},
}
"""``subType`` of a fill in long/short mode: what opens a side, and what closes it."""


def pos_side(side: PositionSide | None) -> str:
    """``posSide`` of a row or of a body."""
    return NET if side is None else POSITION_SIDES[side]


def sub_type(kind: FillKind, order_side: OrderSide, side: PositionSide | None) -> str:
    """``subType`` of a fill."""
    if side is None:
        return SUB_TYPES[kind, order_side]
    return OPENS[side] if order_side is side.opening else CLOSES[kind][side]
