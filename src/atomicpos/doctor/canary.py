"""The stop canary: a stop far from the price, put up, read back and taken away again, to see that stops work at all.

It is reduce-only, sells the least quantity far below the price, and is tried on an empty slot only: it can neither open
nor enlarge anything, so no row is written before it leaves. Nobody has to remember it either: its id tells that it is a
canary of this installation, so one that a killed process left behind is found in the list of living orders.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from ..evidence import OrderView
from ..ids import canary_id, is_canary
from ..models import MICROSECONDS, Instrument, Leg, OrderSide, OrderStatus, Refusal, TriggerBy
from ..policies import PLUG_IN, Pace
from ..ports import AccountOrder, CancelOrder, Clock, Exchange, Outcome, OutcomeKind, PlaceOrder, ReadFailed
from ..request import plain
from .findings import Finding, Verdict
from .symbol_checks import smallest_entry

STOP_CANARY = "stop canary"
FAR = Decimal("0.7")
"""The trigger as a share of the mark price: no market moves so far while the canary lives."""
STRAY_US = 60 * MICROSECONDS
"""A canary that is older than this belongs to nobody who is still at it."""


@dataclass(frozen=True, slots=True)
class CanaryBounds:
    """How long to look, in microseconds."""

    visibility_us: int
    """How late a read may lag: so long it may be unseen although it is there."""
    horizon_us: int
    """How long after it was sent it may still appear for the first time."""


class StopCanary:
    """Tries a stop on one account; ``installation`` is that of the database whose orders are ours."""

    def __init__(
        self, exchange: Exchange, clock: Clock, installation: str, bounds: CanaryBounds,
        trigger_by: TriggerBy = TriggerBy.MARK,
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._installation = installation
        self._bounds = bounds
        self._trigger_by = trigger_by
        self._trying: set[asyncio.Task[Finding]] = set()

    async def try_stop(self, instrument: Instrument, mark: Decimal) -> Finding:
        """Put it up, read it back, take it away. Whoever waits may go away: it is taken away all the same."""
        trying = asyncio.ensure_future(self._tried(instrument, mark))
        self._trying.add(trying)
        trying.add_done_callback(self._trying.discard)
        return await asyncio.shield(trying)

    async def rest(self, seconds: float) -> None:
        """Let those under way be taken away, within so many seconds; what stays is found by the next ``clear``."""
        if self._trying:
            await asyncio.wait(self._trying, timeout=seconds)

    async def clear(self) -> tuple[Finding, ...]:
        """Take away what earlier tries left behind, and say so; nothing when nothing is left."""
        try:
            listed = await self._exchange.account.open_orders()
        except ReadFailed as failure:
            text = f"the living orders could not be listed to look for canaries left behind: {failure}"
            return (Finding(STOP_CANARY, Verdict.WARNING, text),)
        return tuple([await self._cleared(order) for order in listed if self._stray(order)])

    def _stray(self, order: AccountOrder) -> bool:
        born_us = order.view.created_at_us
        old = born_us is None or self._clock.now_us() - born_us > STRAY_US
        return old and is_canary(order.view.client_order_id, self._installation)

    async def _cleared(self, order: AccountOrder) -> Finding:
        own_id, now_us = order.view.client_order_id or "", self._clock.now_us()
        dead = await self._taken_away(_Put(order.symbol, own_id, order.view.exchange_order_id, now_us))
        text = f"{own_id}, left behind by an earlier try, was cancelled" if dead else _remains(own_id)
        return Finding(STOP_CANARY, Verdict.WARNING if dead else Verdict.REFUSE, text, order.symbol)

    async def _tried(self, instrument: Instrument, mark: Decimal) -> Finding:
        began_us = self._clock.now_us()
        request = self._request(instrument, mark, began_us)
        outcome = await self._exchange.write(request)
        verdict, text = _unsent(outcome) or await self._looked_at(request, outcome)
        seconds = (self._clock.now_us() - began_us) / MICROSECONDS
        return Finding(STOP_CANARY, verdict, text, instrument.symbol, seconds)

    def _request(self, instrument: Instrument, mark: Decimal, now_us: int) -> PlaceOrder:
        ticks = (mark * FAR / instrument.tick).to_integral_value(ROUND_FLOOR)
        return PlaceOrder(
            instrument.symbol, Leg.STOP, canary_id(self._installation, instrument.symbol, now_us), OrderSide.SELL,
            smallest_entry(instrument, mark), reduce_only=True, trigger_price=max(ticks, Decimal(1)) * instrument.tick,
            trigger_by=self._trigger_by,
        )

    async def _looked_at(self, request: PlaceOrder, outcome: Outcome) -> tuple[Verdict, str]:
        """It may be there: read it back, and take it away whatever was read."""
        put = _Put(request.symbol, request.client_order_id, outcome.exchange_order_id, self._clock.now_us())
        shown = await self._read_back(put)
        if not await self._taken_away(put):
            return Verdict.REFUSE, _remains(put.own_id)
        if shown is None:
            return Verdict.REFUSE, f"the stop could not be read back: {outcome.why or outcome.kind.value}"
        wrong = _wrong(shown, request)
        if wrong:
            return Verdict.REFUSE, f"the stop was read back with {wrong}"
        at = plain(request.trigger_price)
        return Verdict.OK, f"a stop at {at} was put up, read back and cancelled"

    async def _read_back(self, put: _Put) -> OrderView | None:
        pace, until_us = Pace(PLUG_IN, random.Random(put.own_id)), put.sent_at_us + self._bounds.visibility_us
        while (view := await self._read(put)) is None and self._clock.now_us() < until_us:
            await self._clock.sleep(pace.next_s())
        return view

    async def _taken_away(self, put: _Put) -> bool:
        """Cancel until it is read as dead, or until it would have appeared if it had ever been accepted."""
        pace = Pace(PLUG_IN, random.Random(put.own_id))
        horizon_us = put.sent_at_us + self._bounds.horizon_us
        while True:
            asked_at_us = self._clock.now_us()
            await self._exchange.write(CancelOrder(put.symbol, put.own_id, put.exchange_order_id, conditional=True))
            view = await self._read(put)
            if view is not None and view.status.final:
                return True
            if asked_at_us > horizon_us:
                return view is None and put.exchange_order_id is None and await self._absent(put)
            await self._clock.sleep(pace.next_s())

    async def _read(self, put: _Put) -> OrderView | None:
        try:
            reading = await self._exchange.urgent_reads.orders(put.symbol, (put.own_id,))
        except ReadFailed:
            return None
        known = [view for view in reading.orders if view.status is not OrderStatus.UNKNOWN]
        return known[0] if known else None

    async def _absent(self, put: _Put) -> bool:
        try:
            reading = await self._exchange.urgent_reads.orders(put.symbol, (put.own_id,))
        except ReadFailed:
            return False
        return put.own_id in reading.absent_ids


@dataclass(frozen=True, slots=True)
class _Put:
    """A canary that was sent."""

    symbol: str
    own_id: str
    exchange_order_id: str | None
    sent_at_us: int


def _unsent(outcome: Outcome) -> tuple[Verdict, str] | None:
    """What is to be said of one that certainly was not put up; None when it may be there."""
    if outcome.refusal is Refusal.NO_POSITION:
        return Verdict.WARNING, (
            "cannot be tried without a position: the exchange understood the stop, and takes it only where there is "
            "something to reduce"
        )
    if outcome.kind in (OutcomeKind.REFUSED, OutcomeKind.NOT_SENT):
        said = f"{outcome.why}{f' ({outcome.code})' if outcome.code else ''}"
        return Verdict.REFUSE, f"the exchange takes no stop: {said}"
    return None


def _wrong(view: OrderView, request: PlaceOrder) -> str:
    """What of it is not as it was asked for; what the exchange does not show is not held against it."""
    asked = {
        "side": (view.order_side, request.order_side),
        "quantity": (view.quantity, request.quantity),
        "reduce-only": (view.reduce_only, True),
        "trigger": (view.trigger_price, request.trigger_price),
        "trigger type": (view.trigger_by, request.trigger_by),
    }
    return ", ".join(
        f"{name} {shown} instead of {wanted}"
        for name, (shown, wanted) in asked.items() if shown is not None and shown != wanted
    )


def _remains(own_id: str) -> str:
    return f"the canary {own_id} could not be shown to be gone; cancel it, or run this again: it only reduces"
