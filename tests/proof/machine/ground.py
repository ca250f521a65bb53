"""The account that the rules act on: a venue of three symbols, one process at a time, and an oracle over its rows."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from decimal import ROUND_CEILING, Decimal
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.events import Event, EventKind
from atomicpos.models import State
from atomicpos.ports import Change, Write
from atomicpos.record import Record
from atomicpos.sim import Fault, SimExchange, VirtualClock
from atomicpos.sim.fault_kinds import APPLIES_TO
from atomicpos.sim.fault_words import FaultKind
from atomicpos.sim.loop import VirtualLoop
from atomicpos.sim.markets import perpetual
from atomicpos.testing.interleavings.kinds import Kind
from atomicpos.testing.interleavings.mortal import Life, MortalExchange, MortalJournal
from atomicpos.testing.journals import MemoryJournal
from atomicpos.testing.swarm.stakes import SwarmVenue

from .slots import SlotOracle
from .tally import Tally

SYMBOLS = ("AVL/USDT:USDT", "SHIB/USDT:USDT", "TAO/USDT:USDT")
"""Ticks of a ten-thousandth, of the eighth digit, and one that is no power of ten."""
READS = APPLIES_TO[FaultKind.LAG]
"""The calls that only ask."""
AWAY_S = 1.0
"""How long after a death in the middle of something another process starts."""


class Ground:
    """The parts of one world, on a virtual loop of their own."""

    def __init__(self, kind: Kind, looks_back_s: float, hands: bool, tally: Tally) -> None:
        self.loop = asyncio.Runner(loop_factory=VirtualLoop)
        self.clock = VirtualClock(self.loop.get_loop())
        taken = "accept" if kind is Kind.STOP_TAKEN_WHEN_FLAT else "refuse"
        markets = tuple(perpetual(symbol) for symbol in SYMBOLS)
        self.venue = SwarmVenue(self.clock.now_us, seed=1, stop_when_flat=taken, markets=markets)
        self.exchange = SimExchange(self.venue, self.clock, profile=kind.profile)
        self.journal = MemoryJournal()
        self.oracle = SlotOracle(self.venue, strict=not hands, looks_back_s=looks_back_s)
        self.hands = hands
        """Whether others act on the account: then the exposure is not measured against the venue's."""
        self.troubled = self.reads_lie = False
        """Whether any fault was set and not lifted since, and whether one concerns what reads show."""
        self.alerts: list[str] = []
        self.positions: AtomicPositions | None = None
        self._tally = tally
        self._life = Life()
        self._dies_at: int | None = None
        self._lives = 0

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        """Let time go on until that is done."""
        return self.loop.run(act)

    # --- what there is ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> dict[str, Record]:
        """Each row as last stored, by position id."""
        return self.oracle.rows

    def of_state(self, *states: State) -> list[Record]:
        """The rows that are in one of those states."""
        return [row for row in self.rows.values() if row.state in states]

    @property
    def held(self) -> list[Record]:
        """The rows that hold their slot."""
        return [row for row in self.rows.values() if row.holds_slot]

    @property
    def open_symbols(self) -> list[str]:
        """Where the venue has a position, whosever it is."""
        return [symbol for symbol in SYMBOLS if self.venue.truth(symbol).quantity]

    def row_under(self, key: str) -> Record | None:
        """The row that is stored under that key."""
        return next((row for row in self.rows.values() if row.intent.idempotency_key == key), None)

    def worth(self, symbol: str, quote: int) -> Decimal:
        """How much of it that many of the quote asset buy, in whole steps, rounded up."""
        market = self.venue.market(symbol)
        return (quote / market.price / market.step).to_integral_value(ROUND_CEILING) * market.step

    def goes_wrong(self, *faults: Fault) -> None:
        """From now on that goes wrong."""
        self.venue.faults.add(*faults)
        self.troubled = self.troubled or bool(faults)
        self.reads_lie = self.reads_lie or any(fault.call in READS for fault in faults)
        self._tally.faults.update(str(fault.kind) for fault in faults)

    def clears_up(self) -> None:
        """Nothing goes wrong any more."""
        self.venue.faults.clear()
        self.troubled = self.reads_lie = False

    def check(self) -> None:
        """No invariant was broken so far, no slot is held twice (I7), and no key has two rows."""
        assert not self.oracle.broken, self.oracle.broken
        slots = Counter(row.intent.symbol for row in self.held)
        assert all(times == 1 for times in slots.values()), f"I7: {slots}"
        keys = Counter(row.intent.idempotency_key for row in self.rows.values())
        assert all(times == 1 for times in keys.values()), f"I5: {keys}"

    # --- processes --------------------------------------------------------------------------------------------

    async def start(self, dies_at: int | None = None) -> None:
        """A new process over the same journal; it dies at that instant around its commits and sends, if it gets there.
        """
        self._life, self._dies_at, self._lives = Life(dies_at), dies_at, self._lives + 1
        exchange = MortalExchange(self.exchange, self._life, self._request)
        journal = MortalJournal(self.journal, self._life, self._stored)
        positions = AtomicPositions.over(
            exchange, journal, self.clock, random.Random(self._lives), alerts=_unheard, listeners=(self._hears,)
        )
        entering, dying = asyncio.ensure_future(positions.__aenter__()), asyncio.ensure_future(self._life.over.wait())
        await asyncio.wait({entering, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if entering.done():
            self.positions = entering.result()

    @property
    def mortal(self) -> bool:
        """True when the process is none that lives until somebody ends it."""
        return self._dies_at is not None

    @property
    def died(self) -> bool:
        """True when the process has died of itself, and no other was started since."""
        return self._life.over.is_set()

    async def replace_the_dead(self) -> None:
        """Another process starts where one has died."""
        while self.died:
            await self.kill()
            await self.clock.sleep(AWAY_S)
            await self.start()

    async def stop(self) -> None:
        """The process leaves its block as it should; it may die meanwhile."""
        positions, self.positions = self.positions, None
        if positions is not None:
            leaving = asyncio.ensure_future(positions.__aexit__(None, None, None))
            dying = asyncio.ensure_future(self._life.over.wait())
            await asyncio.wait({leaving, dying}, return_when=asyncio.FIRST_COMPLETED)
            dying.cancel()

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
        self.oracle.request(request, unrecorded=False)

    def _stored(self, change: Change) -> None:
        before = self.rows.get(change.record.id)
        if before is None or before.state is not change.record.state:
            self._tally.states[change.record.state.value] += 1
        self.oracle.change(change)

    def _hears(self, event: Event) -> None:
        if event.kind is EventKind.ALERT:
            self.alerts.append(event.text)


def _unheard(event: object) -> None:
    """Alerts of thousands of lives would drown the one that matters."""
