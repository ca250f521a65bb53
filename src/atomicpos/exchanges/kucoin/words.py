"""The words that KuCoin futures want in requests and give in replies, and ours beside them."""

from __future__ import annotations

from atomicpos.models import FillKind, MarginMode, OrderSide, PositionMode, TriggerBy

from ..transport import Value

TRIGGERS: dict[TriggerBy, Value] = {TriggerBy.LAST: "TP", TriggerBy.MARK: "MP", TriggerBy.INDEX: "IP"}
"""``stopPriceType`` (documented)."""

STOPS = {OrderSide.SELL: "down", OrderSide.BUY: "up"}
"""``stop``: triggered when the price is at or below, at or above (documented)."""

MARGIN_MODES = {MarginMode.ISOLATED: "ISOLATED", MarginMode.CROSS: "CROSS"}

POSITION_MODES = {0: PositionMode.ONE_WAY, 1: PositionMode.HEDGE}
"""``positionMode`` of the account (documented)."""

FILL_KINDS = {
    "trade": FillKind.TRADE,
    "liquid": FillKind.LIQUIDATION,
    "liquidation": FillKind.LIQUIDATION,
    "adl": FillKind.ADL,
    "settlement": FillKind.SETTLEMENT,
}
"""``tradeType`` (documented)."""

NO_FILL = "cancel"
"""A ``tradeType`` that changes no position."""
