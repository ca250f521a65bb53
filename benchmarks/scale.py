"""The two measurements of recovery at scale: beside many settled rows, and with many rows to take over."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from atomicpos.models import OrderSide, State
from atomicpos.sim.fault_words import Call
from atomicpos.sim.listings import PAGES
from atomicpos.sim.loop import run
from crowd import ROUND_TRIP_S, SYMBOLS_BEFORE, TEN, WATCH_S, Site, Work, counted, lapse_many, settle_many, site

FEW, MANY = 1_000, 1_000_000
BAR = 1.2
RUNS = 15
PROTECTED = 20
TURNS = 6
"""Turns that one lap measures: the fills are searched in one or two of them."""
LAPSED = 10_000
Meter = Callable[[], float]
LIMIT_S = 900.0
"""Virtual seconds after which rows that nobody looked at are given up."""


# --- beside many settled rows ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """One piece of work on one database: medians of its seconds beside few and beside many settled rows."""

    database: str
    what: str
    few_s: float
    many_s: float
    runs: int

    @property
    def ratio(self) -> float:
        """How many times as long it took beside many."""
        return self.many_s / self.few_s

    @property
    def holds(self) -> bool:
        """Within the bar."""
        return self.ratio <= BAR


@dataclass
class Laps:
    """Seconds of every run."""

    start: list[float] = field(default_factory=list)
    turn: list[float] = field(default_factory=list)
    stranger: list[float] = field(default_factory=list)


WHAT = {
    "start": "start-up, with its first looks",
    "turn": "one turn",
    "stranger": "one turn that finds a stranger's position",
}


def beside_settled(
    database: str, few_url: str, many_url: str, many: int, runs: int, meter: Meter = time.perf_counter
) -> list[Compared]:
    """The same work beside few and beside many settled rows, in turns, so that a slow moment strikes both.

    Another ``meter`` measures something else than seconds.
    """

    async def main() -> list[Compared]:
        places = [await _settled(few_url, FEW), await _settled(many_url, many)]
        laps = [Laps(), Laps()]
        for place in places:
            await _lap(place, Laps(), meter)  # what is only done once is not measured
        for _ in range(runs):
            for place, measured in zip(places, laps, strict=True):
                await _lap(place, measured, meter)
        few_s, many_s = (
            {what: statistics.median(seconds) for what, seconds in vars(measured).items()} for measured in laps
        )
        return [Compared(database, words, few_s[what], many_s[what], runs) for what, words in WHAT.items()]

    return run(main)


async def _settled(url: str, count: int) -> Site:
    place = site(url)
    rows = await place.opened(PROTECTED)
    settle_many(place, next(row for row in rows if row.state.settled), count)
    return place


async def _lap(place: Site, laps: Laps, meter: Meter) -> None:
    """Start, turn some times, find somebody's position beside ours, and leave."""
    symbol = place.markets[-1].symbol
    began = meter()
    async with place.library(await place.journal()):
        await place.clock.sleep(WATCH_S / 2)
        began = _lapped(laps.start, began, meter())
        await place.clock.sleep(TURNS * WATCH_S)
        began = _lapped(laps.turn, began, meter(), TURNS)
        place.venue.foreign_order(symbol, OrderSide.BUY, TEN)
        await place.clock.sleep(3 * WATCH_S)
        _lapped(laps.stranger, began, meter(), 3)
        place.venue.foreign_order(symbol, OrderSide.SELL, TEN, reduce_only=True)


def _lapped(measured: list[float], began: float, now: float, times: int = 1) -> float:
    """Note what each of those times took; now."""
    measured.append((now - began) / times)
    return now


# --- many rows to take over -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TakenOver:
    """What it needed to take over rows whose owner died, until each was claimed and looked at once."""

    database: str
    rows: int
    safe: int
    """Rows that are protected and the new owner's afterwards, each having heard both sources of a watch."""
    claimed_s: float
    looked_at_s: float
    virtual_s: float
    work: Work
    calls: Counter[str]
    most_calls: int

    @property
    def per_s(self) -> float:
        """Rows a second, claimed and looked at."""
        return self.rows / self.looked_at_s

    @property
    def pages(self) -> int:
        """How many calls pages of the account's listings were."""
        return sum(count for call, count in self.calls.items() if call in PAGES)

    @property
    def called(self) -> str:
        """The calls that were made."""
        return ", ".join(f"{count} {call}" for call, count in sorted(self.calls.items()))

    @property
    def holds(self) -> bool:
        """Every row was seen to, and the exchange was asked for pages alone, for each no more often than it has."""
        return self.safe == self.rows and self.pages == self.calls.total() <= self.most_calls


def taken_over(database: str, url: str, rows: int, round_trip_s: float = ROUND_TRIP_S) -> TakenOver:
    """Let so many rows lapse, start, and wait until each was looked at."""

    async def main() -> TakenOver:
        place = site(url, max(rows, SYMBOLS_BEFORE) + 1, round_trip_s)
        opened = await place.opened(1)
        await lapse_many(place, next(row for row in opened if not row.state.settled), rows - 1)
        with counted() as work:
            began = time.perf_counter()
            from_us = place.clock.now_us()
            journal = await place.journal()
            async with place.library(journal):
                claimed_s = time.perf_counter() - began
                while len(place.heard) < 2 * rows and place.clock.now_us() - from_us < LIMIT_S * 1e6:
                    await place.clock.sleep(0.5)
                looked_at_s = time.perf_counter() - began
                virtual_s = (place.clock.now_us() - from_us) / 1e6
                done, calls = Work(work.statements, work.commits), place.calls()
                safe = sum(1 for row in await journal.list(State.PROTECTED) if row.owner == f"owner-{place.starts}")
        return TakenOver(database, rows, min(safe, len(place.heard) // 2), claimed_s, looked_at_s, virtual_s, done,
                         calls, _most_calls(rows, virtual_s))  # fmt: skip

    return run(main)


def _most_calls(rows: int, virtual_s: float) -> int:
    """Whole listings of positions and orders, two each turn at the most, and one of the fills: two a position."""
    turns = 1 + int(virtual_s // WATCH_S)
    listing = sum(-(-rows // PAGES[call]) for call in (Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS))
    return 2 * turns * listing + -(-2 * rows // PAGES[Call.ACCOUNT_FILLS]) + 2
