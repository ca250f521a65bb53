"""The words that OKX v5 wants in requests and gives in replies, and ours beside them."""

from __future__ import annotations

from atomicpos.models import MarginMode, OrderSide, PositionMode, PositionSide, TriggerBy

SWAP = "SWAP"
"""The instrument type of every request: perpetual swaps, inverse ones among them."""

NET = "net"
"""``posSide`` in one-way mode, which OKX calls net mode; in long/short mode it is the side of the position."""

SIDES = {OrderSide.BUY: "buy", OrderSide.SELL: "sell"}

TRIGGERS = {TriggerBy.MARK: "mark", TriggerBy.LAST: "last", TriggerBy.INDEX: "index"}

MARGIN_MODES = {MarginMode.ISOLATED: "isolated", MarginMode.CROSS: "cross"}

POSITION_MODES = {"net_mode": PositionMode.ONE_WAY, "long_short_mode": PositionMode.HEDGE}

AT_MARKET = "-1"
"""``slOrdPx`` of a stop that is executed at the market (documented)."""

SEPARATE_STOP = "conditional"
"""``ordType`` of a stop with one trigger (documented)."""


def pos_side(side: PositionSide | None) -> str:
    """``posSide`` of requests and rows that are looked at through that side of hedge mode; None is one-way mode."""
    return NET if side is None else side.value
