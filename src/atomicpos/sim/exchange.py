"""The in-process face of the venue: the ports, with a round trip and the faults between caller and engine.

A request that has left belongs to the exchange, not to its caller: it goes on to the engine even when the caller's
task is cancelled or its process "dies", exactly as a packet would.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from atomicpos.frozen import replace
from atomicpos.models import MICROSECONDS, Instrument, PositionSide
from atomicpos.ports import (
    CancelOrder,
    Clock,
    KeyFacts,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
    always,
)
from atomicpos.profile import Profile, Protection

from .fault_words import FaultKind
from .faults import Fault
from .journey import REFUSING, Journey
from .listings import SimListings
from .mishaps import afterwards, placed
from .orders import RefusalReason, Refused, VenueOrder
from .reads import SimReads
from .receive_window import taken
from .stream import SimStream
from .translation import call_of, place_request, refused, refused_by_fault, resolve
from .venue import Venue
from .views import instrument, order_view

T = TypeVar("T")

SIM_PROFILE = Profile(
    name="sim",
    visibility_s_max=30.0,
    recv_window_s=5.0,
    clock_skew_s_max=1.0,
    protection=Protection.ATTACHED,
    final_rows_are_whole=True,
    duplicate_ids_refused=True,
    targets=True,
)
"""The engine's own facts; lag is a fault here, and stays inside these bounds unless a test wants otherwise."""


