"""Binance USD-M's words for sides, triggers and states, and its numbers for the engine's ids."""

from __future__ import annotations

import uuid

from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.sim.orders import VenueOrder

SIDES = {OrderSide.BUY: "BUY", OrderSide.SELL: "SELL"}
WORKING_TYPES = {TriggerBy.MARK: "MARK_PRICE", TriggerBy.LAST: "CONTRACT_PRICE"}
MARGIN_TYPES = {MarginMode.ISOLATED: "ISOLATED", MarginMode.CROSS: "CROSSED"}
POSITION_SIDES: dict[PositionSide | None, str] = {
    None: "BOTH", PositionSide.LONG: "LONG", PositionSide.SHORT: "SHORT",
}  # fmt: skip
"""``positionSide``: BOTH in one-way mode, and one of the two sides in hedge mode."""

STOP_MARKET = "STOP_MARKET"
TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
CONDITIONAL_TYPES = frozenset({"STOP", STOP_MARKET, "TAKE_PROFIT", TAKE_PROFIT_MARKET, "TRAILING_STOP_MARKET"})
"""Types that the plain order endpoint takes no more since 2025-12-09 (the vendor's change log)."""

_STATUSES = {
    OrderStatus.OPEN: "NEW",
    OrderStatus.PARTIAL: "PARTIALLY_FILLED",
    OrderStatus.FILLED: "FILLED",
    OrderStatus.DEAD: "EXPIRED",
}
"""A market or immediate-or-cancel order that did not fill whole is EXPIRED, and not CANCELED (documented)."""


def status_word(order: VenueOrder) -> str:
    """The status of a plain order; one that was cancelled by its owner's request cannot be here: nothing rests."""
    return _STATUSES[order.status]


def algo_status(order: VenueOrder) -> str:
    """The status of a conditional order: waiting, done in the matching engine, or cancelled before it fired."""
    if order.live:
        return "NEW"
    return "FINISHED" if fired(order) else "CANCELED"


def fired(order: VenueOrder) -> bool:
    """Whether a conditional order has sent an order of its own to the matching engine."""
    return order.conditional and bool(order.filled)


def order_number(order_id: str) -> int:
    """The plain order's number for an id of the engine."""
    return uuid.UUID(order_id).int >> 88


def algo_number(order_id: str) -> int:
    """The conditional order's number: real ones were seen with sixteen digits, plain orders with eleven or twelve."""
    return 10**15 + (uuid.UUID(order_id).int & (1 << 49) - 1)


_KINDS = {
    FillKind.LIQUIDATION: "autoclose-{}",
    FillKind.ADL: "adl_autoclose",
    FillKind.SETTLEMENT: "settlement_autoclose-{}",
}
"""The client order ids of the exchange's own orders (the vendor's documentation of the user data stream)."""


def client_id(order: VenueOrder, kind: FillKind = FillKind.TRADE) -> str:
    """Never empty: the owner's id, the exchange's own for what it did itself, else one that a client was given."""
    number = order_number(order.order_id)
    if kind is not FillKind.TRADE:
        return _KINDS[kind].format(number)
    return order.client_order_id or f"web_{number}"
