"""What the ports ask, in the engine's words, and what the engine refuses, in the ports'."""

from __future__ import annotations

from atomicpos.errors import InvalidRequest
from atomicpos.models import Leg, PositionSide, Refusal
from atomicpos.ports import (
    CancelOrder,
    Outcome,
    OutcomeKind,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
)

from .fault_words import Call
from .faults import Fault
from .markets import SPOT_TWINS, Market, listed
from .mishaps import REFUSED_BY_FAULT, refusal_of
from .orders import PlaceRequest, RefusalReason, Refused
from .venue import Venue

_REFUSALS = {
    RefusalReason.NO_POSITION: Refusal.NO_POSITION,
    RefusalReason.WOULD_TRIGGER: Refusal.WOULD_TRIGGER,
    RefusalReason.UNKNOWN_ORDER: Refusal.UNKNOWN_ORDER,
    RefusalReason.DUPLICATE_ID: Refusal.DUPLICATE_ID,
    RefusalReason.QUANTITY: Refusal.QUANTITY,
    RefusalReason.PRICE: Refusal.PRECISION,
    RefusalReason.PRICE_BAND: Refusal.PRICE_BAND,
    RefusalReason.TOO_MANY_STOPS: Refusal.TOO_MANY_STOPS,
    RefusalReason.RATE_LIMITED: Refusal.RATE_LIMITED,
    RefusalReason.FUNDS: Refusal.FUNDS,
}
"""The reasons on which a next step depends; every other one is ``OTHER``."""

_ALREADY_SO = (
    RefusalReason.LEVERAGE_UNCHANGED, RefusalReason.MARGIN_MODE_UNCHANGED, RefusalReason.STOP_UNCHANGED
)

_CALLS = {
    CancelOrder: Call.CANCEL,
    SetLeverage: Call.SET_LEVERAGE,
    SetMarginMode: Call.SET_MARGIN_MODE,
    SetPositionStop: Call.SET_STOP,
}


def call_of(request: Write) -> Call:
    """What kind of call that write is."""
    if not isinstance(request, PlaceOrder):
        return _CALLS[type(request)]
    if request.trigger_price is not None:
        return Call.PLACE_TARGET if request.leg is Leg.TARGET else Call.PLACE_STOP
    return Call.PLACE_CLOSE if request.reduce_only else Call.PLACE_ENTRY


def place_request(request: PlaceOrder, side: PositionSide | None = None, *, apart: bool = False) -> PlaceRequest:
    """The order in the engine's words, about that side of hedge mode; ``apart``: an attached stop that has no id is an
    order of its own all the same."""
    attached = request.attached_stop
    return PlaceRequest(
        symbol=request.symbol,
        client_order_id=request.client_order_id,
        order_side=request.order_side,
        quantity=request.quantity,
        reduce_only=request.reduce_only,
        trigger_price=request.trigger_price,
        trigger_by=request.trigger_by,
        limit_price=request.limit_price,
        stop_loss=attached.trigger_price if attached else None,
        stop_loss_by=attached.trigger_by if attached else None,
        attached_id=attached.client_order_id if attached else None,
        attached_apart=apart and attached is not None,
        position_side=side,
        target=request.leg is Leg.TARGET,
    )


def refused(refusal: Refused) -> Outcome:
    """The outcome of a refusal; that it is so already counts as acknowledged."""
    if refusal.reason in _ALREADY_SO:
        return Outcome(OutcomeKind.ACKNOWLEDGED, refusal.message)
    named = _REFUSALS.get(refusal.reason, Refusal.OTHER)
    # a duplicate id says that an order with this id exists: for the request that is no refusal but a riddle
    kind = OutcomeKind.UNKNOWN if named is Refusal.DUPLICATE_ID else OutcomeKind.REFUSED
    return Outcome(kind, refusal.message, named, code=refusal.reason.value)


def refused_by_fault(request: Write, fault: Fault) -> Outcome:
    """The outcome of an injected refusal: by the fault's code, else an entry for funds and anything else unnamed."""
    refusal = refusal_of(fault)
    if refusal is not None:
        return refused(refusal)
    unnamed = fault.code is None and call_of(request) is Call.PLACE_ENTRY
    named = Refusal.FUNDS if unnamed else Refusal.OTHER
    return Outcome(OutcomeKind.REFUSED, REFUSED_BY_FAULT, named, code=fault.code or "injected")


def resolve(symbol: str, venue: Venue) -> Market:
    """The perpetual of that raw id or unified symbol. Raises InvalidRequest naming what it found instead."""
    wanted = str(symbol).strip().upper()
    if venue.trades(wanted):
        return venue.market(wanted)
    twin = next((market for market in SPOT_TWINS if market.symbol == wanted), None)
    if twin is not None:
        raise InvalidRequest(f"{symbol!r} is a spot market; its perpetual is {twin.symbol}:{twin.quote}")
    raise InvalidRequest(f"{symbol!r} is no market here; the perpetuals are {listed(venue.symbols())}")
