"""The target beside the stop: put up once the position is protected, tried again with pauses, then left out.

It protects nothing. So it never comes before a stop and never in the place of one, and whatever becomes of it, the goal
stays as it is. One that is larger than what is left of the position stays: it can only reduce.
"""

from __future__ import annotations

from ..bounds import Bounds
from ..models import Goal, Leg, Sending, State
from ..record import Record
from ..target_price import target_trigger
from ..weigh import Verdict, left_out, waits
from .again import cancel, send_again
from .pauses import last_sent_us, retry_us
from .steps import Place, Plan


def wants_target(record: Record, verdict: Verdict) -> bool:
    """True where one was asked for and may stand: the stop stands, and the position is not being closed."""
    if record.intent.target_rule is None or record.goal is not Goal.PROTECT:
        return False
    return record.state is State.PROTECTED and bool(verdict.stops)


def owes_target(record: Record, verdict: Verdict) -> bool:
    """True while one is wanted that was not read back as waiting, and is still being tried."""
    if not wants_target(record, verdict) or left_out(record):
        return False
    return not any(waits(order) for order in record.of(Leg.TARGET))


def put_up_target(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    """Plan the next one, unless one stands, may be on its way, or it is left out."""
    targets = record.of(Leg.TARGET)
    living = [o for o in targets if not o.settled]
    for order in living:
        if order.sending is Sending.INTENDED:  # its row had to be stored first
            result.steps.append(Place(order.leg, order.attempt, order.quantity, order.trigger_price))
        elif order.reads_otherwise:
            cancel(result, order, verdict.now_us)
        else:
            send_again(result, order, verdict, bounds)
    rule, price = record.intent.target_rule, verdict.average
    if living or left_out(record) or rule is None or (price is None and rule.price is None):
        return
    intent = record.intent
    trigger = target_trigger(rule, intent.side, price if price is not None else intent.mark_price, intent.tick)
    due = last_sent_us(targets) + retry_us(len(targets))
    result.when(due, verdict.now_us, Place(Leg.TARGET, len(targets) + 1, verdict.share, trigger))
