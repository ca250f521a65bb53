"""Evidence: one source's finding, three-valued. An error is never an empty answer (I1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .models import Fill, MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy


class Kind(StrEnum):
    """What a source found."""

    SEEN = "seen"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """The built-in sources that are asked, and can prove; a plug-in's source is its own name."""

    ORDER_STATUS = "order_status"
    TRADE_HISTORY = "trade_history"
    POSITION_POLL = "position_poll"


BUILT_IN = frozenset(s.value for s in Source)

POSITION_STREAM = "position_stream"
"""The source that tells by itself. What it shows of fills counts; it proves no absence, no end and no stop, and what it
does not show means nothing (F38): so it is none of ``Source``, and no rule of looks counts it."""
OURS = BUILT_IN | {POSITION_STREAM}
"""The names that no plug-in may have."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as an exchange showed it. None means that the exchange did not say."""

    client_order_id: str | None
    exchange_order_id: str | None
    status: OrderStatus
    order_side: OrderSide | None = None
    quantity: Decimal | None = None
    filled: Decimal | None = None
    average: Decimal | None = None
    reduce_only: bool | None = None
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy | None = None
    created_at_us: int | None = None
    updated_at_us: int | None = None


@dataclass(frozen=True, slots=True)
class PositionView:
    """The slot as an exchange showed it; quantity 0 and side None when it showed nothing."""

    quantity: Decimal
    side: PositionSide | None = None
    entry_price: Decimal | None = None
    mark_price: Decimal | None = None
    liquidation_price: Decimal | None = None
    leverage: Decimal | None = None
    margin_mode: MarginMode | None = None
    stop_price: Decimal | None = None
    """The trigger of the stop that the exchange keeps on the position itself; None when there is none."""
    updated_at_us: int | None = None
    """The exchange's own time of the last change; None when it gave none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding of one source.

    A verifier returns ``Evidence.seen(quantity, price)``, ``Evidence.absent()`` or ``Evidence.unknown(why)``;
    source and times are stamped by whoever asked it. ``orders``, ``fills`` and ``position`` are filled in by the
    built-in sources only, which alone can prove.
    """

    kind: Kind
    quantity: Decimal | None = None
    price: Decimal | None = None
    why: str = ""
    source: str = ""
    asked_at_us: int = 0
    answered_at_us: int = 0
    exchange_time_us: int | None = None
    raw: str = ""
    orders: tuple[OrderView, ...] = ()
    absent_ids: tuple[str, ...] = ()
    """Client order ids of ours that every lookup answered without showing."""
    fills: tuple[Fill, ...] = ()
    position: PositionView | None = None
    mark_price: Decimal | None = None
    """The mark price that the look came with: it moves with every tick and is no finding, so it is never stored."""
    position_stop: OrderView | None = None
    """The stop that the exchange keeps on the position itself, as the order that it is."""

    @classmethod
    def seen(cls, quantity: Decimal | int | str, price: Decimal | int | str | None = None) -> Evidence:
        """Exposure was seen: ``quantity`` in the base asset, ``price`` where known."""
        return cls(Kind.SEEN, Decimal(str(quantity)), None if price is None else Decimal(str(price)))

    @classmethod
    def absent(cls) -> Evidence:
        """The source answered, and showed nothing. Not seen is not flat."""
        return cls(Kind.ABSENT)

    @classmethod
    def unknown(cls, why: str) -> Evidence:
        """The source could not say, and why."""
        return cls(Kind.UNKNOWN, why=why)
