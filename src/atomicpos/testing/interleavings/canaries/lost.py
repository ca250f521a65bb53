"""Histories for canaries: the database is lost for a while, or for good with its process; others hold the slot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from ....app import AtomicPositions
from ....errors import AtomicPositionError, StoreUnavailable
from ....models import MICROSECONDS
from ....ports import Change, Journal
from ...journals import JournalOver
from ..histories import Playing
from ..invariants import Watch, covers
from ..mortal import Life, MortalExchange, MortalJournal
from ..spaces import history
from ..stage import SYMBOL

HELD_S = 20.0
"""How long a successor holds what it found before it closes it."""
AWAY_S, NAKED_S = 30.0, 12.0
"""How long a database is away; how long after that began the position must be covered at the latest."""
OTHERS_SINCE_S = 60.0
"""How long somebody else has held the slot."""


class LostJournal(JournalOver):
    """A database that takes so many commits, and after them nothing for as long as ``gone`` says so."""

    def __init__(self, inner: Journal, takes: int, gone: Callable[[], bool]) -> None:
        super().__init__(inner)
        self._left = takes
        self._gone = gone

    async def commit(self, change: Change) -> None:
        """Raises StoreUnavailable once it has taken its share."""
        if self._left <= 0 and self._gone():
            raise StoreUnavailable("the disk is gone")
        self._left -= 1
        await super().commit(change)


class LostDatabase(Playing):
    """The first process loses its database and dies; its successor has one again, and closes what it finds."""

    def __init__(self, choices: dict[str, Any]) -> None:
        given = dict(choices)
        self._takes = given.pop("takes")
        super().__init__(history(given))
        self.watch = Watch(self.venue, SYMBOL, lambda: self.rows, unrecorded_exits=True)

    def _positions(self, life: Life) -> AtomicPositions:
        exchange = MortalExchange(self.exchange, life, self.watch.request)
        rows: Journal = LostJournal(self.journal, self._takes, lambda: True) if life is self._first else self.journal
        return AtomicPositions.over(exchange, MortalJournal(rows, life, self._stored), self.clock, random.Random(7))

    async def _successor(self) -> None:
        async with self._positions(Life()) as positions:
            await self._rest()
            await self.clock.sleep(HELD_S)
            for row in await positions.list():
                with suppress(AtomicPositionError):
                    await positions.close_position(row.id)
            await self._rest()
        left = self.watch.unrecorded
        if left:
            self.watch.broken.append(f"I2: {', '.join(sorted(left))} alive and in no row")


class AwayDatabase(Playing):
    """The database takes nothing for a while, and the process lives: what is open must be covered meanwhile (I9)."""

    def __init__(self, choices: dict[str, Any]) -> None:
        given = dict(choices)
        self._takes = given.pop("takes")
        super().__init__(history(given))
        self.watch = Watch(self.venue, SYMBOL, lambda: self.rows, unrecorded_exits=True)
        self._since_us: int | None = None

    def _positions(self, life: Life) -> AtomicPositions:
        exchange = MortalExchange(self.exchange, life, self.watch.request)
        journal = MortalJournal(LostJournal(self.journal, self._takes, self._away), life, self._stored)
        return AtomicPositions.over(exchange, journal, self.clock, random.Random(7))

    def _away(self) -> bool:
        if self._since_us is None:
            self._since_us = self.clock.now_us()
            asyncio.get_running_loop().call_later(NAKED_S, self._look)
        return self.clock.now_us() < self._since_us + AWAY_S * MICROSECONDS

    def _look(self) -> None:
        truth = self.watch.truth
        if covers(truth.stops) < truth.quantity:
            self.watch.broken.append(f"I9: {truth.quantity} without a stop {NAKED_S:g} s after the database was lost")


class Occupied(Playing):
    """Somebody else holds the slot, and no row claims it: nothing may be opened there (I7)."""

    def __init__(self, choices: dict[str, Any]) -> None:
        given = dict(choices)
        self._side = given.pop("side")
        super().__init__(history(given))

    async def _live(self, life: Life) -> str:
        self.venue.foreign_order(SYMBOL, self._side, Decimal(10))
        await self.clock.sleep(OTHERS_SINCE_S)
        answer = await super()._live(life)
        if self.watch.truth.entries:
            self.watch.broken.append("I7: an entry was taken on a slot that somebody else holds")
        return answer
