"""The row: one position as the library keeps it, with its orders and what was sighted since it was loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .frozen import replace
from .models import SETTLED, Fill, Goal, Intent, Leg, Order, Proof, Sending, State, StopRule
from .sightings import Sightings

_ENTRY = Leg.ENTRY  # a name of this module is found in a fifth of the time: every turn asks for the entry often
SHARED_SENDING = ("sending", "sends", "first_sent_at_us", "sent_at_us", "answered_at_us", "why")
"""What the entry and the stop that rides on it have in common: they are one request."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """An operator's word on how a suspected orphan ended."""

    as_: State
    reason: str
    by: str
    at_us: int
    """Our clock: every source is looked at once more after this."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of ``positions`` and its ``orders``. Frozen: every step makes a new one."""

    id: str
    intent: Intent
    orders: tuple[Order, ...] = ()
    version: int = 1
    state: State = State.PENDING_ENTRY
    goal: Goal = Goal.PROTECT
    reason: str | None = None
    """Why the goal turned flat, or why it ended."""
    deadline_us: int = 0
    """Our clock: past it, with nothing shown, the position is an orphan suspected."""
    leverage_confirmed: bool = False
    margin_mode_confirmed: bool = False
    rule: StopRule | None = None
    """The stop rule in force where it is no longer the intent's: moved since, or answered by the caller's function."""
    moving: StopRule | None = None
    """The stop rule that was asked for last and does not stand yet; the one in force stays up until it does."""
    parts_asked: Decimal = Decimal(0)
    """How much the caller asked to close in parts so far, whatever came of it; the rest stays open and protected."""
    filled_quantity: Decimal = Decimal(0)
    entry_price: Decimal | None = None
    """The average fill; None until it is known, never zero (F21)."""
    closed_quantity: Decimal = Decimal(0)
    stop_price: Decimal | None = None
    """The trigger of the stop last read back."""
    filled_at_us: int | None = None
    """Our clock: when a fill was first shown to us."""
    protected_at_us: int | None = None
    """Our clock: when it was first protected; None if it never was."""
    suspected_at_us: int | None = None
    settled_at_us: int | None = None
    exposure_us: int = 0
    proof: Proof | None = None
    updated_at_us: int = 0
    owner: str | None = None
    """Who drives it; None once it was given back. Only a claim changes it."""
    fence: int = 0
    """Rises by one with each claim: who moves the row under an older one is refused."""
    wanted_by: str | None = None
    """Another owner that asked for it; never written with the row."""
    slotless: bool = False
    """It was settled and is not over, and another row has its slot by now: it holds none, and is only closed down."""
    wake_at_us: int | None = None
    """Our clock: when it is due to be looked at again; None once it is settled."""
    sightings: Sightings = field(default_factory=Sightings)
    """What was seen since this process took the row: never stored here, the table ``evidence`` has it."""
    asking_rule: bool = False
    """The caller's own stop function is being asked; never stored, a successor keeps to the stored rule."""
    resolution: Resolution | None = None
    """An operator's word on how it ended, being checked; never stored before it is proof."""

    @property
    def holds_slot(self) -> bool:
        """True for every state but the ends, unless another row has taken the slot meanwhile."""
        return self.state not in SETTLED and not self.slotless

    @property
    def stop_rule(self) -> StopRule:
        """The stop rule in force."""
        return self.rule or self.intent.stop_rule

    @property
    def entry(self) -> Order:
        """The one entry (I5)."""
        for order in self.orders:
            if order.leg is _ENTRY:
                return order
        raise LookupError(f"{self.id} has no entry")

    @property
    def riding(self) -> Order | None:
        """The guard stop that travels with the entry, where the exchange takes one; it has no request of its own."""
        for order in self.orders:
            if order.rides:
                return order
        return None

    @property
    def share(self) -> Decimal:
        """Our share as the row has it: what filled less what was closed, by anybody."""
        return self.filled_quantity - self.closed_quantity

    @property
    def closed_by_us(self) -> Decimal:
        """What our own close orders have filled; stops and other hands apart."""
        return sum([o.filled for o in self.orders if o.leg is Leg.CLOSE], Decimal(0))

    @property
    def part_left(self) -> Decimal:
        """How much of what was asked to be closed in parts is not closed yet."""
        return self.parts_asked - self.closed_by_us

    def overtaken(self, stop: Order, *, but_by: Decimal | None = None) -> bool:
        """True for the position's own stop when another trigger was sent after it and its end is not known.

        Readings may lag: what they show of the position then proves nothing about now. ``but_by`` is the trigger that
        may well have taken its place.
        """
        if not stop.attached:
            return False
        later = (o for o in self.orders if o.attached and o.attempt > stop.attempt and o.sends > 0)
        open_ = (o for o in later if o.status is None and not o.never_existed)
        return any(o.trigger_price not in (stop.trigger_price, but_by) for o in open_)

    def of(self, leg: Leg) -> tuple[Order, ...]:
        """Our orders of that leg, in order of attempt."""
        return tuple([order for order in self.orders if order.leg is leg])

    @property
    def last_send_at_us(self) -> int | None:
        """Our clock: the last moment at which a request of any kind may have left."""
        times = [t for o in self.orders for t in (o.sent_at_us, o.cancel_sent_at_us) if t is not None]
        return max(times, default=None)

    @property
    def open_orders(self) -> int:
        """How many of our orders are alive or may still arrive, as far as the row itself knows."""
        return sum(1 for o in self.orders if not o.settled)

    def named(self, client_order_id: str | None) -> Order | None:
        """The order of that client order id; None for somebody else's."""
        for order in self.orders:
            if order.client_order_id == client_order_id:
                return order
        return None

    def with_order(self, order: Order) -> Record:
        """The row with that order put in or replaced, by (leg, attempt); the same row where it has that very one.

        What is known of the entry's sending holds for the stop that rides on it, until that one is read itself.
        """
        orders = _with(self.orders, order)
        rides = self.riding if order.leg is _ENTRY else None
        if rides is not None and rides.status is None:
            orders = _with(orders, replace(rides, **{name: getattr(order, name) for name in SHARED_SENDING}))
        return self if orders is self.orders else replace(self, orders=orders)

    def fills_of(self, order: Order) -> tuple[Fill, ...]:
        """The sighted fills that belong to that order."""
        sighted = self.sightings.fills
        return tuple([fill for fill in sighted if belongs(fill, order)]) if sighted else ()


