"""Where the stop belongs: one pure function of price, side and rule.

The trigger is rounded to the tick toward the market (up for a long, down for a short), so it is never looser than
asked, and it is never computed from a signal's price and never zero (F20, F21, F27).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .models import Intent, PositionSide, StopRule, TargetRule

HUNDRED = Decimal(100)


def trigger_price(rule: StopRule, side: PositionSide, price: Decimal, tick: Decimal) -> Decimal:
    """The trigger for a position on that side filled at ``price``; a multiple of ``tick``, above zero."""
    match side:
        case PositionSide.LONG:
            return max(on_tick(asked(rule, price, -1), tick, ROUND_CEILING), tick)
        case PositionSide.SHORT:
            return max(on_tick(asked(rule, price, +1), tick, ROUND_FLOOR), tick)


def wanted_trigger(intent: Intent, rule: StopRule, average: Decimal | None) -> Decimal:
    """The exact trigger once the average fill is known, the guard trigger from the mark price until then."""
    price = average if average is not None else intent.mark_price
    return trigger_price(rule, intent.side, price, intent.tick)


def adjusted(trigger: Decimal, intent: Intent, price: Decimal, *, coarser: int, nearer: int) -> Decimal:
    """The trigger after refusals: on a tick ten times as coarse for each ``coarser``, at half the distance to
    ``price`` for each ``nearer``. Never looser than asked, and never at the price or past it: there it would have
    happened already, so the tick grows no coarser than that allows."""
    near = price + (trigger - price) / 2**nearer
    ticks = (intent.tick * 10**power for power in range(coarser, -1, -1))
    triggers = (max(on_tick(near, tick, _TOWARD_MARKET[intent.side]), intent.tick) for tick in ticks)
    return next((t for t in triggers if not beyond(t, intent.side, price)), trigger)


_TOWARD_MARKET = {PositionSide.LONG: ROUND_CEILING, PositionSide.SHORT: ROUND_FLOOR}


def tighter(trigger: Decimal, than: Decimal, side: PositionSide) -> bool:
    """True when a stop at that trigger fires earlier than one at the other."""
    match side:
        case PositionSide.LONG:
            return trigger > than
        case PositionSide.SHORT:
            return trigger < than


def beyond(trigger: Decimal, side: PositionSide, price: Decimal) -> bool:
    """True when the price is already at or past the trigger: such a stop has happened (F23)."""
    match side:
        case PositionSide.LONG:
            return price <= trigger
        case PositionSide.SHORT:
            return price >= trigger


def asked(rule: StopRule | TargetRule, price: Decimal, direction: int) -> Decimal:
    """Where the rule puts a trigger, before it is rounded: ``direction`` +1 above the price, -1 below it."""
    if rule.price is not None:
        return rule.price
    if rule.percent is None:
        raise ValueError("a rule needs a percent or a price")
    return price * (HUNDRED + direction * rule.percent) / HUNDRED


def on_tick(value: Decimal, tick: Decimal, rounding: str) -> Decimal:
    """The multiple of the tick in that direction."""
    return (value / tick).to_integral_value(rounding=rounding) * tick
