"""The lag model of the exposure benchmark: ten worlds, each a set of faults around one open, with its bar.

t = 0 is the moment at which the entry's request leaves. A round trip takes 0.15 s, half of it each way, and the entry
fills when it reaches the exchange. Unless a world says otherwise, order lookups and fills show the exchange as it was
0.2 s ago and positions as it was 0.3 s ago. A reply that is lost is waited for by the client for 10 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call, FaultKind

ROUND_TRIP_S = 0.15
ORDERS_LAG_S = 0.2
POSITIONS_LAG_S = 0.3
CLIENT_TIMEOUT_S = 10.0

AS_ORDERS = (Call.ORDERS, Call.FILLS, Call.POSITION_STOP)
"""Reads that lag as order lookups do: the position's own stop is listed among the orders."""


@dataclass(frozen=True, slots=True)
class World:
    """One world; times in seconds. ``flat`` is true where the right end is no position at all."""

    name: str
    meaning: str
    first_bot_s: float | None
    """What the constants of the bot that started this project come to, by arithmetic; None where nobody computed it."""
    reachable_s: float
    """The least that is possible when no stop travels with the entry. With one it is 0 everywhere."""
    orders_lag_s: float = ORDERS_LAG_S
    positions_lag_s: float = POSITIONS_LAG_S
    entry: FaultKind | None = None
    """What strikes the entry."""
    first_bot_flat: bool = False
    flat: bool = False
    jumps_on_the_way: bool = False
    """The mark jumps beyond the stop's price while the entry is on its way, and the stop's price is fixed."""

    def faults(self, symbol: str) -> tuple[Fault, ...]:
        """The world as faults on one symbol."""
        lags = [(call, self.orders_lag_s) for call in AS_ORDERS] + [(Call.POSITION, self.positions_lag_s)]
        standing = [Fault(call.value, symbol, FaultKind.LAG.value, seconds=lag_s) for call, lag_s in lags]
        seconds = CLIENT_TIMEOUT_S if self.entry is FaultKind.LOSE_REPLY else None
        strikes = [] if self.entry is None else [
            Fault(Call.PLACE_ENTRY.value, symbol, self.entry.value, nth=1, seconds=seconds)
        ]
        return (*standing, *strikes)


LOST = FaultKind.LOSE_REPLY
GAP = FaultKind.GAP

WORLDS: tuple[World, ...] = (
    World("W1", "nominal", 1.45, 0.15),
    World("W2", "positions lag 3 s", 3.4, 0.15, positions_lag_s=3, first_bot_flat=True),
    World("W3", "positions lag 8 s", math.inf, 0.15, positions_lag_s=8),
    World("W3b", "positions lag 30 s", math.inf, 0.15, positions_lag_s=30),
    World("W4", "orders and positions lag 8 s", math.inf, 0.15, orders_lag_s=8, positions_lag_s=8),
    World("W5", "orders and positions lag 30 s", math.inf, 0.15, orders_lag_s=30, positions_lag_s=30),
    World("W6", "the stream loses the fill", 1.45, 0.15),
    World("W7", "the entry's reply is lost, it filled", math.inf, 2.15, entry=LOST),
    World("W8", "W7, and the stream is lost", math.inf, 2.15, entry=LOST),
    World("W9", "W7, and all reads lag 8 s", math.inf, 8.15, orders_lag_s=8, positions_lag_s=8, entry=LOST),
    World("W10", "at the fill the mark jumps beyond the stop", 5.1, 0.30, entry=GAP, first_bot_flat=True, flat=True),
    World("W10b", "it jumps while the entry is on its way", None, 0.30, flat=True, jumps_on_the_way=True),
)
"""W6 and W8 are W1 and W7 here: no private stream is read, so that none can be lost."""
