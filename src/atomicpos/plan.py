"""Plan the next steps: a pure function of the row, the verdict, the bounds and the time.

Steps are data; the engine journals and carries them out. Every step may run twice. An entry is planned once in a
position's life (I5); everything that closes is unable to open or enlarge (I6); a new stop stands before the old one
is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .evidence import BUILT_IN
from .models import Goal, Leg, Order, OrderStatus, Refusal, Sending, State
from .profile import Protection
from .record import Record
from .settings import Bounds
from .stop_price import wanted_trigger
from .weigh import Verdict, serves

RETRY_FIRST_US = 250_000
RETRY_MOST_US = 5_000_000
MANY_TRIES = 50
RETRY_RARELY_US = 30_000_000
"""What was refused so often is not cured by haste; each try is an order of its own in the row."""
CANCEL_FIRST_US = 2_000_000
CANCEL_UNKNOWN_US = 10_000_000
"""After a cancel was refused as unknown the order is probably dead already: reading it so comes first."""
CANCEL_MOST_US = 30_000_000
CLOSES_REFUSED_BEFORE_STOP = 2
"""After so many refused closes a stop goes up again while closing goes on."""


@dataclass(frozen=True, slots=True)
class Leverage:
    """Set the symbol's leverage and have it read back, before the entry."""

    leverage: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """Send the order (leg, attempt), for the first time or again under the same id."""

    leg: Leg
    attempt: int
    quantity: Decimal
    trigger_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the order (leg, attempt)."""

    leg: Leg
    attempt: int


Step = Leverage | Place | Cancel


@dataclass(slots=True)
class Plan:
    """What to do now, whether to go on looking, and when to think again at the latest."""

    steps: list[Step] = field(default_factory=list)
    look: bool = False
    slowly: bool = False
    wake_at_us: int | None = None

    def wake(self, at_us: int) -> None:
        """Think again then at the latest."""
        self.wake_at_us = at_us if self.wake_at_us is None else min(self.wake_at_us, at_us)

    def when(self, due_us: int, now_us: int, step: Step) -> None:
        """Take the step when it is due, else wake up for it."""
        if due_us <= now_us:
            self.steps.append(step)
        else:
            self.wake(due_us)


def plan(record: Record, verdict: Verdict, bounds: Bounds) -> Plan:
    """The plan for one row. Pure."""
    result = Plan()
    if record.state.settled:
        return result
    if verdict.never_filled is not None or verdict.flat is not None:
        _cancel_loose(result, record.orders, verdict)
    else:
        _entry(result, record, verdict)
        if record.goal is Goal.FLAT:
            _exit(result, record, verdict, bounds)
        if _wants_stop(record, verdict, bounds):
            _stop(result, record, verdict, bounds)
        if verdict.stop is not None and record.goal is Goal.PROTECT:
            surplus = (o for o in record.of(Leg.STOP) if o is not verdict.stop)
            _cancel_loose(result, tuple(surplus), verdict)
    result.look = _look(record, verdict, bounds)
    result.slowly = record.state is State.ORPHAN_SUSPECTED
    _deadlines(result, record, verdict, bounds)
    return result


def retry_us(tries: int) -> int:
    """How long to wait after that many tries: 0.25 s, doubling, at most 5 s; after fifty tries 30 s."""
    if tries > MANY_TRIES:
        return RETRY_RARELY_US
    return int(min(RETRY_FIRST_US * 2 ** min(max(tries - 1, 0), 10), RETRY_MOST_US))


# --- entry --------------------------------------------------------------------------------------------------------


def _entry(result: Plan, record: Record, verdict: Verdict) -> None:
    entry = record.entry
    if entry.sending is Sending.INTENDED:
        if record.intent.leverage is not None and not record.leverage_confirmed:
            result.steps.append(Leverage(record.intent.leverage))
        else:
            result.steps.append(Place(Leg.ENTRY, entry.attempt, entry.quantity))
    elif record.goal is Goal.FLAT and not verdict.entry_final:
        _cancel(result, entry, verdict.now_us)


# --- stop ---------------------------------------------------------------------------------------------------------


def _wants_stop(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    if verdict.reversed or verdict.never_filled is not None:
        return False
    if record.goal is Goal.FLAT:
        refused = [o for o in record.of(Leg.CLOSE) if o.never_existed]
        return verdict.share > 0 and not verdict.covered and len(refused) >= CLOSES_REFUSED_BEFORE_STOP
    if verdict.filled > 0:
        return verdict.share > 0
    return verdict.observed > 0 or _may_precede_fill(record, verdict, bounds)


def _may_precede_fill(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """A reduce-only stop may go on acknowledgement, or once the entry's request has been unanswered too long."""
    entry = record.entry
    if bounds.protection is Protection.AFTER_FILL:
        return False
    match entry.sending:
        case Sending.ACKNOWLEDGED | Sending.UNKNOWN:
            return True
        case Sending.IN_FLIGHT:
            return verdict.now_us >= (entry.sent_at_us or verdict.now_us) + bounds.write_patience_us
        case _:
            return False


