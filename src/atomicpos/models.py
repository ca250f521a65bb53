"""The words of the domain as frozen data: positions, orders, fills and what was asked.

Money is ``Decimal``; time is integer microseconds (UTC) and says so in its name (``_us``).
Position sides are long/short, order sides are buy/sell, and no name mixes the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

MICROSECONDS = 1_000_000
"""Microseconds in a second: every ``_us`` is this many times its ``_s``."""


class PositionSide(StrEnum):
    """The side of a position, never of an order."""

    LONG = "long"
    SHORT = "short"

    @property
    def other(self) -> PositionSide:
        """The opposite side."""
        return PositionSide.SHORT if self is PositionSide.LONG else PositionSide.LONG

    @property
    def opening(self) -> OrderSide:
        """The order side that opens or enlarges a position on this side."""
        return _OPENING[self]

    @property
    def closing(self) -> OrderSide:
        """The order side that shrinks a position on this side."""
        return _CLOSING[self]


class OrderSide(StrEnum):
    """The side of an order or a fill, never of a position."""

    BUY = "buy"
    SELL = "sell"

    @property
    def other(self) -> OrderSide:
        """The opposite side."""
        return OrderSide.SELL if self is OrderSide.BUY else OrderSide.BUY


_OPENING = {PositionSide.LONG: OrderSide.BUY, PositionSide.SHORT: OrderSide.SELL}
_CLOSING = {PositionSide.LONG: OrderSide.SELL, PositionSide.SHORT: OrderSide.BUY}


class State(StrEnum):
    """The states of a position; ``states.py`` holds the one table that moves between them."""

    PENDING_ENTRY = "pending_entry"
    ORDER_FILLED = "order_filled"
    VERIFYING = "verifying"
    PROTECTED = "protected"
    ORPHAN_SUSPECTED = "orphan_suspected"
    ROLLED_BACK = "rolled_back"
    CLOSED_IMMEDIATELY = "closed_immediately"
    CLOSED = "closed"

    @property
    def settled(self) -> bool:
        """True for the proven ends, which hold no slot."""
        return self in SETTLED


SETTLED = frozenset({State.ROLLED_BACK, State.CLOSED_IMMEDIATELY, State.CLOSED})
"""The ends: each is reached with a stored proof only, and frees the slot."""

HOLDING = frozenset(State) - SETTLED
"""The states that hold the slot."""


class Goal(StrEnum):
    """What the library is trying to reach; ``flat`` never turns back."""

    PROTECT = "protect"
    FLAT = "flat"


class Leg(StrEnum):
    """What an order of ours is for."""

    ENTRY = "entry"
    STOP = "stop"
    CLOSE = "close"
    TARGET = "target"
    """The optional order that takes the profit: it protects nothing, and nothing rests on it."""


class TriggerBy(StrEnum):
    """The price a stop is compared with."""

    MARK = "mark"
    LAST = "last"
    INDEX = "index"


class MarginMode(StrEnum):
    """Whether a position's loss is bounded by its own margin or by the account's."""

    ISOLATED = "isolated"
    CROSS = "cross"


class PositionMode(StrEnum):
    """Whether a symbol holds one position, long or short, or one on either side."""

    ONE_WAY = "one_way"
    HEDGE = "hedge"

    @property
    def words(self) -> str:
        """As a person says it."""
        return "hedge mode" if self is PositionMode.HEDGE else "one-way mode"


class OrderStatus(StrEnum):
    """An order's status as read back, in one vocabulary; only ``filled`` says how much was filled (F02, F03)."""

    OPEN = "open"
    PARTIAL = "partial"
    UNTRIGGERED = "untriggered"
    TRIGGERED = "triggered"
    FILLED = "filled"
    DEAD = "dead"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """True when the exchange will not change this order again."""
        return self in _FINAL


_FINAL = frozenset({OrderStatus.FILLED, OrderStatus.DEAD})


class Sending(StrEnum):
    """What is known about the sending of an order of ours (its life at the exchange is ``OrderStatus``)."""

    INTENDED = "intended"
    """Committed, and certainly not sent yet by this process."""
    IN_FLIGHT = "in_flight"
    """The request left, or is about to; nothing came back yet."""
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    """A definite refusal of every send: it never existed at the exchange."""
    NOT_SENT = "not_sent"
    """No byte left, shown by the transport's trace."""
    UNKNOWN = "unknown"
    """It may or may not have reached the exchange."""


_UNANSWERED = frozenset({Sending.IN_FLIGHT, Sending.UNKNOWN})
_NEVER_TAKEN = frozenset({Sending.REFUSED, Sending.NOT_SENT})


