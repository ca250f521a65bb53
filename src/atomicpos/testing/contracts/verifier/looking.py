"""One verifier, asked as the library asks it: with a deadline, and with reads that change nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from atomicpos.evidence import Evidence
from atomicpos.models import PositionSide
from atomicpos.ports import ReadFailed, Reads
from atomicpos.settings import Settings
from atomicpos.sim.clock import EPOCH_US
from atomicpos.verifiers import Question, Verifier
from atomicpos.verifiers.guest import sound

from ...fixtures.venue import BotVenue
from .source import VerifierSource, entry_id

AVL = "AVL/USDT:USDT"
XRP = "XRP/USDT:USDT"
LONG = PositionSide.LONG
TEN = Decimal(10)
DEADLINE_S = Settings().look_timeout_s


@dataclass(frozen=True, slots=True)
class Looking:
    """The verifier under test, its source, and the venue that the questions are about."""

    verifier: Verifier
    source: VerifierSource
    venue: BotVenue
    reads: Reads

    def question(self, symbol: str = AVL, side: PositionSide = LONG) -> Question:
        """What the library would ask about a position of ten there, whose entry was sent when the test began."""
        own = entry_id(symbol, side)
        return Question(f"p {symbol}", symbol, side, TEN, (own,), own, EPOCH_US, False, False, self.reads)

    async def look(self, symbol: str = AVL, side: PositionSide = LONG) -> Evidence:
        """Its answer within the deadline; a read that failed counts as unknown. Raises what it should not raise."""
        question = self.question(symbol, side)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return sound(await self.verifier.look(question))
        except ReadFailed as failed:
            return Evidence.unknown(str(failed))
