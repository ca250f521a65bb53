"""What a fault does inside the engine: how an entry fills under it, and what happens afterwards.

Both faces carry a struck call out through here, so that a fault means the same in process and on the wire. How the
answer travels is the face's own business.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

from atomicpos.frozen import replace
from atomicpos.models import PositionSide

from .fault_words import FaultKind
from .faults import Fault
from .hands import alter_stop, clear_stop, close, gap, reverse, scale_in, stop_out
from .orders import PlaceRequest, RefusalReason, Refused, VenueOrder
from .venue import Venue

Later = Callable[[float, Callable[[], object]], object]
"""Let something happen so many seconds from now; the faces have the timers."""

HALF = Decimal("0.5")

REFUSED_BY_FAULT = "refused by an injected fault"

_ACTS: dict[str, Callable[[Venue, str, PositionSide | None], object]] = {
    FaultKind.GAP: gap,
    FaultKind.STOP_OUT: stop_out,
    FaultKind.LIQUIDATE: Venue.liquidate,
    FaultKind.ADL: lambda venue, symbol, side: venue.adl(symbol, side=side),
    FaultKind.FOREIGN_SCALE_IN: scale_in,
    FaultKind.FOREIGN_CLOSE: close,
    FaultKind.FOREIGN_REVERSE: reverse,
    FaultKind.ALTER_STOP: alter_stop,
    FaultKind.CLEAR_STOP: clear_stop,
}


def placed(venue: Venue, request: PlaceRequest, fault: Fault | None, later: Later) -> VenueOrder:
    """Place an order the way the fault has it fill, and set off what follows. Raises ``Refused``."""
    order = _place(venue, request, fault, later)
    afterwards(venue, request.symbol, fault, later, request.position_side)
    return order


def afterwards(
    venue: Venue, symbol: str, fault: Fault | None, later: Later, side: PositionSide | None = None
) -> None:
    """What the fault lets happen to that slot once the call was carried out: at once, or after its seconds."""
    act = _ACTS.get(fault.kind) if fault else None
    if act is not None and fault is not None:
        _soon(fault, later, lambda: act(venue, symbol, side))


def refusal_of(fault: Fault) -> Refused | None:
    """The engine's own refusal that the fault's code names; None where it names none of the engine's."""
    if fault.kind == FaultKind.RATE_LIMIT:
        return Refused(RefusalReason.RATE_LIMITED, REFUSED_BY_FAULT)
    with suppress(ValueError):
        return Refused(RefusalReason(fault.code or ""), REFUSED_BY_FAULT)
    return None


def _place(venue: Venue, request: PlaceRequest, fault: Fault | None, later: Later) -> VenueOrder:
    match fault.kind if fault else None:
        case FaultKind.NEVER_FILL:
            return venue.place(request, fill=False)
        case FaultKind.PARTIAL_FILL:
            return venue.place(request, fraction=HALF)
        case FaultKind.PARTIAL_THEN_MORE:
            order = venue.place(request, fraction=HALF, rests=True)
            if fault is not None and order.live:
                _soon(fault, later, lambda: venue.grow(order.symbol, order.order_id))
            return order
        case FaultKind.DROP_ATTACHED:
            return venue.place(replace(request, stop_loss=None, stop_loss_by=None, attached_id=None))
        case _:
            return venue.place(request)


def _soon(fault: Fault, later: Later, act: Callable[[], object]) -> None:
    def happens() -> None:
        with suppress(Refused):  # what it would have acted on is gone meanwhile
            act()

    if fault.seconds:
        later(fault.seconds, happens)
    else:
        happens()
