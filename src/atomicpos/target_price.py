"""Where the profit is taken: one pure function of price, side and rule.

The trigger is rounded to the tick away from the entry price (up for a long, down for a short), so what it takes is
never less than was asked for.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .models import PositionSide, TargetRule
from .stop_price import asked, beyond, on_tick


def target_trigger(rule: TargetRule, side: PositionSide, price: Decimal, tick: Decimal) -> Decimal:
    """The trigger for a position on that side filled at ``price``; a multiple of ``tick``, above zero."""
    match side:
        case PositionSide.LONG:
            return max(on_tick(asked(rule, price, +1), tick, ROUND_CEILING), tick)
        case PositionSide.SHORT:
            return max(on_tick(asked(rule, price, -1), tick, ROUND_FLOOR), tick)


def reached(trigger: Decimal, side: PositionSide, price: Decimal) -> bool:
    """True when the price is already at or past the target: such a target has happened."""
    return beyond(trigger, side.other, price)
