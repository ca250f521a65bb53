"""What the engine takes and shows: requests, orders, executions, funding and positions, all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy

from .refusals import RefusalReason, Refused

__all__ = [
    "Execution",
    "Funding",
    "Happening",
    "PlaceRequest",
    "RefusalReason",
    "Refused",
    "Truth",
    "VenueOrder",
    "VenuePosition",
]


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """A market order, an immediate-or-cancel limit order, or a stop-market order when it has a trigger price."""

    symbol: str
    client_order_id: str | None
    order_side: OrderSide
    quantity: Decimal
    reduce_only: bool = False
    trigger_price: Decimal | None = None
    """A sell fires when the mark falls to it, a buy when the mark rises to it; a ``target`` the other way round."""
    trigger_by: TriggerBy | None = None
    """Kept and shown; the engine has one price per symbol, so every type fires by the mark."""
    limit_price: Decimal | None = None
    """The worst price it may pay; what cannot be had at it is cancelled at once."""
    stop_loss: Decimal | None = None
    """An attached stop: the position's own from the order's first fill on. Of opening orders only."""
    stop_loss_by: TriggerBy | None = None
    attached_id: str | None = None
    """The client order id of the attached stop, where it is an order of its own and not the position's: it is put up
    once this order has filled whole, and not before."""
    attached_apart: bool = False
    """The attached stop is an order of its own without a client order id, put up with this order's first fill."""
    position_side: PositionSide | None = None
    """The side that it is about in hedge mode, where it must be named: the order side says whether it opens or closes.
    None in one-way mode."""
    target: bool = False
    """Its trigger is reached when the mark moves in favour of the position that it closes."""

    @property
    def only_reduces(self) -> bool:
        """True where it can neither open nor enlarge: it says so, or is on the closing side of its position side."""
        side = self.position_side
        return self.reduce_only or (side is not None and side.closing is self.order_side)


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
    limit_price: Decimal | None = None
    stop_loss: Decimal | None = None
    """The attached stop as it was asked for, whatever became of the position's own since."""
    stop_loss_by: TriggerBy | None = None
    attached_id: str | None = None
    """The client order id that the attached stop has, or will have, as an order."""
    attached_apart: bool = False
    """The attached stop is, or will be, an order without a client order id."""
    position_stop: bool = False
    """True for the stop that the exchange keeps on the position itself: no client order id, over the whole position,
    amended in place, dead as soon as the position is flat or on the other side."""
    foreign: bool = False
    """True for orders by somebody else on the account, and for the exchange's own liquidation."""
    position_side: PositionSide | None = None
    """The side of hedge mode that it belongs to; None in one-way mode."""
    target: bool = False
    """It waits for the mark to move in the position's favour, and covers nothing."""

    @property
    def live(self) -> bool:
        """True while it may still execute."""
        return not self.status.final

    @property
    def conditional(self) -> bool:
        """True for what waits for a trigger, a stop or a target."""
        return self.trigger_price is not None

    @property
    def is_stop(self) -> bool:
        """True for a stop."""
        return self.conditional and not self.target


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
    position_stop: bool = False
    """True when the position's own stop closed it."""
    closed: Decimal = Decimal(0)
    """How much of the quantity reduced what was there; the rest opened or enlarged."""
    position_side: PositionSide | None = None
    """The side of hedge mode that it belongs to; None in one-way mode."""


@dataclass(frozen=True, slots=True)
class Funding:
    """One payment between the holders of a perpetual: it moves no quantity and is no fill."""

    funding_id: str
    symbol: str
    order_side: OrderSide
    """The side that holds the position: buy for a long."""
    quantity: Decimal
    price: Decimal
    """The mark price it was reckoned by."""
    rate: Decimal
    at_us: int
    position_side: PositionSide | None = None
    """The side of hedge mode that it belongs to; None in one-way mode."""


@dataclass(frozen=True, slots=True)
class VenuePosition:
    """One slot's position in one version: a symbol's, or a side's of it in hedge mode. Flat: side None, quantity 0."""

    symbol: str
    mark: Decimal
    leverage: Decimal
    side: PositionSide | None = None
    quantity: Decimal = Decimal(0)
    average: Decimal | None = None
    liquidation_price: Decimal | None = None
    updated_at_us: int | None = None
    """When the quantity last changed; None when it never did. A change of the stop does not count."""
    stop_price: Decimal | None = None
    """The trigger of the position's own stop; None when there is none."""
    stop_by: TriggerBy | None = None
    slot: PositionSide | None = None
    """In hedge mode the side whose slot this is, held or empty."""

    @property
    def signed(self) -> Decimal:
        """The quantity, negative for a short."""
        return -self.quantity if self.side is PositionSide.SHORT else self.quantity


Happening = VenueOrder | Execution | VenuePosition
"""What an exchange tells of by itself."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so in one slot right now, never lagged and never faulted."""

    quantity: Decimal
    """Signed: negative for a short."""
    average: Decimal | None
    stops: tuple[VenueOrder, ...]
    """The live stops, whoever placed them, the position's own included, oldest first."""
    orders: tuple[VenueOrder, ...]
    """The live orders that are no stops, targets among them, oldest first."""
    entries: int
    """How many opening orders of ours were accepted, those cancelled unfilled included."""
    stop_quantity: Decimal
    """What the live reduce-only stops on the position's closing side cover together."""
    exposure_s: float
    """Seconds during which the position was larger than that, by the engine's clock."""


def together(one: Truth, other: Truth) -> Truth:
    """Both sides of a symbol in hedge mode as one: the quantity is the net of them, and has no average."""
    return Truth(
        quantity=one.quantity + other.quantity,
        average=None,
        stops=_by_age(one.stops, other.stops),
        orders=_by_age(one.orders, other.orders),
        entries=one.entries + other.entries,
        stop_quantity=one.stop_quantity + other.stop_quantity,
        exposure_s=one.exposure_s + other.exposure_s,
    )


def _by_age(*orders: tuple[VenueOrder, ...]) -> tuple[VenueOrder, ...]:
    return tuple(sorted((order for part in orders for order in part), key=lambda order: order.created_at_us))