def _with(orders: tuple[Order, ...], order: Order) -> tuple[Order, ...]:
    for at, known in enumerate(orders):
        if known is order:
            return orders
        if known.attempt == order.attempt and known.leg is order.leg:
            return (*orders[:at], order, *orders[at + 1 :])
    return tuple(sorted((*orders, order), key=lambda o: (o.leg, o.attempt)))


def belongs(fill: Fill, order: Order) -> bool:
    """True when the fill carries the order's client id, or its exchange id where the exchange gave no client id."""
    if fill.client_order_id:
        return fill.client_order_id == order.client_order_id
    return order.exchange_order_id is not None and fill.exchange_order_id == order.exchange_order_id


def adopt(record: Record, now_us: int) -> Record:
    """The row as a new process takes it over: what was only intended may have been sent, up to now (F49).

    Nothing is forgotten and nothing is believed: an order whose sending was not reported is unknown from now on.
    """
    unsure = (Sending.INTENDED, Sending.IN_FLIGHT)
    orders = tuple(_doubted(o, record, now_us) if o.sending in unsure else o for o in record.orders)
    return replace(record, orders=orders, sightings=Sightings(since_us=now_us, taken_over=True))


def taken_up(record: Record, now_us: int, *, ours: bool) -> Record:
    """The row as a drive begins with it: what a drive of ours brought to rest is in no doubt, all else is adopted."""
    if ours and record.state is State.PROTECTED:
        return replace(record, sightings=Sightings(since_us=now_us))
    return adopt(record, now_us)


def _doubted(order: Order, record: Record, now_us: int) -> Order:
    """Between the row's last commit and now it may have left; an entry even right after the intent."""
    earliest = record.intent.created_at_us if order.leg is Leg.ENTRY else record.updated_at_us
    return replace(
        order,
        sending=Sending.UNKNOWN,
        sends=max(order.sends, 1),
        first_sent_at_us=order.first_sent_at_us if order.first_sent_at_us is not None else earliest,
        sent_at_us=now_us,
        why=MAY_HAVE_LEFT,
    )


MAY_HAVE_LEFT = "its process ended before it reported the sending"
"""Why an adopted order is of unknown outcome."""
