"""An instruction of ours, and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .words import Leg, OrderSide, OrderStatus, Refusal, Sending, TriggerBy

_OVER = frozenset(status for status in OrderStatus if status.final)
_AT_WORK = frozenset(OrderStatus) - _OVER - {OrderStatus.UNKNOWN}
_UNANSWERED = frozenset({Sending.IN_FLIGHT, Sending.UNKNOWN})
_NEVER_TAKEN = frozenset({Sending.REFUSED, Sending.NOT_SENT})

RIDING = 1
"""The attempt of the position's own stop that travels with the entry; later ones are set on the position."""

WITH_ENTRY = 0
"""The attempt of a separate stop that travels with the entry under its own id; those sent by themselves count from 1.
"""

UNNAMED = -1
"""The attempt of a separate stop that travels with the entry and has no id of ours at the exchange: ours is a name."""
_WITH_ENTRY = frozenset({WITH_ENTRY, UNNAMED})


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
        return self.attempt in _WITH_ENTRY

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
        return self.status in _AT_WORK

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
    def reads_otherwise(self) -> bool:
        """True for one that waits and reads otherwise than our row says: somebody else altered it, or it was sent under
        this id by a process that could not store what it sent."""
        return self.status is OrderStatus.UNTRIGGERED and not self.read_back

    @property
    def settled(self) -> bool:
        """True when it is neither alive nor may still arrive."""
        return self.never_existed if self.status is None else self.status in _OVER

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
