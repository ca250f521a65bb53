"""Rig 3: PostgreSQL is restarted and its connections are cut, in the middle of opens."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy.engine import make_url

from atomicpos.errors import StoreUnavailable
from atomicpos.models import State
from atomicpos.record import Record
from atomicpos.testing.postgres import Shutdown

from .births import Bot, Died
from .ground import Ground, ground
from .judging import AT_REST, Standing, told
from .kill_cases import ATTACHED, EARLY, LATE, OPEN
from .lanes import LANES, Lane
from .player import Player
from .proxy import Loses, Proxy, proxied
from .report import Report, Wrong, spread

KNOBS: dict[str, Any] = {"journal_patience_s": 0.1, "watch_s": 0.5}
"""Nobody dies here: what leaves before its journal line is journaled when the database is back."""
REST_LIMIT_S = 60.0
ASKS_AGAIN_S = 0.1
OPENS_WITHIN_S = 0.2
"""About how long an open takes: what is done to the database falls somewhere inside."""
CUT_ALL = "every connection cut"
RESTARTED = {how: f"restarted, {how.name.lower()}" for how in Shutdown}
T = TypeVar("T")


@dataclass(slots=True)
class Tally:
    """What happened so far."""

    opens: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    rest_s: list[float] = field(default_factory=list)
    """From an open's beginning to the rest of its row."""
    opening: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when an open has just begun."""


class Saboteur:
    """Does something to the database again and again, each thing in its turn, and each in the middle of an open."""

    def __init__(self, ground: Ground, proxy: Proxy, rng: random.Random, tally: Tally) -> None:
        self._ground = ground
        self._proxy = proxy
        self._rng = rng
        self._tally = tally

    async def run(self) -> None:
        """For ever."""
        acts = [self._cut, *(self._lose(what) for what in Loses), *(self._restart(how) for how in Shutdown)]
        while True:
            self._rng.shuffle(acts)
            for act in acts:
                self._tally.opening.clear()
                await self._tally.opening.wait()
                await asyncio.sleep(self._rng.uniform(0, OPENS_WITHIN_S))
                await act()

    async def _cut(self) -> None:
        database = make_url(self._ground.url).database
        statement = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'"
        assert self._ground.server is not None
        await asyncio.to_thread(self._ground.server.execute, statement)
        self._tally.troubles[CUT_ALL] += 1

    def _lose(self, what: Loses) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            self._proxy.lose(what)

        return act

    def _restart(self, how: Shutdown) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            assert self._ground.server is not None
            await asyncio.to_thread(self._ground.server.restart, how)
            self._tally.troubles[RESTARTED[how]] += 1

        return act


class Story(Player):
    """One open under trouble, by a bot that lives on."""

    def __init__(self, ground: Ground, lane: Lane, bot: Bot, side: str, known: set[str], tally: Tally) -> None:
        super().__init__(ground, lane, (OPEN, ATTACHED), side, known)
        self._bot = bot
        self._tally = tally

    async def rows(self) -> list[Record]:
        """Those of this story; a database that is down is asked again."""
        return await again(super().rows)

    async def play(self) -> list[str]:
        """Everything that was wrong at its end."""
        before, began = await self.truth(), time.monotonic()
        self._tally.opening.set()
        answer = await self.open(self._bot)
        self._tally.opens += 1
        self._tally.answers[answer.get("error") or answer["state"]] += 1
        try:
            async with asyncio.timeout(REST_LIMIT_S):
                await self._rests()
        except TimeoutError:
            return [f"no rest within {REST_LIMIT_S:g} s: {', '.join(map(told, await self.rows()))}"]
        self._tally.rest_s.append(time.monotonic() - began)
        rows = await self.rows()
        self._tally.ends[rows[0].state.value if rows else "no row"] += 1
        wrong = Standing(rows, before, await self.truth()).wrong + _unlike(answer, rows)
        return wrong or await self._closes()

    async def _rests(self) -> None:
        """As the library says, and as is stored."""
        while "rows" not in await self._bot.ask("rest", symbol=self.lane.symbol):  # noqa: ASYNC110 (no event there)
            await asyncio.sleep(ASKS_AGAIN_S)
        while any(row.state not in AT_REST for row in await self.rows()):  # noqa: ASYNC110
            await asyncio.sleep(ASKS_AGAIN_S)

    async def _closes(self) -> list[str]:
        """Make room; what could not be closed for want of a database is closed when it is back."""
        async with asyncio.timeout(REST_LIMIT_S):
            while held := [row for row in await self.rows() if not row.state.settled]:
                await self._bot.ask("close", id=held[0].id)
                await self._rests()
        truth = await self.truth()
        left = {name: truth[name] for name in ("quantity", "stops", "orders") if truth[name] not in ("0", [])}
        return [f"closed, and left is {left}"] if left else []


def _unlike(answer: dict[str, Any], rows: list[Record]) -> list[str]:
    """What the caller was told, held against what is stored of it in the end."""
    found = [f"{len(rows)} rows of one open"] if len(rows) > 1 else []
    if answer.get("error") == StoreUnavailable.__name__ and any(row.filled_quantity for row in rows):
        found.append("the caller was told that nothing was sent, and something was filled")
    if answer.get("state") == State.PROTECTED and [row.id for row in rows] != [answer["id"]]:
        found.append(f"the caller was told of {answer['id']}, stored is {[row.id for row in rows]}")
    return found


async def again(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, as soon as the database gives one."""
    while True:
        try:
            return await ask()
        except StoreUnavailable:
            await asyncio.sleep(ASKS_AGAIN_S)


