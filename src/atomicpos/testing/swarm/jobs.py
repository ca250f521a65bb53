"""What the bots of a world want: opens with their keys and their callers' patience, and what comes after each."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from ...sim.markets import MARKETS, Market, numbered

QUOTE = Decimal(60)
"""What a position is worth at least, in the quote asset: four parts of it can be closed one by one."""
PARTS = 4
TARGETS = ("0.5", "1", "3")
"""How far targets are from the average fill, in percent."""


class Act(StrEnum):
    """What a bot does with a position once its open was answered."""

    MOVE = "move"
    """Moves the stop."""
    PART = "part"
    """Closes a quarter of it."""
    CLOSE = "close"
    AGAIN = "again"
    """Asks for the same with the same key."""
    FLATTEN = "flatten"
    """Flattens the whole account."""
    ASK = "ask"
    """Asks for the position, the list and the health."""


@dataclass(frozen=True, slots=True)
class Job:
    """One open, and what comes after it."""

    number: int
    market: Market
    side: str
    quantity: Decimal
    percent: str
    key: str | None
    after_s: float
    """How long the bot waits before it."""
    patience_s: float | None
    """How long the caller waits for the answer; None: however long it takes."""
    twins: bool
    """The signal comes twice at once, from two of the processes where there are."""
    acts: tuple[tuple[float, Act, str], ...]
    """Seconds to wait, what to do, and the percentage for a moved stop."""
    target: str | None = None
    """How far the target is from the average fill, in percent; None where none is asked for."""

    @property
    def part(self) -> Decimal:
        """A quarter of it."""
        return self.quantity / PARTS


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is."""

    opens: int
    symbols: int
    safety_s: float
    """How long the phase with faults lasts at the most, in virtual seconds."""
    mishaps: int
    """How many processes may be killed, stopped or told to leave."""
    apart_s: float
    """How far apart the opens of one bot lie on average."""
    chores: int = 3
    """How many acts follow an open at the most."""
    crowd: int = 1
    """How many times as many bots each process has as its mix says."""
    rarer: int = 1
    """How many times as rare as in its mix everything is that strikes by chance."""
    lags: float = 1
    """The share of its mix's lags that there are."""
    round_s: float = 0.003
    """How long a round of the database takes at the most where it is not slow, in seconds."""
    back_off_s: float = 0
    """How long a bot asks for nothing once it was told that the database is gone, in seconds."""

    @property
    def brief(self) -> bool:
        """Whether nearly every position is closed soon by who opened it, and the whole account hardly ever."""
        return self.crowd > 1


SMALL = Size(opens=3, symbols=3, safety_s=90, mishaps=2, apart_s=1.0)
"""For many seeds: one mix, one short world."""
LARGE = Size(opens=200, symbols=120, safety_s=600, mishaps=6, apart_s=0.3)
"""For long lives: one mix, and a hundred slots beside each other."""
BRIEF = Size(opens=300, symbols=120, safety_s=120, mishaps=4, apart_s=0.3, chores=1, crowd=8, rarer=10)
"""For very many opens: short lives, so many at once that commits are shared and looks too."""

THRONG = Size(
    opens=600, symbols=480, safety_s=120, mishaps=8, apart_s=0.3, chores=1, crowd=16, rarer=30, lags=0.3, round_s=0.03,
    back_off_s=3,
)
"""For a million opens: as many lives in the time of a brief world as share rounds of the database, and lags seldom."""


def draw_jobs(size: Size, seed: int) -> list[Job]:
    """The jobs of that seed: always the same ones."""
    rng = random.Random(f"jobs {seed}")
    markets = markets_of(size)
    return [_job(number, rng, rng.choice(markets), size) for number in range(size.opens)]


def with_targets(jobs: list[Job], share: float, seed: int) -> list[Job]:
    """The same jobs, that share of them with a target, near enough to be reached by a mark that moves."""
    rng = random.Random(f"targets {seed}")
    return [replace(job, target=rng.choice(TARGETS)) if rng.random() < share else job for job in jobs]


def markets_of(size: Size) -> tuple[Market, ...]:
    """The markets of a world: as many kinds of tick and step as there are, and numbered ones for the rest."""
    return (*MARKETS[: size.symbols], *numbered(max(size.symbols - len(MARKETS), 0)))


def _job(number: int, rng: random.Random, market: Market, size: Size) -> Job:
    unit = (QUOTE / PARTS / market.price / market.step).to_integral_value(ROUND_CEILING) * market.step
    key = f"signal-{number}" if rng.random() < 0.5 else None
    return Job(
        number=number,
        market=market,
        side=rng.choice(("buy", "sell")),
        quantity=unit * PARTS,
        percent=rng.choice(("0.5", "1", "2", "3")),
        key=key,
        after_s=round(rng.expovariate(1 / size.apart_s), 3),
        patience_s=round(rng.uniform(0.01, 3), 3) if rng.random() < 0.1 else None,
        twins=key is not None and rng.random() < 0.3,
        acts=tuple(_acts(rng, key, size)),
    )


def _acts(rng: random.Random, key: str | None, size: Size) -> list[tuple[float, Act, str]]:
    flattens = 0.02 if size.brief else 1
    wanted = rng.choices(
        (Act.MOVE, Act.PART, Act.CLOSE, Act.AGAIN, Act.ASK, Act.FLATTEN), (6, 4, 8, 3, 2, flattens),
        k=rng.randint(0, size.chores),
    )
    if size.brief and rng.random() < 0.97:
        wanted.append(Act.CLOSE)
    return [
        (round(rng.expovariate(1), 3), act, rng.choice(("0.7", "1.5", "2.5")))
        for act in wanted if act is not Act.AGAIN or key is not None
    ]
