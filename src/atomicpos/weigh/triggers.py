"""Where the stop belongs now: the rule in force on the average fill, adjusted to what the exchange refused."""

from __future__ import annotations

from decimal import Decimal

from ..models import Intent, Leg, PositionSide, Refusal, StopRule
from ..record import Record
from ..stop_price import adjusted, wanted_trigger

ADJUSTMENTS_MAX = 3
"""How often a refused trigger is put on a coarser tick, or at half its distance; after that it is only tried again."""


def wanted(record: Record, average: Decimal | None, rule: StopRule | None = None) -> Decimal:
    """The trigger that a stop must have to serve that rule, the one in force by default."""
    trigger = wanted_trigger(record.intent, rule or record.stop_rule, average)
    coarser, nearer = _refused(record, Refusal.PRECISION), _refused(record, Refusal.PRICE_BAND)
    if rule is not None or not (coarser or nearer):
        return trigger
    price = average if average is not None else record.intent.mark_price
    return adjusted(trigger, record.intent, price, coarser=coarser, nearer=nearer)


def _refused(record: Record, refusal: Refusal) -> int:
    refused = sum(1 for o in record.of(Leg.STOP) if o.never_existed and o.refusal is refusal)
    return min(refused, ADJUSTMENTS_MAX)


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
