"""Rig 2: an owner is stopped with SIGSTOP for longer than its lease, another takes its row over, and it wakes again."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atomicpos.models import State

from .births import Bot, Died
from .ground import SQLITE, Ground, ground
from .judging import AT_REST, Standing, told
from .kill_cases import TURN, End, Scene
from .lanes import LANES, Lane
from .player import Player
from .report import Report, Wrong, spread

KNOBS: dict[str, Any] = {"recv_window_s": 1, "clock_skew_s_max": 0.1, "watch_s": 0.5}
LEASE_S = 3 * (1 + 3 * 0.1)
"""The shortest that these bounds allow."""
TAKEN_WITHIN_S = 35.0
"""How long after the stop the other has the row at rest, at the most. A transaction that was stopped half way is undone
by PostgreSQL after five seconds or, with several statements under way, fifteen."""
ANSWERED_WITHIN_S = 30.0
"""How long a process that was woken may take until its caller has an answer."""
AFTERWARDS_S = 2.0
"""How long both go on then: several turns of their watchdogs."""
LOOKS_EVERY_S = 0.05
_FIRST = (
    ("open", "attached", "entry may leave"),
    ("close", "attached", "close may leave"),
    ("move", "attached", "position stop may leave"),
    ("open", "attached", "before entry"),
    ("open", "after_fill", "entry was answered"),
    ("move", "on_acknowledgement", "cancel may leave"),
)
"""The moments that are tried first: each is one at which somebody who wakes late could do the most harm."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the first process does, when it is stopped, and for how long after its row was taken."""

    number: int
    lane: Lane
    scene: Scene
    side: str
    end: End
    fresh: bool
    """The second process is started after the stop; else it runs, idle, from the beginning."""
    held_s: float

    def __str__(self) -> str:
        second = "a second one started afterwards" if self.fresh else "a second one beside it"
        act = " ".join(self.scene)
        return f"{self.lane.symbol} {self.side} {act}; stopped {self.end}, {second}; woken {self.held_s:.1f} s later"


def draw(seed: int, number: int, lane: Lane) -> Case:
    """The case of that number."""
    rng = random.Random(f"stopped/{seed}/{number}")
    scene, end = _moment(rng, number)
    return Case(number, lane, scene, rng.choice(("buy", "sell")), end, rng.random() < 0.5, rng.uniform(0, 3))


def _moment(rng: random.Random, number: int) -> tuple[Scene, End]:
    if number < len(_FIRST):
        scene, name = _FIRST[number][:2], _FIRST[number][2]
        return next((s, End(point)) for s, point in TURN if s == scene and point.name == name)
    scene, point = rng.choice(TURN)
    return scene, End(point) if rng.random() < 0.7 else End(after_s=rng.uniform(0, 0.3))


@dataclass(slots=True)
class Tally:
    """What happened so far."""

    stopped: int = 0
    taken: int = 0
    at: set[str] = field(default_factory=set)
    locked: int = 0
    """Stopped inside a transaction on SQLite: nobody could write until it was woken."""
    taken_s: list[float] = field(default_factory=list)
    """From the stop until another process had the row, and it was at rest."""
    late: Counter[str] = field(default_factory=Counter)
    """What came of the requests that were answered after the process was woken."""
    ends: Counter[str] = field(default_factory=Counter)


