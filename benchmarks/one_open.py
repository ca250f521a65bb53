"""One open in one world on the virtual clock, ours or the first bot's, measured by the venue's own books."""

from __future__ import annotations

import asyncio
import math
import random
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from atomicpos.app import AtomicPositions
from atomicpos.errors import AtomicPositionError
from atomicpos.events import Event, EventKind
from atomicpos.models import PositionSide
from atomicpos.profile import Protection
from atomicpos.sim import SIM_PROFILE, SimExchange, Venue, VirtualClock
from atomicpos.sim.loop import run
from atomicpos.sim.orders import Truth
from atomicpos.sim.original import Asked, OriginalBot
from atomicpos.testing.journals import MemoryJournal
from lag_model import ROUND_TRIP_S, World

SYMBOL = "AVL/USDT:USDT"
QUANTITY = Decimal(10)
STOP_PERCENT = Decimal(2)
JUMP = Decimal("0.025")
"""How far the mark jumps where it does: beyond a stop two percent away."""
AFTERWARDS_S = 60.0
"""How long the venue is watched once the open has come to rest: whoever is naked then stays so."""


class End(StrEnum):
    """What the venue holds in the end."""

    PROTECTED = "protected"
    FLAT = "flat"
    NOT_OPENED = "not opened"
    NAKED = "naked"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds without a stop over the whole position: the venue's own, and what the opener itself says."""

    exposure_s: float
    said_s: float
    end: End


@dataclass(frozen=True, slots=True)
class Mode:
    """How ours may protect, and whether a reply to the entry shows its fill as well."""

    name: str
    protection: Protection
    replies_show_fill: bool = False


ATTACHED = Mode("attached", Protection.ATTACHED)
ACKNOWLEDGED = Mode("on acknowledgement", Protection.ON_ACKNOWLEDGEMENT)
AFTER_FILL = Mode("after fill", Protection.AFTER_FILL, replies_show_fill=True)
AFTER_LOOKING = Mode("after fill, bare replies", Protection.AFTER_FILL)


def ours(world: World, mode: Mode, side: PositionSide, seed: int) -> Measured:
    """Open one position with the library; the seed draws the pauses' jitter."""
    return run(lambda: _ours(world, mode, side, seed))


def first_bot(world: World) -> Measured:
    """Open one long with the algorithm that the library replaces."""
    return run(lambda: _first_bot(world))


class _Stage:
    """A venue in its world, with the exchange in front of it, on the running loop's time."""

    def __init__(self, world: World, mode: Mode) -> None:
        self.world = world
        self.clock = VirtualClock(asyncio.get_running_loop())
        self.venue = Venue(self.clock.now_us)
        self.venue.faults.add(*world.faults(SYMBOL))
        self.exchange = SimExchange(
            self.venue, self.clock, round_trip_s=ROUND_TRIP_S, replies_show_fill=mode.replies_show_fill,
            profile=replace(SIM_PROFILE, protection=mode.protection),
        )

    def leaves(self, side: PositionSide) -> None:
        """The entry is leaving: where the world has it so, the mark jumps before it arrives."""
        if self.world.jumps_on_the_way:
            self.venue.set_mark(SYMBOL, self.away(JUMP, side))

    def away(self, share: Decimal, side: PositionSide) -> Decimal:
        """The price that share of the mark away to the loss of a position on that side, on the tick."""
        market = self.venue.market(SYMBOL)
        exact = market.price * (1 - share if side is PositionSide.LONG else 1 + share)
        return (exact / market.tick).to_integral_value(ROUND_DOWN) * market.tick

    async def measured(self, said_s: float) -> Measured:
        """What the venue's books say, a good while later."""
        await self.clock.sleep(AFTERWARDS_S)
        truth = self.venue.truth(SYMBOL)
        end = _end(truth)
        return Measured(math.inf if end is End.NAKED else truth.exposure_s, said_s, end)


def _end(truth: Truth) -> End:
    if truth.quantity:
        return End.PROTECTED if truth.stop_quantity >= abs(truth.quantity) else End.NAKED
    return End.FLAT if truth.entries else End.NOT_OPENED


async def _ours(world: World, mode: Mode, side: PositionSide, seed: int) -> Measured:
    stage = _Stage(world, mode)

    def hear(event: Event) -> None:
        if event.kind is EventKind.SENT and event.text.startswith("sends entry"):
            stage.leaves(side)

    positions = AtomicPositions.over(
        stage.exchange, MemoryJournal(), stage.clock, random.Random(seed), listeners=[hear], alerts=lambda event: None
    )
    async with positions:
        said_s = await _opened(positions, stage, side)
        return await stage.measured(said_s)


async def _opened(positions: AtomicPositions, stage: _Stage, side: PositionSide) -> float:
    """Open, wait until the row is at rest, and say what exposure it has measured in seconds."""
    rule: dict[str, object] = {"stop_loss_percent": STOP_PERCENT}
    if stage.world.jumps_on_the_way:
        rule = {"stop_loss_price": stage.away(STOP_PERCENT / 100, side)}
    try:
        position = await positions.open_position_atomic(SYMBOL, side, QUANTITY, **rule)
    except AtomicPositionError as error:
        if error.position is None:
            raise
        position = error.position
    return (await positions.wait(position.id)).exposure_s


async def _first_bot(world: World) -> Measured:
    stage = _Stage(world, ACKNOWLEDGED)
    bot = OriginalBot(stage.exchange, stage.clock, random.Random(1), lambda symbol, state, text: None)
    belief = await bot.open(Asked(SYMBOL, PositionSide.LONG, QUANTITY, STOP_PERCENT))
    return await stage.measured(belief.exposure_s)