class SimExchange:
    """One account on the venue behind ``ports.Exchange``. ``round_trip_s`` is spent half on each way.

    With ``replies_show_fill`` an acknowledgement carries the order as it filled, as Binance's replies do. The caller
    stamps its requests by ``caller_clock``, which may differ from the venue's. ``pause`` is awaited between a permit's
    answer and the request's departure: there a process may sleep, or die. With ``streams`` it also tells by itself.
    """

    def __init__(
        self,
        venue: Venue,
        clock: Clock,
        *,
        round_trip_s: float = 0.15,
        profile: Profile | None = None,
        replies_show_fill: bool = False,
        caller_clock: Clock | None = None,
        pause: Callable[[], Awaitable[None]] | None = None,
        streams: bool = False,
    ) -> None:
        self.name = "sim"
        self.environment = "sim"
        self.account_id: str | None = None
        self.key = KeyFacts(may_trade=True)
        self.profile = profile or SIM_PROFILE
        self.venue = venue
        self.requests: list[tuple[int, str, str]] = []
        """Every request that left: when (microseconds), which call, which symbol."""
        self.reads = SimReads(venue, clock, round_trip_s, self.requests)
        self.urgent_reads = self.reads
        self.account = SimListings(venue, clock, round_trip_s, self.requests)
        self.stream = SimStream(venue, caller_clock or clock, round_trip_s) if streams else None
        self.pause = pause
        self._side: PositionSide | None = None
        self._round_trip_s = round_trip_s
        self._clock = clock
        self._caller = caller_clock or clock
        self._half_s = round_trip_s / 2
        self._replies_show_fill = replies_show_fill
        self.underway: set[asyncio.Task[Any]] = set()
        """Requests that have left, and what they set off: they belong to the network, and outlive their sender."""

    def hedged(self, side: PositionSide) -> SimExchange:
        """The same account through one side of hedge mode; requests and what they set off are noted together."""
        bound = copy.copy(self)
        bound._bind(side)
        return bound

    def _bind(self, side: PositionSide) -> None:
        self._side = side
        self.reads = SimReads(self.venue, self._clock, self._round_trip_s, self.requests, side)
        self.urgent_reads = self.reads

    async def open(self) -> None:
        """Nothing to load: the venue is here."""

    async def close(self) -> None:
        """Nothing to release; requests that have left go on to the engine."""

    async def instrument(self, symbol: str) -> Instrument:
        """The perpetual of that raw id or unified symbol. Raises InvalidRequest naming what it found instead."""
        return instrument(resolve(symbol, self.venue))

    async def server_time_us(self) -> int:
        """The venue's clock, told without a round trip: what a late or lost answer does is tried over the wire."""
        return self.venue.now_us()

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        """Send it, if the permit allows. Never raises, cancellation apart; once it left, nothing takes it back."""
        asked_at_us = self._caller.now_us()
        outcome = await self._permitted(request, permit, asked_at_us)
        return replace(outcome, asked_at_us=asked_at_us, answered_at_us=self._caller.now_us())

    async def _permitted(self, request: Write, permit: Permit, stamped_us: int) -> Outcome:
        """The permit hears the timestamp that travels with the request, and nothing is between the two but a pause."""
        if (why := _forbidden(permit, stamped_us)) is not None:
            return Outcome(OutcomeKind.NOT_SENT, why)
        if self.pause is not None:
            await self.pause()
        call = call_of(request)
        self.requests.append((self._clock.now_us(), call.value, request.symbol))
        journey = Journey(self.venue.faults.strike(call, request.symbol), self._half_s)
        return await asyncio.shield(self._launch(self._travel(request, stamped_us, journey)))

    def _launch(self, trip: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(trip)
        self.underway.add(task)
        task.add_done_callback(self.underway.discard)
        return task

    async def _travel(self, request: Write, stamped_us: int, journey: Journey) -> Outcome:
        await self._clock.sleep(self._half_s)
        outcome = Outcome(OutcomeKind.UNKNOWN)
        if journey.arrives:
            outcome = self._arrive(request, stamped_us, journey.fault)
        late_s = journey.arrives_late_s
        if late_s is not None:
            self._later(late_s, lambda: self._arrive(request, stamped_us, None))
        await self._clock.sleep(journey.way_back_s)
        return journey.heard(outcome)

    def _arrive(self, request: Write, stamped_us: int, fault: Fault | None) -> Outcome:
        if not taken(stamped_us, self.venue.now_us(), round(self.profile.recv_window_s * MICROSECONDS)):
            return refused(Refused(RefusalReason.TIMESTAMP, "the timestamp is outside the receive window"))
        if fault is not None and fault.kind in REFUSING:
            return refused_by_fault(request, fault)
        try:
            order = self._carry_out(request, fault)
            if fault is not None and fault.kind == FaultKind.DUPLICATE:
                order = self._carry_out(request, None)
        except Refused as refusal:
            return refused(refusal)
        return self._acknowledged(order)

    def _acknowledged(self, order: VenueOrder | None) -> Outcome:
        if order is None:
            return Outcome(OutcomeKind.ACKNOWLEDGED)
        shown = order_view(order) if self._replies_show_fill else None
        return Outcome(OutcomeKind.ACKNOWLEDGED, exchange_order_id=order.order_id, order=shown)

    def _carry_out(self, request: Write, fault: Fault | None) -> VenueOrder | None:
        match request:
            case PlaceOrder():
                apart = self.profile.protection is Protection.ATTACHED_UNNAMED
                return placed(self.venue, place_request(request, self._side, apart=apart), fault, self._later)
            case CancelOrder(client_order_id=""):
                return self.venue.cancel(request.symbol, order_id=request.exchange_order_id)
            case CancelOrder():
                return self.venue.cancel(request.symbol, client_order_id=request.client_order_id)
            case SetPositionStop():
                self.venue.set_position_stop(request.symbol, request.trigger_price, request.trigger_by, self._side)
                afterwards(self.venue, request.symbol, fault, self._later, self._side)
            case SetLeverage():
                self.venue.set_leverage(request.symbol, request.leverage, self._side)
            case SetMarginMode():
                self.venue.set_margin_mode(request.margin_mode)
        return None

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        async def happen() -> None:
            await self._clock.sleep(seconds)
            act()

        self._launch(happen())


def _forbidden(permit: Permit, stamped_us: int) -> str | None:
    """Why it may not leave; an error in the asking is no permission."""
    try:
        return permit(stamped_us)
    except Exception as error:
        return f"the permit could not be asked: {error}"
