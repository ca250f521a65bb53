"""What can be asked of an exchange to change, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from ..evidence import OrderView
from ..models import Leg, MarginMode, OrderSide, Refusal, TriggerBy


@dataclass(frozen=True, slots=True)
class AttachedStop:
    """A guard stop that travels with an entry."""

    trigger_price: Decimal
    trigger_by: TriggerBy
    client_order_id: str | None = None
    """Where the exchange makes an order of it that can be called by it; None where it keeps the stop on the position,
    or makes an order that only it has an id for."""


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A market order; an immediate-or-cancel limit order with a limit price; a stop-market order with a trigger.

    Of the leg ``target`` it waits for the price to move in the position's favour, of every other one against it.
    """

    symbol: str
    leg: Leg
    client_order_id: str
    order_side: OrderSide
    quantity: Decimal
    reduce_only: bool
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy | None = None
    limit_price: Decimal | None = None
    attached_stop: AttachedStop | None = None
    """Of entries only."""
    margin_mode: MarginMode | None = None
    """The mode it is meant for, where that is a part of each order; None: as the account has it."""


@dataclass(frozen=True, slots=True)
class SetPositionStop:
    """Set the stop that the exchange keeps on the position itself, over the whole position; None takes it away.

    Setting it to what it already is counts as acknowledged.
    """

    symbol: str
    trigger_price: Decimal | None
    trigger_by: TriggerBy


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel one order of ours, by our id."""

    symbol: str
    client_order_id: str
    """Empty for one that has none at the exchange: it is called by the exchange's alone."""
    exchange_order_id: str | None
    conditional: bool


@dataclass(frozen=True, slots=True)
class SetLeverage:
    """Set the symbol's leverage and read it back; acknowledged only when both agree."""

    symbol: str
    leverage: Decimal
    margin_mode: MarginMode | None = None
    """The mode whose leverage it is, where each has one of its own; None: as the account has it."""


@dataclass(frozen=True, slots=True)
class SetMarginMode:
    """Set the margin mode and read it back; acknowledged only when both agree."""

    symbol: str
    margin_mode: MarginMode


Write = PlaceOrder | SetPositionStop | CancelOrder | SetLeverage | SetMarginMode
"""Whatever changes something at the exchange."""


class OutcomeKind(StrEnum):
    """The outcomes of a write; everything that is not certain is UNKNOWN."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one write. It proves no fill."""

    kind: OutcomeKind
    why: str = ""
    refusal: Refusal | None = None
    code: str | None = None
    exchange_order_id: str | None = None
    order: OrderView | None = None
    """The order as the reply itself showed it, where the exchange's replies do."""
    raw: str = ""
    asked_at_us: int = 0
    answered_at_us: int = 0


class Permit(Protocol):
    """Whether a request may still leave: asked with the timestamp it is signed with, right before the first byte.

    The exchange takes a request for its receive window after that timestamp, and not later. So who may send by this
    timestamp cannot be heard after its lease, however long it slept between the asking and the sending.
    """

    def __call__(self, stamped_us: int, /) -> str | None:
        """None when it may leave, else why not."""


def always(stamped_us: int, /) -> str | None:
    """The permit of what may leave at any time."""
    return None
