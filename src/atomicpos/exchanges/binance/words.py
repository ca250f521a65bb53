"""The words that Binance USD-M wants in requests and gives in replies, and ours beside them."""

from __future__ import annotations

from atomicpos.models import MarginMode, OrderSide, PositionSide, TriggerBy

BOTH = "BOTH"
"""``positionSide`` in one-way mode: the one position of the symbol."""

POSITION_SIDES: dict[PositionSide | None, str] = {None: BOTH, PositionSide.LONG: "LONG", PositionSide.SHORT: "SHORT"}
"""``positionSide`` of each side of hedge mode, and of one-way mode, which has none."""

SIDES = {OrderSide.BUY: "BUY", OrderSide.SELL: "SELL"}

WORKING_TYPES = {TriggerBy.MARK: "MARK_PRICE", TriggerBy.LAST: "CONTRACT_PRICE"}
"""What a trigger is compared with; Binance has no index price among them (documented)."""

MARGIN_TYPES = {MarginMode.ISOLATED: "ISOLATED", MarginMode.CROSS: "CROSSED"}

NO_SUCH_ORDER = -2013
"""Order does not exist: the one answer by which a lookup shows nothing."""