class Refusal(StrEnum):
    """Why the exchange refused a write, as far as the next step depends on it."""

    NO_POSITION = "no_position"
    """Reduce-only with nothing to reduce: never evidence of flat (F26)."""
    WOULD_TRIGGER = "would_trigger"
    """The price is already beyond the stop (F23)."""
    UNKNOWN_ORDER = "unknown_order"
    """A cancel of an order that is not open: dead, filled or not yet visible."""
    DUPLICATE_ID = "duplicate_id"
    """Our client order id exists: look it up (never a definite refusal)."""
    RATE_LIMITED = "rate_limited"
    PRECISION = "precision"
    """A price or quantity that is no multiple of the exchange's step (F27)."""
    QUANTITY = "quantity"
    """More than the exchange takes in one order: split."""
    PRICE_BAND = "price_band"
    """Outside the prices that the exchange takes at the moment, or nothing to trade with inside them."""
    TOO_MANY_STOPS = "too_many_stops"
    """The exchange's number of waiting stop orders is used up."""
    FUNDS = "funds"
    OTHER = "other"


class FillKind(StrEnum):
    """What executed: an ordinary trade, or the exchange acting on its own."""

    TRADE = "trade"
    LIQUIDATION = "liquidation"
    ADL = "adl"
    SETTLEMENT = "settlement"


class ProofKind(StrEnum):
    """Why a row may settle, or why it counts as protected."""

    STOP_READ_BACK = "stop_read_back"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    DEAD_UNFILLED = "dead_unfilled"
    ABSENT = "absent"
    EXITED = "exited"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class StopRule:
    """Where the stop belongs: exactly one of a distance in percent of the average fill, or an absolute price."""

    percent: Decimal | None = None
    price: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.MARK


@dataclass(frozen=True, slots=True)
class TargetRule:
    """Where the profit is taken: exactly one of a distance in percent of the average fill, or an absolute price.

    Its trigger is compared with the same price as the stop's.
    """

    percent: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One active linear perpetual swap. Quantities are in the base asset, prices in the quote asset."""

    symbol: str
    """Unified, e.g. ``AVL/USDT:USDT``."""
    market_id: str
    """The exchange's own, e.g. ``AVLUSDT``."""
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    max_quantity: Decimal | None = None
    """The largest quantity of one market order."""
    min_notional: Decimal | None = None
    max_leverage: Decimal | None = None
    price_band: Decimal | None = None
    """How far a limit price may lie beyond the mark price, as a share of it (0.05 is five percent)."""
    maintenance_rate: Decimal | None = None
    """The maintenance margin as a share of the notional, at the smallest risk limit."""
    ends_at_us: int | None = None
    """When the exchange takes it off its list and settles what is open (its clock); None: nothing is announced."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One account on one exchange: rows of other scopes are never touched."""

    exchange: str
    environment: str
    account: str

    @property
    def named(self) -> str:
        """The account in words."""
        return f"{self.exchange} {self.environment}, account {self.account}"


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked, immutable from the first commit on."""

    scope: Scope
    symbol: str
    market_id: str
    side: PositionSide
    quantity: Decimal
    stop_rule: StopRule
    mark_price: Decimal
    """The mark price when it was asked: the guard stop is computed from it until the fill is known (F21)."""
    tick: Decimal
    step: Decimal
    created_at_us: int
    leverage: Decimal | None = None
    margin_mode: MarginMode | None = None
    idempotency_key: str | None = None
    request_hash: str | None = None
    position_mode: PositionMode = PositionMode.ONE_WAY
    """The mode that the account was read in before the entry; it is opened in that, and never moves to the other."""
    target_rule: TargetRule | None = None
    """Where the profit is to be taken; None: nowhere."""

    @property
    def sides(self) -> tuple[PositionSide, ...]:
        """The sides of its symbol that its slot is: its own in hedge mode, both in one-way mode."""
        return (self.side,) if self.position_mode is PositionMode.HEDGE else tuple(PositionSide)


RIDING = 1
"""The attempt of the position's own stop that travels with the entry; later ones are set on the position."""

WITH_ENTRY = 0
"""The attempt of a separate stop that travels with the entry under its own id; those sent by themselves count from 1.
"""