class Story(Player):
    """One case being played."""

    def __init__(self, ground: Ground, case: Case, tally: Tally, known: set[str], defect: str | None) -> None:
        super().__init__(ground, case.lane, case.scene, case.side, known, knobs=KNOBS, defect=defect)
        self._case = case
        self._tally = tally
        self._put_up_late = False
        """Woken, the first put a stop up: it needs no lease for that, and the successor finds it and cancels it."""

    async def play(self) -> list[str]:
        """Everything that was wrong at its end."""
        before = await self.truth()
        first = await self.born(signal=int(signal.SIGSTOP))
        second = None if self._case.fresh else await self.born()
        for bot in (first, second):
            if bot is not None:
                await bot.heard("ready")
        acting = await self._stopped(first)
        began = time.monotonic()
        if locked := await self._locked():
            self._tally.locked += 1
            await asyncio.sleep(LEASE_S)
        else:
            second = second or await self.born()
        taken = [] if locked else await self._taken_over(first, began)
        await asyncio.sleep(self._case.held_s)
        answered = await self._woken(first, acting)
        second = second or await self.born()
        for bot in (second, first):
            await asyncio.wait_for(bot.ask("rest", symbol=self.lane.symbol), ANSWERED_WITHIN_S)
        wrong = [*taken, *answered, *Standing(await self.rows(), before, await self.truth()).wrong]
        wrong += await self._reopened()
        self._tally.ends.update(row.state.value for row in await self.rows())
        return wrong or await self.clear(second, first, late_stops=self._put_up_late)

    # --- the stop -------------------------------------------------------------------------------------------------

    async def _stopped(self, first: Bot) -> asyncio.Future[dict[str, Any]]:
        """Act, and be stopped meanwhile: by its own hand at its point, else by ours."""
        end, opened = self._case.end, await self.prepare(first)
        await first.ask("arm", **({} if end.point is None else {"point": end.point.name, "nth": end.point.nth}))
        acting = asyncio.ensure_future(self.act(first, opened))
        if end.point is None:
            await asyncio.sleep(end.after_s)
        else:
            while not acting.done() and not _is_stopped(first.pid):  # noqa: ASYNC110 (no event there)
                await asyncio.sleep(LOOKS_EVERY_S / 10)
            if not acting.done():
                self._tally.at.add(end.point.name)
        first.send(signal.SIGSTOP)
        self._tally.stopped += 1
        return acting

    async def _taken_over(self, first: Bot, began: float) -> list[str]:
        """Wait until no row is the stopped one's any more, and all are at rest; what is wrong when that fails."""
        mine = f":{first.pid}:"
        while time.monotonic() - began < TAKEN_WITHIN_S:
            rows = await self.rows()
            if all(row.state in AT_REST and mine not in (row.owner or "") for row in rows):
                if not rows:
                    await asyncio.sleep(LEASE_S)  # nothing was stored yet, so there is nothing to be taken
                    return []
                self._tally.taken += 1
                self._tally.taken_s.append(time.monotonic() - began)
                return []
            await asyncio.sleep(LOOKS_EVERY_S)
        return [f"not taken over within {TAKEN_WITHIN_S:g} s: {', '.join(map(told, await self.rows()))}"]

    async def _locked(self) -> bool:
        """True when the stopped process holds SQLite's one write lock: nobody can take anything over until it wakes."""
        return await asyncio.to_thread(_write_locked, self.ground.database(self.lane.account))

    async def _woken(self, first: Bot, acting: asyncio.Future[dict[str, Any]]) -> list[str]:
        """Wake it; both go on for a while. What is wrong with what its caller was told."""
        first.send(signal.SIGCONT)
        try:
            await asyncio.wait_for(asyncio.shield(acting), ANSWERED_WITHIN_S)
        except TimeoutError:
            return [f"woken, its caller has no answer within {ANSWERED_WITHIN_S:g} s"]
        await asyncio.sleep(AFTERWARDS_S)
        outcomes = (await first.ask("late"))["outcomes"]
        self._put_up_late = any(said.startswith("stop acknowledged") for said in outcomes)
        self._tally.late.update(outcomes)
        return []

    async def _reopened(self) -> list[str]:
        """Rows that had settled and were reopened: what they were settled on was no proof, but for a late stop."""
        found: list[str] = []
        if self._put_up_late:
            return found
        reader = await self.ground.reader(self.lane.account)
        for row in await self.rows():
            ended = [f"{state.value} to" for state in State if state.settled]
            lines = [entry.text for entry in (await reader.history(row.id)).entries if entry.kind == "transition"]
            found += [f"{row.id} was reopened: {line}" for line in lines if line.startswith(tuple(ended))]
        return found


def _is_stopped(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def _write_locked(url: str) -> bool:
    import sqlite3

    if not url.startswith(SQLITE):
        return False
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


async def run(
    database: str, seed: int, *, cases: int = 40, lanes: int = 10, case: int | None = None, defect: str | None = None
) -> Report:
    """Stop that many owners on that database; with ``case``, play that one only."""
    report, began, tally = Report("SIGSTOP", database, seed), time.monotonic(), Tally()
    numbers = iter([case] if case is not None else range(cases))
    async with ground(database, seed) as standing:

        async def one(lane: Lane) -> None:
            for number in numbers:
                if not await _play(standing, draw(seed, number, lane), tally, report, defect):
                    return

        await asyncio.gather(*(one(lane) for lane in LANES[:lanes]))
    report.seconds = time.monotonic() - began
    _tell(report, tally)
    if case is None and tally.stopped < cases:
        report.wrong.append(Wrong(f"{tally.stopped} were stopped, not {cases}", f"--seed {seed} --only stopped"))
    return report


async def _play(ground: Ground, case: Case, tally: Tally, report: Report, defect: str | None) -> bool:
    known = {row.id for row in await ground.rows(case.lane)}
    story = Story(ground, case, tally, known, defect)
    try:
        wrong = await story.play()
    except (Died, TimeoutError, ValueError) as error:
        wrong = [f"{type(error).__name__}: {error}"]
    tape = f"--seed {report.seed} --only stopped --database {report.database} --case {case.number}: {case}"
    report.wrong += [Wrong(what, tape) for what in await story.written_down(wrong)]
    return not wrong


def _tell(report: Report, tally: Tally) -> None:
    late = ", ".join(f"{count} {what}" for what, count in tally.late.most_common())
    ends = ", ".join(f"{count} {name}" for name, count in tally.ends.most_common())
    report.figures |= {
        f"owners stopped for longer than their lease of {LEASE_S:g} s": tally.stopped,
        "  of them at a named point": f"{len(tally.at)} different ones",
        "  of them succeeded by another process": tally.taken,
        "  of them inside a transaction of SQLite, so by nobody": tally.locked,
        "from the stop to the rest under the successor": spread(tally.taken_s),
        "requests of theirs that were answered after they woke": late or "none",
        "came to rest": ends,
        "late harm, entered twice, stops lost, unlike the venue": len(report.wrong),
    }
