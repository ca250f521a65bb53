"""Rig 4: four processes on one PostgreSQL and one account, as if on four hosts; two of them are killed on the way."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from atomicpos.errors import AlreadyOpen
from atomicpos.models import Scope, State
from atomicpos.record import Record

from .births import Bot, Died
from .defects import IN_DATABASE
from .ground import Ground, ground
from .judging import AT_REST, Standing, told
from .lanes import LANES, Lane
from .report import Report, Wrong, spread
from .tapes import write_down

ACCOUNT = "shared"
KNOBS: dict[str, Any] = {"recv_window_s": 1, "clock_skew_s_max": 0.1, "watch_s": 1}
HOSTS = ("north", "east", "south", "west")
CALLERS = 5
"""Callers that give the same idempotency key."""
REST_LIMIT_S = 60.0
OPENS_WITHIN_S = 0.3
"""About how long opens of several processes take: a kill falls somewhere inside."""
LOOKS_EVERY_S = 0.1
SAMPLES_EVERY_S = 0.3


@dataclass(slots=True)
class Tally:
    """What happened so far."""

    positions: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    collisions: int = 0
    """Opens of one symbol by several processes at once."""
    keys: int = 0
    """Opens of one key by five callers in several processes."""
    killed: int = 0
    left: int = 0
    """Unsettled positions whose owner was killed."""
    samples: int = 0
    taken_s: list[float] = field(default_factory=list)
    """From a kill to the rest of all that it left."""


class Account:
    """One run."""

    def __init__(self, ground: Ground, seed: int, positions: int, kills: int, report: Report, tally: Tally) -> None:
        self._ground = ground
        self._rng = random.Random(f"hosts/{seed}")
        self._wanted = positions
        self._kills = [round(positions * (n + 1) / (kills + 2)) for n in range(kills)]
        self._report = report
        self._tally = tally
        self._bots: list[Bot] = []
        self._killing: list[asyncio.Task[None]] = []

    async def run(self, lanes: int, defect: str | None) -> None:
        """Open and close until there were as many positions as wanted."""
        born = (self._ground.born(ACCOUNT, host=host, knobs=KNOBS, defect=defect) for host in HOSTS)
        self._bots = list(await asyncio.gather(*born))
        await asyncio.gather(*(bot.heard("ready") for bot in self._bots))
        sampling = asyncio.ensure_future(self._sample())
        try:
            await asyncio.gather(*(self._lane(lane) for lane in LANES[:lanes]))
            await asyncio.gather(*self._killing)
        finally:
            sampling.cancel()
            await asyncio.gather(sampling, return_exceptions=True)
        for bot in self._bots:
            await bot.leave()
        self._miss(*(bot.failure for bot in self._bots if bot.failure))

    async def _lane(self, lane: Lane) -> None:
        while self._tally.positions < self._wanted and not self._report.wrong:
            known = {row.id for row in await self._rows(lane)}
            try:
                wrong = await self._cycle(lane, known)
            except (Died, TimeoutError) as error:
                wrong = [f"{type(error).__name__}: {error}"]
            if wrong:
                rows = [row for row in await self._rows(lane) if row.id not in known]
                path = await write_down(self._ground, lane, rows, wrong, ACCOUNT)
                self._miss(*(f"{lane.symbol}: {what} ({path})" for what in wrong))

    # --- one position after another -------------------------------------------------------------------------------

    async def _cycle(self, lane: Lane, known: set[str]) -> list[str]:
        """Open by one process or by several at once, judge, and close."""
        self._kill_when_due()
        before, side = await self._ground.truth(lane), self._rng.choice(("buy", "sell"))
        chance = self._rng.random()
        callers = CALLERS if chance < 0.15 else self._rng.choice((2, 2, 3, 4)) if chance < 0.5 else 1
        key = f"{lane.symbol}-{self._tally.positions}-{len(known)}" if callers == CALLERS else None
        answers = await asyncio.gather(*(
            self._open(self._bots[number % len(self._bots)], lane, side, key)
            for number in range(self._rng.randrange(len(self._bots)), len(self._bots) * 2)[:callers]
        ))  # fmt: skip
        rows = await self._rested(lane, known)
        self._tally.positions += len(rows)
        wrong = Standing(rows, before, await self._ground.truth(lane)).wrong
        wrong += self._told(answers, rows, key)
        self._tally.ends.update(row.state.value for row in rows)
        return wrong or await self._close(lane, known)

    async def _open(self, bot: Bot, lane: Lane, side: str, key: str | None) -> dict[str, Any]:
        try:
            answer = await bot.ask("open", symbol=lane.symbol, side=side, quantity=lane.quantity, key=key)
        except Died:
            answer = {"error": "killed"}
        self._tally.answers[answer.get("error") or answer["state"]] += 1
        return answer

    def _told(self, answers: Sequence[dict[str, Any]], rows: Sequence[Record], key: str | None) -> list[str]:
        """What the callers were told, held against what is stored: one row at the most, and one answer for a key."""
        found = [f"{len(rows)} rows of one open"] if len(rows) > 1 else []
        living = [answer for answer in answers if answer.get("error") != "killed"]
        if key is not None:
            self._tally.keys += 1
            different = {(answer.get("id"), answer.get("state"), answer.get("error")) for answer in living}
            return found + ([f"one key, {len(different)} answers: {different}"] if len(different) > 1 else [])
        self._tally.collisions += len(answers) > 1
        won = [answer for answer in living if answer.get("state") == State.PROTECTED and "error" not in answer]
        found += [f"{len(won)} callers have the one position"] if len(won) > 1 else []
        others = [answer for answer in living if answer not in won and answer.get("error") != AlreadyOpen.__name__]
        return found + [f"a caller was told {answer}" for answer in others]

    async def _rested(self, lane: Lane, known: set[str]) -> list[Record]:
        """The new rows, once they are at rest whoever drives them."""
        try:
            async with asyncio.timeout(REST_LIMIT_S):
                while True:
                    rows = [row for row in await self._rows(lane) if row.id not in known]
                    if all(row.state in AT_REST and self._lives(row.owner) for row in rows):
                        return rows
                    await asyncio.sleep(LOOKS_EVERY_S)
        except TimeoutError:
            raise TimeoutError(f"no rest within {REST_LIMIT_S:g} s: {', '.join(map(told, rows))}") from None

    async def _close(self, lane: Lane, known: set[str]) -> list[str]:
        """Close what is held, by the process that has it; whoever is killed meanwhile, it ends flat."""
        async with asyncio.timeout(REST_LIMIT_S):
            while held := [row for row in await self._rows(lane) if row.id not in known and not row.state.settled]:
                for bot in [bot for bot in self._bots if f":{bot.pid}:" in (held[0].owner or "")]:
                    await asyncio.gather(bot.ask("close", id=held[0].id), return_exceptions=True)
                await asyncio.sleep(LOOKS_EVERY_S)
        truth = await self._ground.truth(lane)
        left = {name: truth[name] for name in ("quantity", "stops", "orders") if truth[name] not in ("0", [])}
        return [f"closed, and left is {left}"] if left else []

    # --- hosts that fail ------------------------------------------------------------------------------------------

    def _kill_when_due(self) -> None:
        """When an open begins, so that it falls into the middle of several."""
        if self._kills and self._tally.positions >= self._kills[0]:
            self._kills.pop(0)
            self._killing.append(asyncio.ensure_future(self._kill()))

    async def _kill(self) -> None:
        """Kill one of them, and wait until nothing is the dead one's any more."""
        await asyncio.sleep(self._rng.uniform(0, OPENS_WITHIN_S))
        bot = self._bots.pop(self._rng.randrange(len(self._bots)))
        await bot.kill()
        self._tally.killed += 1
        began, first = time.monotonic(), True
        while left := [row for row in await self._held() if not self._lives(row.owner)]:
            self._tally.left += len(left) if first else 0
            first = False
            if time.monotonic() - began > REST_LIMIT_S:
                self._miss(f"nobody took over within {REST_LIMIT_S:g} s: {', '.join(map(told, left))}")
                return
            await asyncio.sleep(LOOKS_EVERY_S)
        self._tally.taken_s.append(time.monotonic() - began)

    def _lives(self, owner: str | None) -> bool:
        return owner is None or any(f":{bot.pid}:" in owner for bot in self._bots)

    # --- all the time ---------------------------------------------------------------------------------------------

    async def _sample(self) -> None:
        """At no time do two rows hold one slot, or does the venue hold more than one open's worth of it."""
        while True:
            held = Counter(row.intent.symbol for row in await self._held())
            self._miss(*(f"{count} rows hold {symbol}" for symbol, count in held.items() if count > 1))
            truths = await self._ground.truths()
            for lane in LANES:
                if abs(Decimal(truths[lane.symbol]["quantity"])) > Decimal(lane.quantity):
                    self._miss(f"{lane.symbol}: the venue holds {truths[lane.symbol]['quantity']}")
            self._tally.samples += 1
            await asyncio.sleep(SAMPLES_EVERY_S)

    async def _held(self) -> tuple[Record, ...]:
        """Every row that holds its slot."""
        return await (await self._ground.reader(ACCOUNT)).holding(Scope("bybit", "live", ACCOUNT))

    async def _rows(self, lane: Lane) -> tuple[Record, ...]:
        return await self._ground.rows(lane, ACCOUNT)

    def _miss(self, *what: str) -> None:
        tape = f"--seed {self._report.seed} --only hosts"
        self._report.wrong += [Wrong(one, tape) for one in what]


