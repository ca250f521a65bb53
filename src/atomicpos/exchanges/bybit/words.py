"""The words that Bybit v5 wants in requests and gives in replies, and ours beside them."""

from __future__ import annotations

from atomicpos.models import MarginMode, OrderSide, PositionSide, TriggerBy

CATEGORY = "linear"
"""The product type of every request: perpetuals settled in the quote asset."""

POSITION_INDEXES = {None: 0, PositionSide.LONG: 1, PositionSide.SHORT: 2}
"""``positionIdx``: 0 in one-way mode, 1 for the buy side and 2 for the sell side of hedge mode (documented)."""

SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}

TRIGGERS = {TriggerBy.MARK: "MarkPrice", TriggerBy.LAST: "LastPrice", TriggerBy.INDEX: "IndexPrice"}

MARGIN_MODES = {MarginMode.ISOLATED: "ISOLATED_MARGIN", MarginMode.CROSS: "REGULAR_MARGIN"}
"""For setting; ``PORTFOLIO_MARGIN`` is a third one, which shares the account's margin as cross does."""
