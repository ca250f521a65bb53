"""Where the profit is taken: one pure function of price, side and rule.

The trigger is rounded to the tick away from the entry price (up for a long, down for a short), so what it takes is
never less than was asked for.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .models import PositionSide, TargetRule
from .stop_price import HUNDRED


def target_trigger(rule: TargetRule, side: PositionSide, price: Decimal, tick: Decimal) -> Decimal:
    """The trigger for a position on that side filled at ``price``; a multiple of ``tick``, above zero."""
    match side:
        case PositionSide.LONG:
            return max(_round(_asked(rule, price, +1), tick, ROUND_CEILING), tick)
        case PositionSide.SHORT:
            return max(_round(_asked(rule, price, -1), tick, ROUND_FLOOR), tick)


def reached(trigger: Decimal, side: PositionSide, price: Decimal) -> bool:
    """True when the price is already at or past the target: such a target has happened."""
    match side:
        case PositionSide.LONG:
            return price >= trigger
        case PositionSide.SHORT:
            return price <= trigger


def _asked(rule: TargetRule, price: Decimal, direction: int) -> Decimal:
    if rule.price is not None:
        return rule.price
    if rule.percent is None:
        raise ValueError("a target rule needs a percent or a price")
    return price * (HUNDRED + direction * rule.percent) / HUNDRED


def _round(value: Decimal, tick: Decimal, rounding: str) -> Decimal:
    return (value / tick).to_integral_value(rounding=rounding) * tick
