"""The in-process face of the venue: the ports, with a round trip and the faults between caller and engine.

A request that has left belongs to the exchange, not to its caller: it goes on to the engine even when the caller's
task is cancelled or its process "dies", exactly as a packet would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument, Refusal
from atomicpos.ports import CancelOrder, Clock, Outcome, OutcomeKind, PlaceOrder, SetLeverage
from atomicpos.profile import Profile, Protection

from .fault_kinds import Call, FaultKind
from .faults import Fault
from .markets import MARKETS, SPOT_TWINS, Market
from .orders import PlaceRequest, RefusalReason, Refused, VenueOrder
from .reads import SimReads
from .venue import Venue

T = TypeVar("T")

Write = PlaceOrder | CancelOrder | SetLeverage

CLIENT_TIMEOUT_S = 10.0
"""How long a client waits for a reply that never comes."""

SIM_PROFILE = Profile(
    name="sim",
    visibility_s_max=30.0,
    recv_window_s=5.0,
    clock_skew_s_max=1.0,
    protection=Protection.ON_ACKNOWLEDGEMENT,
    final_rows_are_whole=True,
    duplicate_ids_refused=True,
)
"""The engine's own facts; lag is a fault here, and stays inside these bounds unless a test wants otherwise."""

_REFUSALS = {
    RefusalReason.NO_POSITION: Refusal.NO_POSITION,
    RefusalReason.WOULD_TRIGGER: Refusal.WOULD_TRIGGER,
    RefusalReason.UNKNOWN_ORDER: Refusal.UNKNOWN_ORDER,
    RefusalReason.DUPLICATE_ID: Refusal.DUPLICATE_ID,
}

_LOST = {
    FaultKind.LOSE_REQUEST: "the connection dropped before a reply",
    FaultKind.LOSE_REPLY: "no reply in time",
    FaultKind.HTTP_502_EXECUTED: "HTTP 502 with an HTML page",
    FaultKind.HTTP_502_NOT_EXECUTED: "HTTP 502 with an HTML page",
}
"""Faults after which a caller cannot know, and what it is told."""

_NEVER_ARRIVES = (FaultKind.LOSE_REQUEST, FaultKind.HTTP_502_NOT_EXECUTED)


