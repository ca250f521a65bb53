"""Two processes, the first of which is stopped while it sets leverage and margin mode, before its entry."""

from __future__ import annotations

from dataclasses import dataclass

from ....errors import AtomicPositionError
from ....models import MICROSECONDS, MarginMode
from ....sim import SkewedClock
from ..mortal import MortalExchange
from ..paused import FIRST, Paused, TwoProcesses, _unseen
from ..stage import SYMBOL


@dataclass(frozen=True, slots=True)
class Levered:
    """A history of two processes whose first one opens with leverage and margin mode of its own."""

    paused: Paused


class LeveredProcesses(TwoProcesses):
    """It being played."""

    async def _first(self) -> None:
        clock = SkewedClock(self.clock, round(self.history.clocks[0] * MICROSECONDS))
        exchange = MortalExchange(self._far(clock, self._fate.permitted), self._fate, _unseen)
        mode = MarginMode.CROSS
        async with self._positions(exchange, self._journal, clock, FIRST, 1, margin_mode=mode) as positions:
            self._fate.cue()
            try:
                opened = await positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2", leverage="5")
                self._answer = opened.state.value
            except AtomicPositionError as error:
                self._answer = type(error).__name__
            self._answered_us, self._instants = self.venue.now_us(), len(self._fate.passed)
            await self._over.wait()
