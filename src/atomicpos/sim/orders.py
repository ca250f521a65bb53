"""What the engine shows and takes: requests, orders, executions, positions and refusals, all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy


class RefusalReason(StrEnum):
    """Why the engine refused a write, in the engine's own words; each face translates them."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    DUPLICATE_ID = "duplicate_id"
    """The client order id was accepted once before; it stays taken for ever."""
    NO_POSITION = "no_position"
    """Reduce-only, and there is nothing on the other side to reduce."""
    WOULD_TRIGGER = "would_trigger"
    """The mark price is already at the stop's trigger or beyond it."""
    UNKNOWN_ORDER = "unknown_order"
    """A cancel of an order that is not open."""
    QUANTITY = "quantity"
    """Below the minimum, above the maximum, or not a multiple of the step."""
    NOTIONAL = "notional"
    PRICE = "price"
    """Not above zero, or not on the tick."""
    LEVERAGE = "leverage"
    LEVERAGE_UNCHANGED = "leverage_unchanged"
    """The leverage is what was asked for already."""


class Refused(Exception):
    """A definite refusal: the engine is exactly as it was before."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """A market order, or a stop-market order when it has a trigger price."""

    symbol: str
    client_order_id: str | None
    order_side: OrderSide
    quantity: Decimal
    reduce_only: bool = False
    trigger_price: Decimal | None = None
    """A sell fires when the mark falls to it, a buy when the mark rises to it."""
    trigger_by: TriggerBy | None = None
    """Kept and shown; the engine has one price per symbol, so every type fires by the mark."""


@dataclass(frozen=True, slots=True)
class VenueOrder:
    """One order in one version. A final version never changes again."""

    order_id: str
    client_order_id: str | None
    symbol: str
    order_side: OrderSide
    quantity: Decimal
    """As accepted; a reduce-only order is cut to the position when it executes."""
    reduce_only: bool
    created_at_us: int
    updated_at_us: int
    status: OrderStatus
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy | None = None
    filled: Decimal = Decimal(0)
    average: Decimal | None = None
    foreign: bool = False
    """True for orders by somebody else on the account, and for the exchange's own liquidation."""

    @property
    def live(self) -> bool:
        """True while it may still execute."""
        return not self.status.final

    @property
    def conditional(self) -> bool:
        """True for a stop."""
        return self.trigger_price is not None


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution; an order may have several."""

    execution_id: str
    order_id: str
    client_order_id: str | None
    symbol: str
    order_side: OrderSide
    quantity: Decimal
    price: Decimal
    at_us: int
    kind: FillKind = FillKind.TRADE


@dataclass(frozen=True, slots=True)
class VenuePosition:
    """The one position of a symbol in one version; side None and quantity 0 when flat."""

    symbol: str
    mark: Decimal
    leverage: Decimal
    side: PositionSide | None = None
    quantity: Decimal = Decimal(0)
    average: Decimal | None = None
    liquidation_price: Decimal | None = None
    updated_at_us: int | None = None
    """When the quantity last changed; None when it never did."""

    @property
    def signed(self) -> Decimal:
        """The quantity, negative for a short."""
        return -self.quantity if self.side is PositionSide.SHORT else self.quantity


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so on one symbol right now, never lagged and never faulted."""

    quantity: Decimal
    """Signed: negative for a short."""
    average: Decimal | None
    stops: tuple[VenueOrder, ...]
    """The live stops, whoever placed them, oldest first."""
    orders: tuple[VenueOrder, ...]
    """The live orders that are no stops, oldest first."""
    entries: int
    """How many opening orders of ours were accepted, those cancelled unfilled included."""
    stop_quantity: Decimal
    """What the live reduce-only stops on the position's closing side cover together."""
    exposure_s: float
    """Seconds during which the position was larger than that, by the engine's clock."""
