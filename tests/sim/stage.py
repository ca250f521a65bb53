"""What the in-process tests share: one life's requests, and a stage to play a scene on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.models import Leg, OrderSide, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, PlaceOrder
from atomicpos.sim.clock import VirtualClock
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault
from atomicpos.sim.loop import run
from atomicpos.sim.venue import Venue

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "entry", OrderSide.BUY, Decimal(10), False)
STOP = PlaceOrder(AVL, Leg.STOP, "stop", OrderSide.SELL, Decimal(10), True, Decimal("1.3"), TriggerBy.MARK)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "close", OrderSide.SELL, Decimal(10), True)
CANCEL = CancelOrder(AVL, "stop", None, True)

Scene = Callable[[SimExchange], Awaitable[None]]


def attached(entry: PlaceOrder, trigger: str) -> PlaceOrder:
    """The entry with a stop that travels with it."""
    return replace(entry, attached_stop=AttachedStop(Decimal(trigger), TriggerBy.MARK))


def play(scene: Scene, *faults: Fault, **options: Any) -> SimExchange:
    """Run a scene on a fresh exchange in virtual time, and hand the exchange back for questions."""
    made: list[SimExchange] = []

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        exchange = SimExchange(Venue(clock.now_us), clock, **options)
        exchange.venue.faults.add(*faults)
        made.append(exchange)
        await scene(exchange)

    run(main)
    return made[0]


def elapsed_s() -> float:
    return round(asyncio.get_running_loop().time(), 6)
