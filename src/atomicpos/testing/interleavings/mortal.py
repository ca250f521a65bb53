"""Ports of a process that may die: at the n-th instant around a commit or a send, everything it does stops.

What has left goes on: a request on the wire reaches the exchange although its sender is dead. What has not left never
does, and nothing that runs while the process is torn down can reach a port again.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Protocol

from ...models import Instrument, PositionSide
from ...ports import (
    AccountReads,
    CancelOrder,
    Change,
    Exchange,
    Journal,
    KeyFacts,
    Outcome,
    Permit,
    PlaceOrder,
    Reads,
    SetMarginMode,
    SetPositionStop,
    Stream,
    always,
)
from ...ports import Write as Request
from ...profile import Profile
from ..journals import JournalOver


class Instants(Protocol):
    """Where a process may die, or be stopped."""

    async def instant(self, name: str) -> None:
        """Pass the instant of that name, if it is passed at all."""
        ...


class Life(Instants):
    """One process's life: counts the instants at which it could die, and dies at the chosen one."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.instants: list[str] = []
        """The instants it has passed, by name; the last one is where it died."""
        self.over = asyncio.Event()
        self.passes: Callable[[str], object] = _unheard
        """Hears of each instant as it is passed."""
        self._dies_at = dies_at

    @property
    def died(self) -> str | None:
        """Where it died; None while it lives."""
        return self.instants[-1] if self.over.is_set() else None

    async def instant(self, name: str) -> None:
        """Pass one instant, or die there: then this never returns."""
        if not self.over.is_set():
            self.instants.append(name)
            dies = self._dies_at == len(self.instants) - 1
            self.passes(f"{name}, and dies there" if dies else name)
            if dies:
                self.over.set()
        if self.over.is_set():
            await asyncio.Event().wait()


class MortalExchange:
    """An exchange as a mortal process uses it; ``sees`` hears of each request before it leaves."""

    def __init__(self, inner: Exchange, life: Instants, sees: Callable[[Request], None]) -> None:
        self._inner = inner
        self._life = life
        self._sees = sees

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def environment(self) -> str:
        return self._inner.environment

    @property
    def account_id(self) -> str | None:
        return self._inner.account_id

    @property
    def key(self) -> KeyFacts:
        return self._inner.key

    @property
    def profile(self) -> Profile:
        return self._inner.profile

    @property
    def reads(self) -> Reads:
        return self._inner.reads

    @property
    def urgent_reads(self) -> Reads:
        return self._inner.urgent_reads

    @property
    def account(self) -> AccountReads:
        return self._inner.account

    def hedged(self, side: PositionSide) -> MortalExchange:
        bound = copy.copy(self)
        bound._inner = self._inner.hedged(side)
        return bound

    @property
    def stream(self) -> Stream | None:
        return self._inner.stream

    async def open(self) -> None:
        await self._inner.open()

    async def instrument(self, symbol: str) -> Instrument:
        return await self._inner.instrument(symbol)

    async def server_time_us(self) -> int:
        return await self._inner.server_time_us()

    async def write(self, request: Request, permit: Permit = always) -> Outcome:
        """Send it, with an instant before it leaves, one when it has left and one when it was answered."""
        await self._life.instant(f"before {_named(request)}")
        self._sees(request)
        sending = asyncio.ensure_future(self._inner.write(request, permit))
        await asyncio.sleep(0)
        await self._life.instant(f"{_named(request)} has left")
        outcome = await sending
        await self._life.instant(f"{_named(request)} was answered")
        return outcome

    async def close(self) -> None:
        await self._inner.close()


class MortalJournal(JournalOver):
    """A journal as a mortal process uses it; ``sees`` hears of each change once it is stored."""

    def __init__(self, inner: Journal, life: Instants, sees: Callable[[Change], None]) -> None:
        super().__init__(inner)
        self._life = life
        self._sees = sees

    async def admit(self, change: Change, lease_us: int) -> None:
        await self._life.instant("before admit")
        await self.inner.admit(change, lease_us)
        self._sees(change)
        await self._life.instant("after admit")

    async def commit(self, change: Change) -> None:
        await self._life.instant(f"before commit of {change.record.state.value}")
        await self.inner.commit(change)
        self._sees(change)
        await self._life.instant(f"after commit of {change.record.state.value}")

    async def close(self) -> None:
        """The journal outlives the process."""


def _unheard(name: str) -> None:
    """Nobody listens."""


def _named(request: Request) -> str:
    match request:
        case PlaceOrder():
            return request.leg.value
        case SetPositionStop():
            return "position stop"
        case CancelOrder():
            return "cancel"
        case SetMarginMode():
            return "margin mode"
        case _:
            return "leverage"