async def run(database: str, seed: int, *, opens: int = 200, lanes: int = 6, defect: str | None = None) -> Report:
    """Open that often under trouble, every one of its kinds."""
    report, began, tally = Report("PostgreSQL cut", database, seed), time.monotonic(), Tally()
    async with AsyncExitStack() as stack:
        below = await stack.enter_async_context(ground(database, seed))
        assert below.server is not None
        proxy, through = await stack.enter_async_context(proxied(below.server.socket, below.url))
        standing = replace(below, through=through)
        saboteur = Saboteur(below, proxy, random.Random(seed), tally)
        sabotage = asyncio.ensure_future(saboteur.run())
        rigs = (_lane(standing, number, opens, tally, report, defect) for number in range(lanes))
        try:
            await asyncio.gather(*rigs)
        finally:
            sabotage.cancel()
            await asyncio.gather(sabotage, return_exceptions=True)
    tally.troubles.update(lost.value for lost in proxy.lost)
    report.seconds = time.monotonic() - began
    _tell(report, tally)
    never = {*RESTARTED.values(), *(what.value for what in Loses), CUT_ALL} - tally.troubles.keys()
    report.wrong += [Wrong(f"it never happened: {kind}", f"--seed {seed} --only cut") for kind in sorted(never)]
    return report


async def _lane(ground: Ground, number: int, opens: int, tally: Tally, report: Report, defect: str | None) -> None:
    lane, rng = LANES[number], random.Random(f"cut/{report.seed}/{number}")
    protection = (ATTACHED, EARLY, LATE)[number % 3]
    bot = await _bot(ground, lane, protection=protection, knobs=KNOBS, defect=defect)
    while tally.opens < opens and not report.wrong:
        known = {row.id for row in await again(lambda: ground.rows(lane))}
        story = Story(ground, lane, bot, rng.choice(("buy", "sell")), known, tally)
        try:
            wrong = await story.play()
        except (Died, TimeoutError) as error:
            wrong = [f"{type(error).__name__}: {error}"]
        tape = f"--seed {report.seed} --only cut: {lane.symbol} {protection}"
        report.wrong += [Wrong(what, tape) for what in await story.written_down(wrong)]
    await bot.leave()


async def _bot(ground: Ground, lane: Lane, **words: Any) -> Bot:
    """A bot inside its block; one whose start met a database that was down is started again, as a service is."""
    while True:
        bot = await ground.born(lane.account, **words)
        try:
            await bot.heard("ready")
        except Died:
            if "StoreUnavailable" not in (bot.failure or ""):
                raise
        else:
            return bot


def _tell(report: Report, tally: Tally) -> None:
    troubles = ", ".join(f"{count} x {what}" for what, count in tally.troubles.most_common())
    report.figures |= {
        "opens": tally.opens,
        "troubles": troubles,
        "their callers were told": ", ".join(f"{count} {what}" for what, count in tally.answers.most_common()),
        "came to rest": ", ".join(f"{count} {what}" for what, count in tally.ends.most_common()),
        "from the call to the rest": spread(tally.rest_s),
        "lost, entered twice, or unlike the venue": len(report.wrong),
    }
