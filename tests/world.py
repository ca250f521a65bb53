"""One account in virtual time: the venue, its exchange, a journal, and the library over them."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from itertools import count
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.errors import AtomicPositionError
from atomicpos.events import Event, EventKind
from atomicpos.models import SETTLED, Leg, Position, PositionMode, State
from atomicpos.ports import Journal
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.sim import SIM_PROFILE, Fault, SimExchange, Venue, VirtualClock
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.loop import run
from atomicpos.sim.orders import Truth, VenueOrder
from atomicpos.testing.journals import MemoryJournal

AVL = "AVL/USDT:USDT"
TEN = Decimal(10)
AT_REST = SETTLED | {State.PROTECTED}
STOPS = frozenset({Call.PLACE_STOP, Call.SET_STOP})
ORDERS = STOPS | {Call.PLACE_ENTRY, Call.PLACE_TARGET, Call.PLACE_CLOSE}
"""What puts something up: orders, and the stop that is set on the position itself."""
WRITES = ORDERS | {Call.CANCEL, Call.SET_LEVERAGE, Call.SET_MARGIN_MODE}


class Named:
    """An owner that goes by a name, and knows only those to be gone that it was told of."""

    def __init__(self, me: str, *gone: str) -> None:
        self.me = me
        self.known_gone = set(gone)

    def gone(self, owner: str) -> bool:
        return owner in self.known_gone

    def leave(self) -> None:
        """There is nobody to tell."""


class World:
    """Holds the parts; ``exchange`` and ``journal`` may be replaced before the library is built over them."""

    def __init__(self, *faults: Fault, seed: int = 1, protection: Protection = SIM_PROFILE.protection) -> None:
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.venue = Venue(self.clock.now_us, seed=seed)
        self.venue.faults.add(*faults)
        self.profile = replace(SIM_PROFILE, protection=protection)
        self.exchange: Any = SimExchange(self.venue, self.clock, profile=self.profile)
        self.journal: Any = MemoryJournal(now_us=self.clock.now_us)
        self.events: list[Event] = []
        self.seed = 1
        self._seeds = count(2)
        self.began_us = self.clock.now_us()

    def library(self, *, journal: Journal | None = None, **knobs: Any) -> AtomicPositions:
        """The library over the parts; every event is kept, alerts are not logged."""
        knobs.setdefault("listeners", [self.events.append])
        knobs.setdefault("alerts", lambda event: None)
        return AtomicPositions.over(
            self.exchange, journal or self.journal, self.clock, random.Random(self.seed), **knobs
        )

    def beside(self) -> World:
        """The world of another process on the same account and rows: exchange, journal and ears of its own."""
        other = copy.copy(self)
        other.exchange = SimExchange(self.venue, self.clock, profile=self.profile)
        other.journal = self.journal.reopened()
        other.events = []
        other.seed = next(self._seeds)
        return other

    async def tried(self, positions: AtomicPositions, *, symbol: str = "AVLUSDT", side: str = "buy",
                    quantity: object = "10", **rule: Any) -> tuple[Position | None, AtomicPositionError | None]:
        """Open one, by default a long of ten with a stop two percent away: the position, and the error if any."""
        if not rule.keys() & {"stop_loss_percent", "stop_loss_price", "stop_loss"}:
            rule["stop_loss_percent"] = "2"
        try:
            return await positions.open_position_atomic(symbol, side, quantity, **rule), None
        except AtomicPositionError as error:
            return error.position, error

    def worth(self, symbol: str, quote: int = 50) -> str:
        """How much of it that many of the quote asset buy, in whole steps, rounded up."""
        market = self.venue.market(symbol)
        return str((quote / market.price / market.step).to_integral_value(ROUND_CEILING) * market.step)

    async def settle(self, positions: AtomicPositions, *, quiet_s: float = 0, within_s: float = 600) -> Position | None:
        """Wait until the newest row is at rest, and at rest again ``quiet_s`` later; None when nothing was stored."""
        rows = await positions.list()
        if not rows:
            return None
        async with asyncio.timeout(within_s):
            await positions.wait(rows[0].id)
            await self.clock.sleep(quiet_s)
            return await positions.wait(rows[0].id)

    # --- what is so -------------------------------------------------------------------------------------------

    @property
    def elapsed_s(self) -> float:
        return (self.clock.now_us() - self.began_us) / 1e6

    def truth(self, symbol: str = AVL) -> Truth:
        return self.venue.truth(symbol)

    def sent(self, *calls: Call) -> list[str]:
        """The writes that left so far, by name, in order; all of them, or those of the given kinds."""
        wanted = frozenset(calls) or WRITES
        return [call for _, call, _ in self.exchange.requests if call in wanted]

    def accepted(self, symbol: str = AVL) -> tuple[VenueOrder, ...]:
        """Every order that the engine ever took, in its last version."""
        return self.venue.orders_as_of(symbol, self.venue.now_us())

    def heard(self, kind: EventKind, condition: str | None = None) -> list[Event]:
        return [e for e in self.events if e.kind is kind and condition in (None, e.condition)]

    def stored(self) -> tuple[Record, ...]:
        """The rows, as a journal in memory has them."""
        rows: dict[str, Record] = self.journal._rows.records
        return tuple(rows.values())

    def stored_mode(self, position_id: str) -> PositionMode:
        """The position mode in which that row was opened."""
        return next(row.intent.position_mode for row in self.stored() if row.id == position_id)


def assert_safe(world: World, row: Position | None, symbol: str = AVL) -> None:
    """The promise: flat with none of our orders alive, or covered by a stop; and the row says the same."""
    truth = world.truth(symbol)
    if row is None:
        assert (truth.quantity, truth.entries, truth.stops) == (0, 0, ())
        return
    assert truth.entries <= 1
    assert row.state in AT_REST, f"{row.state} is no rest"
    if row.state is State.PROTECTED:
        assert abs(truth.quantity) == row.filled_quantity > 0
        assert truth.stop_quantity >= abs(truth.quantity)
        assert any(stop.trigger_price == row.stop_price for stop in truth.stops)
    else:
        assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())
        assert row.proof is not None


def closes_of(position: Position) -> list[Any]:
    """Our close orders."""
    return [order for order in position.orders if order.leg is Leg.CLOSE]


def stops_of(position: Position) -> list[Any]:
    """Our stop orders."""
    return [order for order in position.orders if order.leg is Leg.STOP]


Scene = Callable[..., Awaitable[None]]


def play(scene: Scene, *faults: Fault, protection: Protection = SIM_PROFILE.protection, **given: Any) -> None:
    """Run one scene in a new world on a virtual loop."""

    async def main() -> None:
        await scene(World(*faults, protection=protection), **given)

    run(main)


def in_world(
    *faults: Fault, protection: Protection = SIM_PROFILE.protection
) -> Callable[[Scene], Callable[..., None]]:
    """Make a test of a scene: its first argument is a new world with these faults, the others are pytest's."""

    def decorate(scene: Scene) -> Callable[..., None]:
        @functools.wraps(scene)
        def test(**given: Any) -> None:
            play(scene, *faults, protection=protection, **given)

        parameters = list(inspect.signature(scene).parameters.values())[1:]
        test.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return test

    return decorate
