"""What is looked at once in a process, before its first entry: the calm opens after it pay nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal

from ..announcer import log
from ..models import Instrument
from ..ports import Clock, Exchange, PositionReading
from ..settings import ALWAYS, OFF
from .account_checks import check_account
from .canary import StopCanary
from .facts import ClockReading, Reading, SymbolFacts, Wanted
from .findings import Finding, refusals, warnings
from .looking import look_at_account
from .symbol_checks import closable, market


class FirstEntry:
    """The doctor's checks as an entry meets them; ``often`` is the setting ``stop_canary``."""

    def __init__(
        self, exchange: Exchange, clock: Clock, wanted: Wanted, canary: StopCanary | None = None, often: str = OFF,
        on_clock: Callable[[ClockReading], None] | None = None,
    ) -> None:
        """``on_clock``: told of each reading of the exchange's clock."""
        self._on_clock = on_clock
        self._canary = canary
        self._often = often
        self._cleared = False
        self._stoppable: set[str] = set()
        self._exchange = exchange
        self._clock = clock
        self._wanted = wanted
        self._turn = asyncio.Lock()
        self._sound = False
        self._told: set[tuple[str, str]] = set()

    async def account(self) -> str | None:
        """Why no entry may be sent from here, in one sentence; None when nothing speaks against it.

        It is read until it was once found to be sound, by one for all who open at the time. A clock that
        cannot be read keeps nobody from opening: the exchange checks the timestamp of every signed request, and what
        is read beside this is signed.
        """
        if self._sound:
            return None
        async with self._turn:
            if self._sound:
                return None
            facts = await look_at_account(self._exchange, self._clock)
            if self._on_clock is not None and facts.clock.value is not None:
                self._on_clock(facts.clock.value)
            findings = check_account(facts, self._wanted)
            self._tell(findings)
            refused = refusals(findings)
            self._sound = not refused and facts.clock.value is not None
        return refused[0].text if refused else None

    def symbol(self, instrument: Instrument, slot: PositionReading) -> str | None:
        """Why no entry may be sent on that symbol, from what is read before every entry anyway."""
        facts = SymbolFacts(instrument.symbol, Reading(instrument), self._clock.now_us(), slot=Reading(slot))
        findings = [f for f in (market(facts, self._wanted), closable(facts, self._wanted)) if f is not None]
        self._tell(findings)
        refused = refusals(findings)
        return refused[0].text if refused else None

    async def stop(self, instrument: Instrument, mark: Decimal) -> str | None:
        """Why a stop cannot be had on that symbol, by trying one as ``stop_canary`` has it; the slot must be empty."""
        if self._canary is None or self._often == OFF:
            return None
        if not self._cleared:
            self._say(await self._canary.clear())  # one that stays reduces only: it keeps nobody from opening
            self._cleared = True
        if self._often != ALWAYS and instrument.symbol in self._stoppable:
            return None
        findings = (await self._canary.try_stop(instrument, mark),)
        self._tell(findings)
        if refused := refusals(findings):
            return f"{instrument.symbol}: {refused[0].text}"
        self._stoppable.add(instrument.symbol)
        return None

    async def rest(self, seconds: float) -> None:
        """Let what was put up to be tried be taken away, within so many seconds."""
        if self._canary is not None:
            await self._canary.rest(seconds)

    def _tell(self, findings: Sequence[Finding]) -> None:
        """Each warning once; what refuses is raised."""
        self._say(warnings(findings))

    def _say(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if (finding.name, finding.symbol) not in self._told:
                self._told.add((finding.name, finding.symbol))
                log.warning("%s", finding.text)
