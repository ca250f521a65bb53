"""The words that rows, requests and replies are written in: sides, states, legs, modes, and how things stand."""

from __future__ import annotations

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
