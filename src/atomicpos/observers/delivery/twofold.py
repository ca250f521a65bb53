"""The outbox in the database and one in memory beside it: while the first cannot be used the second carries on.

What was told meanwhile is merged into the database once it answers again, so that nobody is told twice. Several
processes without their database do not know of each other: then each tells what it sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from atomicpos.errors import StoreUnavailable
from atomicpos.letters import Letter, Report, Subject
from atomicpos.models import MICROSECONDS, Scope
from atomicpos.ports import Clock, Outbox, Taker

from .memory import Address, MemoryOutbox

Answer = TypeVar("Answer")

PATIENCE_S = 2.0
"""How long a question to the database may take, in seconds; then memory answers it."""
ASKED_AGAIN_S = 5.0
"""How long the database is not asked after it failed, in seconds: who commits a position shall not queue behind us."""
SAID_TOGETHER = 20
"""How many reports one transaction holds at the most: a position that commits waits for one such at the longest."""


class Twofold:
    """The outbox of one process. Nothing in it raises StoreUnavailable but ``refresh``."""

    def __init__(self, stored: Outbox, clock: Clock) -> None:
        self._stored = stored
        self._memory = MemoryOutbox(clock.now_us)
        self._clock = clock
        self._failed_at_us: int | None = None
        self._behind: set[Address] = set()
        self._unsaid: dict[tuple[str, Subject], Report] = {}

    async def report(self, wanted: Mapping[str, Sequence[Report]]) -> None:
        """Make the reports part of the letters, by channel."""
        for channel, reports in wanted.items():
            await self._memory.report((channel,), reports)
        try:
            await self._catch_up()
            for channel, reports in wanted.items():
                for begin in range(0, len(reports), SAID_TOGETHER):
                    await self._asked(self._stored.report, (channel,), reports[begin : begin + SAID_TOGETHER])
        except StoreUnavailable:
            for channel, reports in wanted.items():
                self._unsaid |= {(channel, report.subject): report for report in reports}

    async def take(self, taker: Taker, limit: int) -> tuple[Letter, ...]:
        """Take letters that are due: those that the database has, or those in memory while it cannot be used."""
        try:
            await self._catch_up()
            letters = await self._asked(self._stored.take, taker, limit)
        except StoreUnavailable:
            return await self._memory.take(taker, limit)
        for letter in letters:
            self._memory.put(letter)
        return letters

    async def put_back(self, owner: str, letter: Letter, change: Callable[[Letter], Letter]) -> None:
        """Change a letter and give it back."""
        await self._memory.put_back(owner, letter, change)
        try:
            await self._catch_up()
            await self._asked(self._stored.put_back, owner, letter, change)
        except StoreUnavailable:
            self._behind.add(letter.address)

    async def refresh(self, scope: Scope) -> tuple[frozenset[str], frozenset[str]]:
        """Learn what other processes told. The owners that have letters, and the positions that letters are about.

        Raises StoreUnavailable.
        """
        await self._catch_up()
        letters = await self._asked(self._stored.letters, scope)
        for letter in letters:
            self._memory.put(letter)
        owners = await self._asked(self._stored.takers, scope)
        about = frozenset(x.subject.position_id for x in letters if x.due_at_us is not None and x.subject.position_id)
        return owners, about

    async def tidy(self, scope: Scope, unconfirmed_since_us: int | None, over_since_us: int, at_us: int) -> None:
        """Let lapse what nobody confirmed since then, and forget what has long been over. Raises StoreUnavailable."""
        if unconfirmed_since_us is not None:
            await self._asked(self._stored.lapse, scope, unconfirmed_since_us, at_us)
        await self._asked(self._stored.forget, scope, over_since_us)
        await self._memory.forget(scope, over_since_us)

    async def _catch_up(self) -> None:
        """Tell the database what was told without it. Raises StoreUnavailable."""
        if not self._behind and not self._unsaid:
            return
        letters = [x for x in await self._memory.letters() if x.address in self._behind]
        await self._asked(self._stored.merge, letters)
        self._behind.clear()
        for (channel, subject), report in tuple(self._unsaid.items()):
            await self._asked(self._stored.report, (channel,), (report,))
            if self._unsaid.get((channel, subject)) is report:
                del self._unsaid[channel, subject]

    async def _asked(self, question: Callable[..., Awaitable[Answer]], *given: object) -> Answer:
        now = self._clock.now_us()
        if self._failed_at_us is not None and now < self._failed_at_us + ASKED_AGAIN_S * MICROSECONDS:
            raise StoreUnavailable("the database failed a moment ago")
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await question(*given)
        except (TimeoutError, StoreUnavailable) as failure:
            self._failed_at_us = self._clock.now_us()
            raise StoreUnavailable(str(failure) or f"the database did not answer within {PATIENCE_S:g} s") from failure
        self._failed_at_us = None
        return answer
