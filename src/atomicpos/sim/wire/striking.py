"""What a fault does to one write, in any dialect: lost either way, late, doubled, answered by a proxy, refused.

How an order fills under a fault and what happens afterwards is the engine's business, the same in process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from atomicpos.models import PositionSide
from atomicpos.sim.faults import Call, Fault, FaultKind
from atomicpos.sim.journey import LATE_S
from atomicpos.sim.mishaps import afterwards, placed, refusal_of
from atomicpos.sim.orders import PlaceRequest, Refused, VenueOrder
from atomicpos.sim.venue import Venue

from .delivery import Delivery
from .interruptions import Cut, Page

LOST_REPLY_S = 15.0
"""How long a lost reply hangs when the fault names no time: longer than ccxt's own timeout of ten seconds."""

_PAGES = {
    FaultKind.HTTP_502_EXECUTED: (502, "Bad Gateway"),
    FaultKind.HTTP_502_NOT_EXECUTED: (502, "Bad Gateway"),
    FaultKind.HTML_200_EXECUTED: (200, "OK"),
    FaultKind.HTML_200_NOT_EXECUTED: (200, "OK"),
}

T = TypeVar("T")


class InjectedRefusal(Exception):
    """The exchange refuses this write, by a fault; ``code`` is the exchange's own, or none and the dialect chooses."""

    def __init__(self, call: Call, code: str | None) -> None:
        super().__init__(call, code)
        self.call = call
        self.code = code


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """Carries a write out, and refuses in the dialect's own words what the engine or a fault refuses."""

    injected: Callable[[InjectedRefusal], Exception]
    """What a refusal by a fault is called there."""

    def __call__(self, execute: Callable[[], T], translated: Callable[[Refused], Exception]) -> T:
        try:
            return execute()
        except InjectedRefusal as refusal:
            raise self.injected(refusal) from None
        except Refused as refused:
            raise translated(refused) from None


def placing(request: PlaceRequest) -> Call:
    """Which call placing this order is: an entry, a stop, a target or a close."""
    if request.trigger_price is not None:
        return Call.PLACE_TARGET if request.target else Call.PLACE_STOP
    return Call.PLACE_CLOSE if request.only_reduces else Call.PLACE_ENTRY


def place(venue: Venue, request: PlaceRequest, way: Delivery) -> VenueOrder:
    """Place an order under whatever fault strikes it. Raises Refused, InjectedRefusal, Cut or Page."""
    call = placing(request)
    fault = venue.faults.strike(call, request.symbol)
    return _struck(fault, call, way, lambda: placed(venue, request, fault, way.later))


def write(
    venue: Venue, call: Call, symbol: str, execute: Callable[[], T], way: Delivery, side: PositionSide | None = None
) -> T:
    """Carry out any other write under whatever fault strikes it, about that side in hedge mode. Raises as ``place``."""
    fault = venue.faults.strike(call, symbol)

    def executed() -> T:
        result = execute()
        afterwards(venue, symbol, fault, way.later, side)
        return result

    return _struck(fault, call, way, executed)


def write_for_all(venue: Venue, call: Call, execute: Callable[[], T], way: Delivery) -> T:
    """Carry out a write that is about no symbol: a fault set for any of them strikes it."""
    struck = [venue.faults.strike(call, symbol) for symbol in venue.symbols()]
    return _struck(next((fault for fault in struck if fault), None), call, way, execute)


def _struck(fault: Fault | None, call: Call, way: Delivery, execute: Callable[[], T]) -> T:
    if fault is None:
        return execute()
    match FaultKind(fault.kind):
        case FaultKind.LOSE_REQUEST:
            raise Cut
        case FaultKind.LATE_REQUEST:
            way.later(_seconds(fault, LATE_S), lambda: _unheard(execute) if way.fresh() else None)
            raise Cut
        case FaultKind.LOSE_REPLY:
            _unheard(execute)
            raise Cut(_seconds(fault, LOST_REPLY_S))
        case FaultKind.HTTP_502_NOT_EXECUTED | FaultKind.HTML_200_NOT_EXECUTED as kind:
            raise Page(*_PAGES[kind])
        case FaultKind.HTTP_502_EXECUTED | FaultKind.HTML_200_EXECUTED as kind:
            _unheard(execute)
            raise Page(*_PAGES[kind])
        case FaultKind.REFUSE | FaultKind.RATE_LIMIT:
            raise refusal_of(fault) or InjectedRefusal(call, fault.code)
    return _answered(fault, way, execute)


def _answered(fault: Fault, way: Delivery, execute: Callable[[], T]) -> T:
    """Carried out, and heard of: late, twice, or by half."""
    match FaultKind(fault.kind):
        case FaultKind.LATE_REPLY:
            way.hold_s = _seconds(fault, LATE_S)
        case FaultKind.CUT_BODY:
            way.cut, way.drop_s = True, fault.seconds
        case FaultKind.DUPLICATE:
            _unheard(execute)
    return execute()


def _seconds(fault: Fault, default: float) -> float:
    return default if fault.seconds is None else fault.seconds


def _unheard(execute: Callable[[], object]) -> None:
    """Carry it out for nobody to hear: a refusal is lost as well as an acknowledgement."""
    try:
        execute()
    except Refused:
        return
