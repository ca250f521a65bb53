"""The algorithm that this library replaces, kept as a canary: a rig that cannot tell it from ours shows nothing.

It sends a market entry, waits a second, looks at the position once and then ten times, half a second apart. A position
that is seen gets its stop. One that is not seen counts as rolled back and is forgotten: not seen is taken for flat,
and a lost reply for a failure. Both are wrong, and here on purpose.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from atomicpos.ids import client_order_id, new_installation, new_position_id
from atomicpos.models import MICROSECONDS, Instrument, Leg, PositionSide, State, StopRule, TriggerBy
from atomicpos.ports import Clock, Exchange, Outcome, OutcomeKind, PlaceOrder, ReadFailed
from atomicpos.stop_price import trigger_price

FIRST_LOOK_S = 1.0
POLLS = 10
POLL_GAP_S = 0.5

Tell = Callable[[str, State, str], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """One open, as the original was asked for it."""

    symbol: str
    side: PositionSide
    quantity: Decimal
    stop_percent: Decimal


@dataclass(frozen=True, slots=True)
class Belief:
    """What the original believes in the end; nothing of it was proven."""

    id: str
    state: State
    filled_quantity: Decimal = Decimal(0)
    exposure_s: float = 0.0


class OriginalBot:
    """Opens positions the old way. ``tell`` hears symbol, state and one sentence."""

    def __init__(self, exchange: Exchange, clock: Clock, rng: random.Random, tell: Tell) -> None:
        self._exchange = exchange
        self._clock = clock
        self._rng = rng
        self._installation = new_installation(rng)
        self._tell = tell

    async def open(self, asked: Asked) -> Belief:
        """Enter, look for about six seconds, and believe what was seen. Raises InvalidRequest for an unknown symbol."""
        position_id = new_position_id(self._rng)
        instrument = await self._exchange.instrument(asked.symbol)
        since_us = self._clock.now_us()
        outcome = await self._enter(position_id, asked, instrument)
        if outcome.kind is not OutcomeKind.ACKNOWLEDGED:
            return self._gives_up(position_id, instrument, f"the entry failed: {outcome.why}")
        average = await self._find(asked, instrument)
        if average is None:
            return self._gives_up(position_id, instrument, "no position was seen")
        stopped = await self._stop(position_id, asked, instrument, average)
        if stopped.kind is not OutcomeKind.ACKNOWLEDGED:
            return self._gives_up(position_id, instrument, f"the stop failed: {stopped.why}")
        self._tell(instrument.symbol, State.PROTECTED, "the stop was taken")
        exposed_us = self._clock.now_us() - since_us
        return Belief(position_id, State.PROTECTED, asked.quantity, exposed_us / MICROSECONDS)

    async def _enter(self, position_id: str, asked: Asked, instrument: Instrument) -> Outcome:
        self._tell(instrument.symbol, State.PENDING_ENTRY, "sends the entry")
        own_id = client_order_id(self._installation, position_id, Leg.ENTRY, 1)
        return await self._exchange.write(
            PlaceOrder(instrument.symbol, Leg.ENTRY, own_id, asked.side.opening, asked.quantity, reduce_only=False)
        )

    async def _find(self, asked: Asked, instrument: Instrument) -> Decimal | None:
        """The entry price once the position is seen; None when it never was."""
        await self._clock.sleep(FIRST_LOOK_S)
        for poll in range(1 + POLLS):
            if poll:
                await self._clock.sleep(POLL_GAP_S)
            if (average := await self._look(asked, instrument)) is not None:
                return average
            self._tell(instrument.symbol, State.VERIFYING, f"look {poll + 1}: no position")
        return None

    async def _look(self, asked: Asked, instrument: Instrument) -> Decimal | None:
        try:
            view = (await self._exchange.reads.position(instrument.symbol)).position
        except ReadFailed:
            return None
        return view.entry_price if view.quantity and view.side is asked.side else None

    async def _stop(self, position_id: str, asked: Asked, instrument: Instrument, average: Decimal) -> Outcome:
        own_id = client_order_id(self._installation, position_id, Leg.STOP, 1)
        trigger = trigger_price(StopRule(percent=asked.stop_percent), asked.side, average, instrument.tick)
        return await self._exchange.write(
            PlaceOrder(
                instrument.symbol, Leg.STOP, own_id, asked.side.closing, asked.quantity, reduce_only=True,
                trigger_price=trigger, trigger_by=TriggerBy.MARK,
            )
        )

    def _gives_up(self, position_id: str, instrument: Instrument, why: str) -> Belief:
        self._tell(instrument.symbol, State.ROLLED_BACK, why)
        return Belief(position_id, State.ROLLED_BACK)
