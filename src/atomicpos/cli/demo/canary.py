"""The demo's opens through the original algorithm: the comparison with the venue must then fail."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...clock import SystemClock
from ...exchanges import connect
from ...sim.original import Asked, OriginalBot
from .board import Board
from .judging import Claim
from .rows import Row
from .scenarios import Scenario
from .staging import Judge


async def play_original(
    client: Any, judge: Judge, seed: int, scenarios: Sequence[Scenario], board: Board
) -> list[Row]:
    """Open everything at once the old way, and have what it believes judged. It keeps no rows; nothing is stored."""
    clock = SystemClock()
    exchange = connect(client, clock)
    await exchange.open()
    try:
        bot = OriginalBot(exchange, clock, random.Random(seed), board.tell)
        claims = await asyncio.gather(*(_open(bot, scenario) for scenario in scenarios))
    finally:
        await exchange.close()
    return await judge({scenario.symbol: claim for scenario, claim in zip(scenarios, claims, strict=True)})


async def _open(bot: OriginalBot, scenario: Scenario) -> Claim:
    quantity, percent = Decimal(scenario.quantity), Decimal(scenario.stop_percent)
    belief = await bot.open(Asked(scenario.symbol, scenario.side, quantity, percent))
    return Claim(belief.id, belief.state, scenario.signed(belief.filled_quantity), belief.exposure_s)