UNNAMED = -1
"""The attempt of a separate stop that travels with the entry and has no id of ours at the exchange: ours is a name."""


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction of ours and all that is known of it: one row of ``orders``, keyed by (leg, attempt)."""

    leg: Leg
    attempt: int
    client_order_id: str
    order_side: OrderSide
    quantity: Decimal
    reduce_only: bool
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy | None = None
    limit_price: Decimal | None = None
    """The worst price that may be paid; what cannot be had at it is cancelled at once (immediate or cancel)."""
    attached: bool = False
    """A stop that the exchange keeps on the position itself: it has no id there, and covers whatever the size is."""
    # the sending
    sending: Sending = Sending.INTENDED
    sends: int = 0
    first_sent_at_us: int | None = None
    sent_at_us: int | None = None
    """Our clock, never earlier than the last moment at which a send may have left."""
    refusal: Refusal | None = None
    why: str | None = None
    cancels: int = 0
    cancel_sent_at_us: int | None = None
    # its life at the exchange, folded from what was read: final is sticky, filled only grows
    exchange_order_id: str | None = None
    status: OrderStatus | None = None
    filled: Decimal = Decimal(0)
    average: Decimal | None = None
    created_at_us: int | None = None
    """The exchange's clock."""
    updated_at_us: int | None = None
    """The exchange's clock."""
    read_back: bool = False
    """True once a reading showed closing side, unable to enlarge, and our trigger, type and quantity (I3)."""
    seen_at_us: int | None = None
    """Our clock: when the newest reading that showed it was asked for."""
    proven_absent: bool = False
    """True once lookups past its horizon showed that it was never accepted."""
    # what is never stored: whoever drives the row gathers it again
    answered_at_us: int | None = None
    """Our clock: when the last send was answered, in whatever way."""
    absent_since_us: int | None = None
    """Our clock: when the first lookup past its horizon that did not show it was asked for."""

    @property
    def rides(self) -> bool:
        """True for the guard stop that travels with the entry: it has no request of its own."""
        return self.with_entry or (self.attached and self.attempt == RIDING)

    @property
    def with_entry(self) -> bool:
        """True for the one of these that becomes an order of its own, once the entry fills."""
        return self.attempt in (WITH_ENTRY, UNNAMED)

    @property
    def unnamed(self) -> bool:
        """True for the one of those that has no id of ours at the exchange: it is told by its value, until its
        exchange id is known."""
        return self.attempt == UNNAMED

    @property
    def unanswered(self) -> bool:
        """True while it is not known whether the exchange took it: whoever sees it then knows that it did."""
        return self.sending in _UNANSWERED

    @property
    def alive(self) -> bool:
        """True when the last reading showed it at work."""
        return self.status is not None and not self.status.final and self.status is not OrderStatus.UNKNOWN

    @property
    def missing(self) -> bool:
        """True when it had been alive and lookups past its horizon no longer show it."""
        return self.alive and self.absent_since_us is not None

    @property
    def leaving(self) -> bool:
        """True once a cancel of it was sent: however alive it reads, nothing may be built on it any more."""
        return self.cancels > 0

    def sent_since(self, at_us: int) -> bool:
        """True when it was sent at that moment of our clock or later, for the last time."""
        return self.sent_at_us is not None and self.sent_at_us >= at_us

    def sent_by(self, at_us: int) -> bool:
        """True when its last send was at that moment of our clock or earlier."""
        return self.sent_at_us is not None and self.sent_at_us <= at_us

    def seen_since(self, at_us: int) -> bool:
        """True when its newest reading was asked for at that moment of our clock or later."""
        return self.seen_at_us is not None and self.seen_at_us >= at_us

    @property
    def never_existed(self) -> bool:
        """True when it is certain that the exchange never took it."""
        return self.status is None and (self.proven_absent or self.sending in _NEVER_TAKEN)

    @property
    def settled(self) -> bool:
        """True when it is neither alive nor may still arrive."""
        return self.never_existed or (self.status is not None and self.status.final)

    @property
    def over_since_us(self) -> int | None:
        """Since when it has been settled, by the exchange's time of its end, or our last send where that is later or
        all that is known; None while it is not.

        It stays where it is however often the order is read again.
        """
        times = [at for at in (self.sent_at_us, self.updated_at_us) if at is not None]
        return max(times, default=None) if self.settled else None


NEVER_STORED = ("answered_at_us", "absent_since_us")
"""The fields of an order that belong to the process that drives it."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution on the account, ours or not."""

    fill_id: str
    order_side: OrderSide
    quantity: Decimal
    price: Decimal
    time_us: int
    """The exchange's clock."""
    kind: FillKind = FillKind.TRADE
    client_order_id: str | None = None
    exchange_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a row stands where it stands: what was shown, and when the decisive evidence was asked for (our clock)."""

    kind: ProofKind
    at_us: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of a position's append-only journal."""

    at_us: int
    kind: str
    """``transition``, ``intent``, ``outcome``, ``goal``, ``alert`` or ``act``."""
    text: str
    """One sentence a person can read."""
    cause: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def by(self) -> str | None:
        """The person whose act it is; None for what the library or the bot itself did."""
        return self.data.get("by")


@dataclass(frozen=True, slots=True)
class Position:
    """A frozen snapshot of one position, as the caller sees it. Quantities are in the base asset."""

    id: str
    state: State
    symbol: str
    side: PositionSide
    quantity: Decimal
    goal: Goal
    filled_quantity: Decimal
    entry_price: Decimal | None
    stop_price: Decimal | None
    exposure_s: float
    """Seconds between fills and a live stop or flatness, added (I10)."""
    proof: Proof | None
    reason: str | None
    exchange: str
    account: str
    leverage: Decimal | None
    idempotency_key: str | None
    created_at_us: int
    updated_at_us: int
    orders: tuple[Order, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    evidence: tuple[object, ...] = ()
    target_price: Decimal | None = None
    """The trigger of the target that waits beside the stop; None while none does."""


def total(quantities: Iterable[Decimal]) -> Decimal:
    """The sum of them: a Decimal, of nothing too."""
    return sum(quantities, Decimal(0))
