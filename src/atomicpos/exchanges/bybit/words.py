"""The words that Bybit v5 wants in requests and gives in replies, and ours beside them."""

from __future__ import annotations

from atomicpos.models import MarginMode, OrderSide, TriggerBy

CATEGORY = "linear"
"""The product type of every request: perpetuals settled in the quote asset."""

ONE_WAY = 0
"""``positionIdx`` in one-way mode; 1 and 2 are the two sides of hedge mode."""

SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}

TRIGGERS = {TriggerBy.MARK: "MarkPrice", TriggerBy.LAST: "LastPrice", TriggerBy.INDEX: "IndexPrice"}

MARGIN_MODES = {MarginMode.ISOLATED: "ISOLATED_MARGIN", MarginMode.CROSS: "REGULAR_MARGIN"}
"""For setting; ``PORTFOLIO_MARGIN`` is a third one, which shares the account's margin as cross does."""
