"""The worst price an order may be filled at: one pure function, for entries with a limit and closes in a band."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .models import OrderSide


def worst_price(side: OrderSide, mark: Decimal, reach: Decimal, tick: Decimal) -> Decimal:
    """That share of the mark price beyond it, on the tick inside: never worse than asked."""
    match side:
        case OrderSide.BUY:
            price, rounding = mark * (1 + reach), ROUND_FLOOR
        case OrderSide.SELL:
            price, rounding = mark * (1 - reach), ROUND_CEILING
    return (price / tick).to_integral_value(rounding=rounding) * tick
