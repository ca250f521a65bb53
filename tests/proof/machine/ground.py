"""The account that the rules act on: a venue of three symbols, one process at a time, and a watch over each symbol."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterable
from decimal import ROUND_CEILING, Decimal
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.models import State
from atomicpos.ports import Change, Write
from atomicpos.record import Record
from atomicpos.sim import SimExchange, Venue, VirtualClock
from atomicpos.sim.hands import close
from atomicpos.sim.loop import VirtualLoop
from atomicpos.sim.markets import perpetual
from atomicpos.testing.interleavings.invariants import Watch
from atomicpos.testing.interleavings.kinds import Kind
from atomicpos.testing.interleavings.mortal import Life, MortalExchange, MortalJournal
from atomicpos.testing.journals import MemoryJournal

SYMBOLS = ("AVL/USDT:USDT", "SHIB/USDT:USDT", "TAO/USDT:USDT")
"""Ticks of a ten-thousandth, of the eighth digit, and one that is no power of ten."""
REST_WITHIN_S = 300.0
"""How long after the last fault was lifted everything must be at rest: beyond any horizon, deadline and pause."""
AFTERWARDS_S = 60.0
"""How long it is watched once everything rests: longer than any horizon."""
ASKS_EVERY_S = 0.5


class Ground:
    """The parts of one world, on a virtual loop of their own."""

    def __init__(self, kind: Kind, looks_back_s: float, hands: bool) -> None:
        self.loop = asyncio.Runner(loop_factory=VirtualLoop)
        self.clock = VirtualClock(self.loop.get_loop())
        taken = "accept" if kind is Kind.STOP_TAKEN_WHEN_FLAT else "refuse"
        markets = tuple(perpetual(symbol) for symbol in SYMBOLS)
        self.venue = Venue(self.clock.now_us, seed=1, stop_when_flat=taken, markets=markets)
        self.exchange = SimExchange(self.venue, self.clock, profile=kind.profile)
        self.journal = MemoryJournal()
        self.rows: dict[str, Record] = {}
        self.lags: dict[str, float] = {}
        self.watches = {
            symbol: Watch(
                self.venue, symbol, lambda symbol=symbol: self.of(symbol), strict=not hands, stop_taken=hands,
                looks_back_s=looks_back_s,
            )
            for symbol in SYMBOLS
        }
        self.positions: AtomicPositions | None = None
        self._life = Life()
        self._lives = 0

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        """Let time go on until that is done."""
        return self.loop.run(act)

    def of(self, symbol: str) -> dict[str, Record]:
        """The rows of that symbol."""
        return {row.id: row for row in self.rows.values() if row.intent.symbol == symbol}

    @property
    def broken(self) -> list[str]:
        """Every invariant that was broken so far."""
        return [sentence for watch in self.watches.values() for sentence in watch.broken]

    def worth(self, symbol: str, quote: int) -> Decimal:
        """How much of it that many of the quote asset buy, in whole steps, rounded up."""
        market = self.venue.market(symbol)
        return (quote / market.price / market.step).to_integral_value(ROUND_CEILING) * market.step

    # --- processes ------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """A new process over the same journal."""
        self._life, self._lives = Life(), self._lives + 1
        exchange = MortalExchange(self.exchange, self._life, self._request)
        journal = MortalJournal(self.journal, self._life, self._stored)
        positions = AtomicPositions.over(exchange, journal, self.clock, random.Random(self._lives), alerts=_unheard)
        await positions.__aenter__()
        self.positions = positions

    async def stop(self) -> None:
        """The process leaves its block as it should."""
        positions, self.positions = self.positions, None
        if positions is not None:
            await positions.__aexit__(None, None, None)

    async def kill(self) -> None:
        """The process stops in the middle of whatever it does; only what is on the wire goes on."""
        self.positions = None
        self._life.over.set()
        spared = {asyncio.current_task(), *self.exchange.underway}
        doomed = [task for task in asyncio.all_tasks() if task not in spared]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    def _request(self, request: Write) -> None:
        self.watches[request.symbol].request(request)

    def _stored(self, change: Change) -> None:
        self.rows[change.record.id] = change.record
        self.watches[change.record.intent.symbol].change(change)

    # --- in the end -----------------------------------------------------------------------------------------------

    async def come_to_rest(self) -> None:
        """Faults off: every row must rest; what others hold on the other side goes away, and then it must as well."""
        self.venue.faults.clear()
        if self.positions is None:
            await self.start()
        await self._rest()
        turned = [symbol for symbol, watch in self.watches.items() if watch.reversed]
        for symbol in turned:
            close(self.venue, symbol)
        await self._rest()
        await self.clock.sleep(AFTERWARDS_S)
        for watch in self.watches.values():
            watch.at_rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(REST_WITHIN_S):
                while not self.at_rest(self.rows.values()):
                    await self.clock.sleep(ASKS_EVERY_S)
        except TimeoutError:
            found = ", ".join(f"{row.id} {row.state.value}" for row in self.rows.values())
            raise AssertionError(f"I8: {found} and no rest within {REST_WITHIN_S:g} s") from None

    def at_rest(self, rows: Iterable[Record]) -> bool:
        """True where every row may stay as it is."""
        return all(self.watches[row.intent.symbol].lawful(row) for row in rows)

    def protected(self) -> list[Record]:
        """The rows that are protected."""
        return [row for row in self.rows.values() if row.state is State.PROTECTED]

    def suspected(self) -> list[Record]:
        """The rows that are suspected orphans."""
        return [row for row in self.rows.values() if row.state is State.ORPHAN_SUSPECTED]


def _unheard(event: object) -> None:
    """Alerts of thousands of lives would drown the one that matters."""
