"""The original algorithm, in virtual time: wrong where it was wrong, right where it was right."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.models import PositionSide, State
from atomicpos.sim.clock import VirtualClock
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault
from atomicpos.sim.loop import run
from atomicpos.sim.orders import Truth
from atomicpos.sim.original import Asked, Belief, OriginalBot
from atomicpos.sim.venue import Venue
from atomicpos.sim.weathers import WEATHERS

AVL = "AVL/USDT:USDT"
FAULTS = {weather.name: weather.faults for weather in WEATHERS}


def opened(*faults: Fault) -> tuple[Belief, Truth, list[str]]:
    """One long of ten under these faults: what the bot believes, what is so, and what it said."""
    said: list[str] = []

    async def main() -> tuple[Belief, Truth]:
        clock = VirtualClock(asyncio.get_running_loop())
        exchange = SimExchange(Venue(clock.now_us), clock)
        exchange.venue.faults.add(*(replace(fault, symbol=AVL) for fault in faults))
        bot = OriginalBot(exchange, clock, random.Random(1), lambda symbol, state, text: said.append(text))
        belief = await bot.open(Asked("AVLUSDT", PositionSide.LONG, Decimal(10), Decimal(2)))
        return belief, exchange.venue.truth(AVL)

    return (*run(main), said)


def test_in_calm_weather_it_protects_after_a_second() -> None:
    """It is right when reads do not lag, and the position is naked for the second that it waits."""
    belief, truth, _ = opened(*FAULTS["calm"])
    assert (belief.state, truth.stop_quantity) == (State.PROTECTED, 10)
    assert 1 < truth.exposure_s <= belief.exposure_s < 2


@pytest.mark.parametrize("weather", ["reads_lag_8s", "original_incident", "http_502_executed", "reply_lost"])
def test_it_calls_a_naked_position_rolled_back(weather: str) -> None:
    """Where the position or the reply is not seen, it says rolled_back and leaves ten without a stop."""
    belief, truth, _ = opened(*FAULTS[weather])
    assert belief.state is State.ROLLED_BACK
    assert (truth.quantity, truth.stop_quantity) == (10, 0)


def test_it_looks_eleven_times_and_gives_up() -> None:
    """One look after a second and ten more: none sees the incident's position."""
    _, _, said = opened(*FAULTS["original_incident"])
    assert said == ["sends the entry", *(f"look {n}: no position" for n in range(1, 12)), "no position was seen"]


def test_a_refused_stop_is_given_up_too() -> None:
    """A stop that fails ends as rolled_back as well, with the position open."""
    belief, truth, _ = opened(Fault("place_stop", AVL, "refuse"))
    assert (belief.state, truth.quantity) == (State.ROLLED_BACK, 10)
