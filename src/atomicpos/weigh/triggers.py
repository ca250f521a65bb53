"""Where the stop belongs now: the rule in force on the average fill, adjusted to what the exchange refused."""

from __future__ import annotations

from decimal import Decimal

from ..models import Intent, Leg, PositionSide, Refusal, StopRule
from ..record import Record
from ..stop_price import adjusted, wanted_trigger

ADJUSTMENTS_MAX = 3
"""How often a refused trigger is put on a coarser tick, or at half its distance; after that it is only tried again."""

ADJUSTABLE = (Refusal.PRECISION, Refusal.PRICE_BAND)
"""Refusals that another trigger may cure."""


def wanted(record: Record, average: Decimal | None, rule: StopRule | None = None) -> Decimal:
    """The trigger that a stop must have to serve that rule, the one in force by default."""
    trigger = wanted_trigger(record.intent, rule or record.stop_rule, average)
    if rule is not None:
        return trigger
    return _after_refusals(record, trigger, average if average is not None else record.intent.mark_price)


def _after_refusals(record: Record, trigger: Decimal, price: Decimal) -> Decimal:
    """The trigger as the refusals of it have made it, one after the other.

    Refusals of another trigger, which the stop was to be moved to, say nothing about it, nor do those from before it
    was moved here after all. A guard from the mark was the same trigger before the fill was known.
    """
    stops = record.of(Leg.STOP)
    if not any(stop.refusal in ADJUSTABLE for stop in stops):
        return trigger
    intent, now, coarser, nearer = record.intent, trigger, 0, 0
    room = intent.tick + abs(price - intent.mark_price)
    for stop in stops:
        if record.rule is not None and not stop.never_existed and near(stop.trigger_price, trigger, intent.tick):
            now, coarser, nearer = trigger, 0, 0
        elif stop.refusal in ADJUSTABLE and stop.never_existed and near(stop.trigger_price, now, room):
            coarser += stop.refusal is Refusal.PRECISION and coarser < ADJUSTMENTS_MAX
            nearer += stop.refusal is Refusal.PRICE_BAND and nearer < ADJUSTMENTS_MAX
            now = adjusted(trigger, intent, price, coarser=coarser, nearer=nearer)
    return now


def serves(trigger: Decimal | None, target: Decimal, intent: Intent) -> bool:
    """True when a stop at that trigger may stay: within a tick of the wanted one, and not looser than asked."""
    if trigger is None or not near(trigger, target, intent.tick):
        return False
    match intent.side:
        case PositionSide.LONG:
            return trigger >= target
        case PositionSide.SHORT:
            return trigger <= target


def near(one: Decimal | None, other: Decimal, tick: Decimal) -> bool:
    """True when two triggers are the same within a tick."""
    return one is not None and abs(one - other) <= tick