class SimExchange:
    """One account on the venue behind ``ports.Exchange``. ``round_trip_s`` is spent half on each way."""

    def __init__(
        self, venue: Venue, clock: Clock, *, round_trip_s: float = 0.15, profile: Profile | None = None
    ) -> None:
        self.name = "sim"
        self.environment = "sim"
        self.profile = profile or SIM_PROFILE
        self.venue = venue
        self.requests: list[tuple[int, str, str]] = []
        """Every request that left: when (microseconds), which call, which symbol."""
        self.reads = SimReads(venue, clock, round_trip_s, self.requests)
        self.urgent_reads = self.reads
        self._clock = clock
        self._half_s = round_trip_s / 2
        self.underway: set[asyncio.Task[Any]] = set()
        """Requests that have left: they belong to the network, and outlive their sender."""

    async def open(self) -> None:
        """Nothing to load: the venue is here."""

    async def close(self) -> None:
        """Nothing to release; requests that have left go on to the engine."""

    async def instrument(self, symbol: str) -> Instrument:
        """The perpetual of that raw id or unified symbol. Raises InvalidRequest naming what it found instead."""
        return _instrument(_resolve(symbol))

    async def write(self, request: Write) -> Outcome:
        """Send it. Never raises, cancellation apart, and a cancelled caller takes nothing back."""
        call = _call(request)
        asked_at_us = self._clock.now_us()
        self.requests.append((asked_at_us, call.value, request.symbol))
        fault = self.venue.faults.strike(call, request.symbol)
        outcome = await asyncio.shield(self._launch(self._travel(request, fault)))
        return replace(outcome, asked_at_us=asked_at_us, answered_at_us=self._clock.now_us())

    def _launch(self, journey: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(journey)
        self.underway.add(task)
        task.add_done_callback(self.underway.discard)
        return task

    async def _travel(self, request: Write, fault: Fault | None) -> Outcome:
        kind = FaultKind(fault.kind) if fault else None
        await self._clock.sleep(self._half_s)
        outcome = Outcome(OutcomeKind.UNKNOWN)
        if kind not in _NEVER_ARRIVES:
            outcome = self._arrive(request, fault)
        lost = fault is not None and kind is FaultKind.LOSE_REPLY
        await self._clock.sleep(_hang_s(fault) if fault and lost else self._half_s)
        return Outcome(OutcomeKind.UNKNOWN, _LOST[kind]) if kind in _LOST else outcome

    def _arrive(self, request: Write, fault: Fault | None) -> Outcome:
        if fault is not None and fault.kind == FaultKind.REFUSE:
            return _refused_by_fault(request)
        try:
            order = self._carry_out(request, fault)
        except Refused as refused:
            return _refused(refused)
        return Outcome(OutcomeKind.ACKNOWLEDGED, exchange_order_id=order.order_id if order else None)

    def _carry_out(self, request: Write, fault: Fault | None) -> VenueOrder | None:
        if isinstance(request, CancelOrder):
            return self.venue.cancel(request.symbol, client_order_id=request.client_order_id)
        if isinstance(request, SetLeverage):
            self.venue.set_leverage(request.symbol, request.leverage)
            return None
        order = self.venue.place(_place(request), fill=fault is None or fault.kind != FaultKind.NEVER_FILL)
        if fault is not None and fault.kind == FaultKind.LIQUIDATE:
            self._liquidate_later(request.symbol, fault)
        return order

    def _liquidate_later(self, symbol: str, fault: Fault) -> None:
        if not fault.seconds:
            self.venue.liquidate(symbol)
            return
        self._launch(_after(self._clock, fault.seconds, lambda: self.venue.liquidate(symbol)))


async def _after(clock: Clock, seconds: float, act: Callable[[], object]) -> None:
    await clock.sleep(seconds)
    act()


def _hang_s(fault: Fault) -> float:
    return CLIENT_TIMEOUT_S if fault.seconds is None else fault.seconds


def _call(request: Write) -> Call:
    if isinstance(request, CancelOrder):
        return Call.CANCEL
    if isinstance(request, SetLeverage):
        return Call.SET_LEVERAGE
    if request.trigger_price is not None:
        return Call.PLACE_STOP
    return Call.PLACE_CLOSE if request.reduce_only else Call.PLACE_ENTRY


def _place(request: PlaceOrder) -> PlaceRequest:
    return PlaceRequest(
        symbol=request.symbol,
        client_order_id=request.client_order_id,
        order_side=request.order_side,
        quantity=request.quantity,
        reduce_only=request.reduce_only,
        trigger_price=request.trigger_price,
        trigger_by=request.trigger_by,
    )


def _refused(refused: Refused) -> Outcome:
    if refused.reason is RefusalReason.LEVERAGE_UNCHANGED:
        return Outcome(OutcomeKind.ACKNOWLEDGED, refused.message)
    refusal = _REFUSALS.get(refused.reason, Refusal.OTHER)
    # a duplicate id says that an order with this id exists: for the request that is no refusal but a riddle
    kind = OutcomeKind.UNKNOWN if refusal is Refusal.DUPLICATE_ID else OutcomeKind.REFUSED
    return Outcome(kind, refused.message, refusal, code=refused.reason.value)


def _refused_by_fault(request: Write) -> Outcome:
    refusal = Refusal.FUNDS if _call(request) is Call.PLACE_ENTRY else Refusal.OTHER
    return Outcome(OutcomeKind.REFUSED, "refused by an injected fault", refusal, code="injected")


def _resolve(symbol: str) -> Market:
    wanted = str(symbol).strip().upper()
    for market in MARKETS:
        if wanted in (market.symbol, market.market_id):
            return market
    for market in SPOT_TWINS:
        if wanted == market.symbol:
            raise InvalidRequest(f"{symbol!r} is a spot market; its perpetual is {market.symbol}:{market.quote}")
    raise InvalidRequest(f"{symbol!r} is no market here; the perpetuals are {', '.join(m.symbol for m in MARKETS)}")


def _instrument(market: Market) -> Instrument:
    return Instrument(
        symbol=market.symbol,
        market_id=market.market_id,
        tick=market.tick,
        step=market.step,
        min_quantity=market.min_quantity,
        max_quantity=market.max_quantity,
        min_notional=market.min_notional,
        max_leverage=market.max_leverage,
    )


