"""Which stop fulfils I3: ours, read back lately, waiting, at the exact trigger, covering our share."""

from __future__ import annotations

from decimal import Decimal

from ..evidence import Source
from ..models import Intent, Leg, Order, OrderStatus, PositionSide, Sending, State
from ..record import Record
from ..settings import Bounds
from ..sightings import PositionSight
from ..stop_price import wanted_trigger


def confirmed_stop(
    record: Record, bounds: Bounds, now_us: int, average: Decimal | None, share: Decimal, fresh: PositionSight | None
) -> Order | None:
    """The stop that fulfils I3: ours, read back lately, waiting, at the exact trigger, covering our share."""
    if share <= 0 or (average is None and record.intent.stop_rule.price is None) or not _slot_was_looked_at(record):
        return None
    if fresh is not None and fresh.view.quantity == 0:
        return None
    wanted = wanted_trigger(record.intent, average)
    waiting = (o for o in record.of(Leg.STOP) if o.read_back and o.status is OrderStatus.UNTRIGGERED)
    covering = (o for o in waiting if o.quantity >= share and _lately(record, o, bounds, now_us))
    return next((o for o in covering if serves(o.trigger_price, wanted, record.intent)), None)


def _slot_was_looked_at(record: Record) -> bool:
    """A stop covers our share of what is there, so the slot is looked at once, whatever the look comes to.

    An exchange may take a reduce-only stop although the position is gone already. An error or an empty answer that
    cannot be fresh holds nothing up; a protected row keeps its word meanwhile.
    """
    return record.state is State.PROTECTED or Source.POSITION_POLL.value in record.sightings.looks


def _lately(record: Record, stop: Order, bounds: Bounds, now_us: int) -> bool:
    """Read back since this drive took the row; a protected row keeps its word until a look could have answered."""
    seen, since = stop.seen_at_us or 0, record.sightings.since_us
    if record.state is State.PROTECTED:
        seen = max(seen, since)
    return seen >= since and now_us - seen <= bounds.visibility_us + bounds.clock_skew_us


def serves(trigger: Decimal | None, wanted: Decimal, intent: Intent) -> bool:
    """True when a stop at that trigger may stay: within a tick of the wanted one, and not looser than asked."""
    if trigger is None or not near(trigger, wanted, intent.tick):
        return False
    match intent.side:
        case PositionSide.LONG:
            return trigger >= wanted
        case PositionSide.SHORT:
            return trigger <= wanted


def near(one: Decimal | None, other: Decimal, tick: Decimal) -> bool:
    """True when two triggers are the same within a tick."""
    return one is not None and abs(one - other) <= tick


def at_work(order: Order) -> bool:
    """True for a stop that reads as living and as it was sent, or that was acknowledged and not read yet."""
    return (order.alive and order.read_back) or (order.status is None and order.sending is Sending.ACKNOWLEDGED)
