"""Rig 1: bots killed with SIGKILL at named points and at random instants, and started again until all is at rest."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .births import Bot, Died
from .ground import Ground, ground
from .judging import Standing, naked, told
from .kill_cases import TURN, Case, End, draw, names
from .lanes import LANES, Lane
from .player import Player
from .report import Report, Wrong, spread

REST_LIMIT_S = 45.0
"""Within this everything is at rest again, or it is not going to be."""
LOOKS_EVERY_S = 0.02


@dataclass(slots=True)
class Tally:
    """What happened so far."""

    kills: int = 0
    naked: int = 0
    struck: set[str] = field(default_factory=set)
    """The points at which a process ended itself."""
    at_points: int = 0
    protected_s: list[float] = field(default_factory=list)
    """From the start of the process that lived on until it had the position as protected."""
    covered_s: list[float] = field(default_factory=list)
    """From that start until the venue had a stop up, where the position was naked when its process died."""
    ends: Counter[str] = field(default_factory=Counter)


class Kills:
    """One run on one database."""

    def __init__(self, ground: Ground, seed: int, defect: str | None, report: Report) -> None:
        self._ground = ground
        self._seed = seed
        self._defect = defect
        self._report = report
        self.tally = Tally()
        self._next = 0

    async def run(self, kills: int, lanes: int) -> None:
        """Kill that often at least, on that many symbols side by side."""
        await asyncio.gather(*(self._lane(lane, kills) for lane in LANES[:lanes]))

    async def _lane(self, lane: Lane, kills: int) -> None:
        while self.tally.kills < kills:
            number, self._next = self._next, self._next + 1
            if not await self.case(draw(self._seed, number, lane)):
                return  # what is left on this symbol would only spoil the next case

    async def case(self, case: Case) -> bool:
        """Play one case; False when it went wrong."""
        known = {row.id for row in await self._ground.rows(case.lane)}
        story = Story(self._ground, case, self.tally, known, self._defect)
        try:
            wrong = await story.play()
        except (Died, TimeoutError, ValueError) as error:
            wrong = [f"{type(error).__name__}: {error}"]
        tape = f"--seed {self._seed} --only kill --database {self._report.database} --case {case.number}: {case}"
        self._report.wrong += [Wrong(what, tape) for what in await story.written_down(wrong)]
        return not wrong


class Story(Player):
    """One case being played."""

    def __init__(self, ground: Ground, case: Case, tally: Tally, known: set[str], defect: str | None) -> None:
        super().__init__(ground, case.lane, case.scene, case.side, known, defect=defect)
        self._case = case
        self._tally = tally

    async def play(self) -> list[str]:
        """Everything that was wrong at its end."""
        before = await self.truth()
        was_naked = await self._first_life(self._case.ends[0])
        for end in self._case.ends[1:]:
            was_naked = await self._killed_again(end)
        bot = await self.born()
        try:
            async with asyncio.timeout(REST_LIMIT_S):
                await self._comes_to_rest(bot, was_naked)
        except TimeoutError:
            await bot.kill()
            return [f"no rest within {REST_LIMIT_S:g} s: {', '.join(map(told, await self.rows()))}"]
        rows = await self.rows()
        self._tally.ends[rows[0].state.value if rows else "no row"] += 1
        wrong = Standing(rows, before, await self.truth()).wrong
        wrong += [f"{len(rows)} rows"] if len(rows) > 1 else []
        return wrong or await self.clear(bot)

    async def _comes_to_rest(self, bot: Bot, was_naked: bool) -> None:
        covering = asyncio.ensure_future(self._covered()) if was_naked else None
        rested = await bot.ask("rest", symbol=self.lane.symbol)
        if rested["rows"]:
            self._tally.protected_s.append(rested["protected_s"])
        if covering is not None:
            self._tally.covered_s.append(await covering)

    async def _covered(self) -> float:
        """Look until a stop covers the position, or it is gone; in seconds."""
        began = time.monotonic()
        while naked(await self.truth()):  # noqa: ASYNC110 (no event there)
            await asyncio.sleep(LOOKS_EVERY_S)
        return time.monotonic() - began

    # --- lives that end -------------------------------------------------------------------------------------------

    async def _first_life(self, end: End) -> bool:
        """Open, close or move, and die meanwhile; True when that left the position naked."""
        bot = await self.born()
        await bot.heard("ready")
        opened = await self.prepare(bot)
        if self._case.faults:
            self.ground.venue.faults(list(self._case.faults))
        if end.point is not None:
            await bot.ask("arm", point=end.point.name, nth=end.point.nth)
        return await self._dies(bot, asyncio.ensure_future(self.act(bot, opened)), end)

    async def _killed_again(self, end: End) -> bool:
        """Start, take up what is there, and die meanwhile."""
        point = {} if end.point is None else {"point": end.point.name, "nth": end.point.nth}
        bot = await self.born(**point)
        return await self._dies(bot, asyncio.ensure_future(bot.ask("rest", symbol=self.lane.symbol)), end)

    async def _dies(self, bot: Bot, acting: asyncio.Future[Any], end: End) -> bool:
        """At its point by its own hand, else by ours: after the time, or once it has done all it was asked."""
        await asyncio.wait([acting], timeout=REST_LIMIT_S if end.point is not None else end.after_s)
        struck = acting.done() and isinstance(acting.exception(), Died)
        await bot.kill()
        with suppress(Died):
            await acting
        if bot.failure is not None:
            raise Died(bot.failure)
        self._tally.kills += 1
        self._tally.at_points += struck
        if struck and end.point is not None:
            self._tally.struck.add(end.point.name)
        was_naked = naked(await self.truth())
        self._tally.naked += was_naked
        return was_naked


async def run(
    database: str,
    seed: int,
    *,
    kills: int = 300,
    lanes: int = 10,
    case: int | None = None,
    defect: str | None = None,
    every_point: bool = True,
) -> Report:
    """Kill that often on that database; with ``case``, play that one only. ``every_point`` must then be struck."""
    report, began = Report("kill -9", database, seed), time.monotonic()
    async with ground(database, seed) as standing:
        rig = Kills(standing, seed, defect, report)
        if case is not None:
            await rig.case(draw(seed, case, LANES[0]))
        else:
            await rig.run(kills, lanes)
        import_s = standing.nursery.import_s
    report.seconds = time.monotonic() - began
    _tell(report, rig.tally, import_s)
    if case is None and every_point:
        missed = names(point for _, point in TURN) - rig.tally.struck
        report.wrong += [Wrong(f"nobody died at {name!r}", f"--seed {seed} --only kill") for name in sorted(missed)]
    if case is None and rig.tally.kills < kills:
        report.wrong.append(Wrong(f"{rig.tally.kills} kills, not {kills}", f"--seed {seed} --only kill"))
    return report


def _tell(report: Report, tally: Tally, import_s: float) -> None:
    ends = ", ".join(f"{count} {name}" for name, count in tally.ends.most_common())
    report.figures |= {
        "processes killed": tally.kills,
        "  of them by themselves, at a named point": f"{tally.at_points} ({len(tally.struck)} different ones)",
        "  of them while the position was naked": tally.naked,
        "came to rest": ends,
        f"from restart to protected (+ {import_s:.1f} s of imports)": spread(tally.protected_s),
        "from restart to a stop, where it was naked": spread(tally.covered_s),
        "naked at rest, entered twice, or unlike the venue": len(report.wrong),
    }