async def run(
    database: str, seed: int, *, positions: int = 500, kills: int = 2, lanes: int = 15, defect: str | None = None
) -> Report:
    """Open that many positions by four processes, and kill that many of these on the way."""
    report, began, tally = Report("many hosts", database, seed), time.monotonic(), Tally()
    async with ground(database, seed) as standing:
        if defect in IN_DATABASE and standing.server is not None:
            standing.server.execute(IN_DATABASE[defect], standing.url)
        await Account(standing, seed, positions, kills, report, tally).run(lanes, defect)
    report.seconds = time.monotonic() - began
    _tell(report, tally)
    happened = {"several callers with one key": tally.keys, "a collision": tally.collisions}
    never = [what for what, count in happened.items() if count == 0]
    never += ["every kill"] if tally.killed < kills else []
    report.wrong += [Wrong(f"it never happened: {what}", f"--seed {seed} --only hosts") for what in never]
    return report


def _tell(report: Report, tally: Tally) -> None:
    report.figures |= {
        "positions by four processes": tally.positions,
        "  several processes at one symbol at once": tally.collisions,
        f"  {CALLERS} callers with one key, across processes": tally.keys,
        "processes killed, and what they left unsettled": f"{tally.killed}, {tally.left} positions",
        "from the kill until others had it all": spread(tally.taken_s),
        "callers were told": ", ".join(f"{count} {what}" for what, count in tally.answers.most_common()),
        "came to rest": ", ".join(f"{count} {what}" for what, count in tally.ends.most_common()),
        "looks at all slots, none of them held twice": tally.samples,
        "slots held twice, entered twice, unlike the venue": len(report.wrong),
    }
