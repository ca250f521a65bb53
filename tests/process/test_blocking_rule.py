"""A stop rule that blocks its thread, in real time: the loop goes on beside it."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

import pytest

from atomicpos.models import PositionSide, State
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
BLOCKS_S = 0.2


class Blocking:
    """Sleeps in its thread; notes how much was under a stop then, and how often the loop's heart beat meanwhile."""

    def __init__(self, server: Server) -> None:
        self.covered: list[Decimal] = []
        self.beats: list[int] = []
        self._server = server
        self._count = 0

    def __call__(self, price: Decimal, side: PositionSide) -> Decimal:
        self.covered.append(self._server.venue.truth(AVL).stop_quantity)
        before = self._count
        time.sleep(BLOCKS_S)
        self.beats.append(self._count - before)
        return price * Decimal("0.98")

    async def beat(self) -> None:
        while True:
            self._count += 1
            await asyncio.sleep(0.01)


async def test_a_rule_that_blocks_holds_up_neither_the_loop_nor_the_guard_stop(bybit: Server) -> None:
    """While it blocks, the position stands under its guard stop and everything else of the bot runs."""
    rule = Blocking(bybit)
    beating = asyncio.ensure_future(rule.beat())
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss=rule)
    beating.cancel()
    assert row.state is State.PROTECTED
    assert rule.covered == [0, 10]
    assert min(rule.beats) >= 3