def _stop(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    wanted = wanted_trigger(record.intent, verdict.average)
    needed = _stop_quantity(record, verdict)
    stops = record.of(Leg.STOP)
    for stop in stops:
        fits = serves(stop.trigger_price, wanted, record.intent) and stop.quantity >= verdict.share
        if fits and not (stop.settled or stop.missing or stop.status is OrderStatus.TRIGGERED):
            _again(result, stop, verdict, bounds)
            return
        if stop.status is OrderStatus.TRIGGERED:
            return
    # A refusal from before the entry was answered says nothing about now: the pauses start over.
    since = record.entry.answered_at_us or 0
    refused = [o.sent_at_us or 0 for o in stops if o.never_existed and (o.sent_at_us or 0) >= since]
    due = max(refused) + retry_us(len(refused)) if refused else verdict.now_us
    result.when(due, verdict.now_us, Place(Leg.STOP, len(stops) + 1, needed, wanted))


def _stop_quantity(record: Record, verdict: Verdict) -> Decimal:
    """The whole request until the entry is final: a reduce-only stop that is too large is harmless."""
    return verdict.share if verdict.entry_final and verdict.share > 0 else record.intent.quantity


def _again(result: Plan, order: Order, verdict: Verdict, bounds: Bounds) -> None:
    """Send an order of unknown outcome again under its own id, where a living duplicate is refused; else only look."""
    if order.status is not None or order.sent_at_us is None:
        return
    doubtful = order.sending in (Sending.UNKNOWN, Sending.IN_FLIGHT)
    if doubtful and bounds.duplicate_ids_refused and order.refusal is not Refusal.DUPLICATE_ID:
        due = order.sent_at_us + max(bounds.write_patience_us, retry_us(order.sends))
        if order.sending is Sending.UNKNOWN or due > verdict.now_us:
            result.when(due, verdict.now_us, Place(order.leg, order.attempt, order.quantity, order.trigger_price))


# --- exit ---------------------------------------------------------------------------------------------------------


def _exit(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    quantity = _exit_quantity(record, verdict)
    if quantity <= 0 or verdict.reversed or _has_not_looked(result, record, verdict, bounds):
        return
    closes = record.of(Leg.CLOSE)
    for close in closes:
        if not close.settled:
            _again(result, close, verdict, bounds)
            return
    last_sent = max((o.sent_at_us or 0 for o in closes), default=0)
    due = last_sent + retry_us(len(closes)) if closes else verdict.now_us
    result.when(due, verdict.now_us, Place(Leg.CLOSE, len(closes) + 1, quantity))


def _has_not_looked(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """A successor looks before it closes: what its predecessor left may be gone already (F50)."""
    sightings = record.sightings
    patience_us = sightings.since_us + bounds.write_patience_us
    if not sightings.taken_over or sightings.looks.keys() >= BUILT_IN or verdict.now_us >= patience_us:
        return False
    result.wake(patience_us)
    return True


def _exit_quantity(record: Record, verdict: Verdict) -> Decimal:
    """Our share; before a fill is shown, what the slot shows, never more than we asked for (F32)."""
    if verdict.fresh is not None and verdict.fresh.view.quantity == 0:
        return Decimal(0)
    if verdict.filled > 0:
        return verdict.share
    return min(verdict.observed, record.intent.quantity)


# --- cancelling ---------------------------------------------------------------------------------------------------


def _cancel_loose(result: Plan, orders: tuple[Order, ...], verdict: Verdict) -> None:
    for order in orders:
        if order in verdict.loose and order.sending not in (Sending.INTENDED, Sending.IN_FLIGHT):
            _cancel(result, order, verdict.now_us)


def _cancel(result: Plan, order: Order, now_us: int) -> None:
    """Cancel, and again only after a pause in which a lagging reading may still show the order dead."""
    first = CANCEL_UNKNOWN_US if order.refusal is Refusal.UNKNOWN_ORDER else CANCEL_FIRST_US
    pause = min(first * 2 ** min(max(order.cancels - 1, 0), 10), CANCEL_MOST_US)
    due = (order.cancel_sent_at_us or 0) + pause if order.cancels else now_us
    result.when(due, now_us, Cancel(order.leg, order.attempt))


# --- looking and waking -------------------------------------------------------------------------------------------


def _look(record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    entry = record.entry
    if entry.sending is Sending.INTENDED:
        return False
    if entry.sending is Sending.IN_FLIGHT:
        return verdict.now_us >= (entry.sent_at_us or verdict.now_us) + bounds.write_patience_us
    if record.state is State.PROTECTED:
        return any(order is not verdict.stop for order in verdict.loose)
    return True


def _deadlines(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    now, entry = verdict.now_us, record.entry
    times = [record.deadline_us]
    if entry.sending is Sending.IN_FLIGHT and entry.sent_at_us is not None:
        times.append(entry.sent_at_us + bounds.write_patience_us)
    if verdict.share > 0 and not verdict.covered:
        times.append(now + max(bounds.exposure_deadline_us - verdict.naked_us, 0))
    for at in times:
        if at > now:
            result.wake(at)
