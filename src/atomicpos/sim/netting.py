"""Netting within one slot as pure functions: what a fill does to a position, and where it would be liquidated."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_UP, Decimal

from atomicpos.frozen import replace
from atomicpos.models import OrderSide, PositionSide

from .markets import Market
from .orders import VenuePosition

MAINTENANCE = Decimal("0.005")
"""The maintenance margin as a share of the notional: what is left of the margin when the exchange steps in."""

AVERAGE_DIGITS = Decimal("0.0001")
"""Averages are kept to this share of a tick."""


def direction(side: OrderSide) -> int:
    """+1 for a buy, -1 for a sell."""
    return 1 if side is OrderSide.BUY else -1


def reducible(position: VenuePosition, side: OrderSide) -> Decimal:
    """How much an order of that side could reduce: 0 when flat or on the side that would enlarge."""
    if position.side is None or position.side.closing is not side:
        return Decimal(0)
    return position.quantity


def weighted(average: Decimal, quantity: Decimal, price: Decimal, added: Decimal, market: Market) -> Decimal:
    """The average price after adding a quantity at a price."""
    exact = (average * quantity + price * added) / (quantity + added)
    return exact.quantize(market.tick * AVERAGE_DIGITS)


def liquidation_price(position: VenuePosition, market: Market) -> Decimal | None:
    """Where the margin of an isolated position is used up to the maintenance share; None when flat."""
    if position.side is None or position.average is None:
        return None
    margin = 1 / position.leverage - MAINTENANCE
    if position.side is PositionSide.LONG:
        return _on_tick(position.average * (1 - margin), market.tick, ROUND_UP)
    return _on_tick(position.average * (1 + margin), market.tick, ROUND_DOWN)


def _on_tick(price: Decimal, tick: Decimal, rounding: str) -> Decimal:
    return (price / tick).to_integral_value(rounding) * tick


def after_fill(
    position: VenuePosition, side: OrderSide, quantity: Decimal, price: Decimal, at_us: int, market: Market
) -> VenuePosition:
    """The position after one execution: enlarged, reduced, flat or turned over."""
    signed = position.signed + direction(side) * quantity
    moved = replace(
        position,
        side=None if not signed else PositionSide.LONG if signed > 0 else PositionSide.SHORT,
        quantity=abs(signed),
        average=_average(position, side, quantity, price, market),
        updated_at_us=at_us,
    )
    return replace(moved, liquidation_price=liquidation_price(moved, market))


def _average(
    position: VenuePosition, side: OrderSide, quantity: Decimal, price: Decimal, market: Market
) -> Decimal | None:
    if position.average is None:
        return price
    left = position.quantity - reducible(position, side)
    if left:  # on the position's own side: it is enlarged
        return weighted(position.average, position.quantity, price, quantity, market)
    if quantity == position.quantity:
        return None
    return position.average if quantity < position.quantity else price


def with_leverage(position: VenuePosition, leverage: Decimal, market: Market) -> VenuePosition:
    """The position at another leverage; only the liquidation price moves with it."""
    changed = replace(position, leverage=leverage)
    return replace(changed, liquidation_price=liquidation_price(changed, market))
