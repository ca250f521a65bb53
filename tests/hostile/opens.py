"""Whole openings by the whole library against an exchange whose replies are hostile for a while, then honest again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import dataclass

from atomicpos.app import AtomicPositions
from atomicpos.errors import AtomicPositionError
from atomicpos.models import Position, State
from atomicpos.ports import Journal
from atomicpos.store import open_journal
from atomicpos.testing.hostile import FORGERIES, Operator
from atomicpos.testing.journals.memory import MemoryJournal

from .ground import Ground, ground
from .hand import Blow, Choice, Tally
from .watching import Watching, unlike, watching

SYMBOLS = {"AVL": "200", "MNT": "60", "XRP": "100", "DOGE": "900", "LINK": "20"}
"""How much of each is opened: each fills in several slices."""
SPELLS_S = (2.0, 8.0, 20.0)
"""How long replies are hostile: less than the visibility that the promise rests on, since an exchange that says
"nothing there" for longer has been believed by then, as it must be."""
REST_S = 300.0
"""Within which everything must be at rest once the replies are honest."""
CALM_S = 40.0
"""Until the account was listed anew, and whatever was made of it was looked into."""
AUDIT_S = 100.0
"""How long a forgery may stay believed: until what the account lists was searched for late evidence."""
PATHS = (
    "/v5/order/create", "/v5/order/cancel", "/v5/position/trading-stop", "/v5/position/set-leverage",
    "/v5/order/realtime", "/v5/order/history", "/v5/execution/list", "/v5/position/list", "/v5/market/tickers",
    "/v5/account/info",
)  # fmt: skip
HONEST = tuple(operator for operator in Operator if operator not in FORGERIES)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one seed draws."""

    operators: tuple[Operator, ...]
    paths: frozenset[str]
    share: float
    """How many of the replies on those paths are struck."""
    spell_s: float

    @property
    def believes(self) -> bool:
        """True when the exchange's own authority is forged."""
        return bool(FORGERIES.intersection(self.operators))


def planned(seed: int, operator: Operator | None = None) -> Plan:
    """One operator that the seed names, or that one, and up to three beside it; now and then a forgery."""
    rng = random.Random(f"hostile opening {seed}")
    first = operator or HONEST[seed % len(HONEST)]
    beside = rng.sample(HONEST, rng.choice([0, 0, 1, 3]))
    forged = rng.sample(sorted(FORGERIES), 1) if seed % 8 == 7 else []
    paths = frozenset(PATHS if rng.random() < 0.4 else rng.sample(PATHS, rng.randint(1, 4)))
    return Plan((first, *beside, *forged), paths, rng.choice([0.2, 0.5, 1.0]), rng.choice(SPELLS_S))


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one seed."""

    wrong: tuple[str, ...]
    tally: Tally
    ends: tuple[str, ...]
    """The state of each row in the end."""


async def play(seed: int, operator: Operator | None = None) -> Played:
    """Open, work with what was opened, let the hand rest, and compare with the venue."""
    plan = planned(seed, operator)
    async with ground() as where:
        with watching(where.server.venue, believes=plan.believes) as watch:
            rows = await _inside(seed, where, plan, watch, random.Random(f"work {seed}"))
            return Played(tuple(watch.wrong), where.hand.tally, tuple(row.state.value for row in rows))


async def _inside(
    seed: int, where: Ground, plan: Plan, watch: Watching, rng: random.Random
) -> tuple[Position, ...]:
    journal = await _journal(seed, where, rng)
    library = AtomicPositions.over(
        where.adapter(), journal, where.clock, rng, listeners=[watch.hear], alerts=lambda event: None
    )
    async with library as positions:
        hostile = choosing(plan, rng)
        await _spell(where, plan, hostile, [_opened(positions, base, watch, rng) for base in SYMBOLS])
        rows = await positions.list()
        await _spell(where, plan, hostile, [_worked_with(positions, row, watch, rng) for row in rows])
        await _at_rest(positions, where, watch)
        await where.clock.sleep(AUDIT_S if plan.believes else CALM_S)
        await _at_rest(positions, where, watch)
        watch.wrong += [f"health says: {problem}" for problem in (await positions.health()).problems]
        return await _compared(positions, where, watch, believed=plan.believes)


async def _journal(seed: int, where: Ground, rng: random.Random) -> Journal:
    """Every fourth seed has the real database: what a hostile reply says is stored with the evidence."""
    if seed % 4 == 0:
        return await open_journal("sqlite://", where.clock, rng=rng)
    return MemoryJournal(now_us=where.clock.now_us)


def choosing(plan: Plan, rng: random.Random) -> Choice:
    """Draws for each reply on the plan's paths."""

    def choice(path: str) -> Blow | None:
        if path not in plan.paths or rng.random() >= plan.share:
            return None
        return rng.choice(plan.operators), rng.randrange(1_000_000)

    return choice


async def _spell(where: Ground, plan: Plan, hostile: Choice, calls: list[Awaitable[object]]) -> None:
    """Make the calls under a spell of hostile replies, and wait for their answers beyond it."""
    where.hand.choice = hostile
    running = [asyncio.ensure_future(call) for call in calls]
    await where.clock.sleep(plan.spell_s)
    where.hand.rest()
    await asyncio.gather(*running)


async def _opened(positions: AtomicPositions, base: str, watch: Watching, rng: random.Random) -> None:
    leverage = rng.choice([None, None, 5])
    call = positions.open_position_atomic(
        f"{base}USDT", rng.choice(["buy", "sell"]), SYMBOLS[base], stop_loss_percent="2", leverage=leverage
    )
    await _documented(call, watch)


async def _worked_with(positions: AtomicPositions, row: Position, watch: Watching, rng: random.Random) -> None:
    act = rng.choice(["close", "part", "move", "nothing"])
    if row.state is not State.PROTECTED or act == "nothing":
        return
    if act == "move":
        await _documented(positions.move_stop(row.id, percent="3"), watch)
    else:
        half = row.quantity / 2 if act == "part" else None
        await _documented(positions.close_position(row.id, half), watch)


async def _documented(call: Awaitable[object], watch: Watching) -> None:
    """It answers, or raises what it is documented to raise."""
    try:
        await call
    except AtomicPositionError:
        return
    except Exception as error:
        watch.wrong.append(f"a call raised {type(error).__name__}: {error}")


async def _at_rest(positions: AtomicPositions, where: Ground, watch: Watching) -> None:
    """Everything comes to rest within the time that is left for it."""
    for row in await positions.list():
        try:
            async with asyncio.timeout(REST_S):
                await positions.wait(row.id)
        except TimeoutError:
            watch.wrong.append(f"{row.symbol} is not at rest {REST_S:g} s after the last hostile reply")


async def _compared(
    positions: AtomicPositions, where: Ground, watch: Watching, *, believed: bool
) -> tuple[Position, ...]:
    """Every row says what is so, and nothing is there that no row says."""
    rows = await positions.list()
    for base in SYMBOLS:
        symbol = f"{base}/USDT:USDT"
        truth = where.server.venue.truth(symbol)
        row = next((row for row in rows if row.symbol == symbol), None)
        if row is not None:
            watch.wrong += [f"{symbol} is {row.state.value}: {why}" for why in unlike(row, truth, believed=believed)]
        elif truth.entries or truth.quantity or truth.orders or truth.stops:
            watch.wrong.append(f"{symbol} has no row, and {truth.entries} entries are there")
    return rows
