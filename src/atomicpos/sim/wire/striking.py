"""What a fault does to one write, in any dialect: lost either way, answered by a proxy, refused, left unfilled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from atomicpos.sim.faults import Call, Fault, FaultKind
from atomicpos.sim.orders import PlaceRequest, Refused, VenueOrder
from atomicpos.sim.venue import Venue

from .interruptions import Cut, Page

LOST_REPLY_S = 15.0
"""How long a lost reply hangs when the fault names no time: longer than ccxt's own timeout of ten seconds."""

BAD_GATEWAY = (502, "Bad Gateway")

T = TypeVar("T")


class InjectedRefusal(Exception):
    """The exchange refuses this write, by a fault; the dialect chooses the code."""


def placing(request: PlaceRequest) -> Call:
    """Which call placing this order is: an entry, a stop or a close."""
    if request.trigger_price is not None:
        return Call.PLACE_STOP
    return Call.PLACE_CLOSE if request.reduce_only else Call.PLACE_ENTRY


def place(venue: Venue, request: PlaceRequest) -> VenueOrder:
    """Place an order under whatever fault strikes it. Raises Refused, InjectedRefusal, Cut or Page."""
    fault = venue.faults.strike(placing(request), request.symbol)

    def execute() -> VenueOrder:
        order = venue.place(request, fill=fault is None or fault.kind != FaultKind.NEVER_FILL)
        if fault is not None and fault.kind == FaultKind.LIQUIDATE:
            _liquidate(venue, request.symbol, fault)
        return order

    return _struck(fault, execute)


def write(venue: Venue, call: Call, symbol: str, execute: Callable[[], T]) -> T:
    """Carry out any other write under whatever fault strikes it. Raises as ``place`` does."""
    return _struck(venue.faults.strike(call, symbol), execute)


def _struck(fault: Fault | None, execute: Callable[[], T]) -> T:
    match fault.kind if fault else None:
        case FaultKind.LOSE_REQUEST:
            raise Cut
        case FaultKind.HTTP_502_NOT_EXECUTED:
            raise Page(*BAD_GATEWAY)
        case FaultKind.REFUSE:
            raise InjectedRefusal
        case FaultKind.LOSE_REPLY:
            _whatever_comes(execute)
            raise Cut(LOST_REPLY_S if fault is None or fault.seconds is None else fault.seconds)
        case FaultKind.HTTP_502_EXECUTED:
            _whatever_comes(execute)
            raise Page(*BAD_GATEWAY)
        case _:
            return execute()


def _whatever_comes(execute: Callable[[], object]) -> None:
    """Carry it out for nobody to hear: a refusal is lost as well as an acknowledgement."""
    try:
        execute()
    except Refused:
        return


def _liquidate(venue: Venue, symbol: str, fault: Fault) -> None:
    if not fault.seconds:
        venue.liquidate(symbol)
        return
    asyncio.get_running_loop().call_later(fault.seconds, venue.liquidate, symbol)
