"""Seconds without a stop on each exchange, in one-way and in hedge mode: ccxt's own client over HTTP, in real time.

A venue in a process of its own speaks like the exchange; positions are opened one after the other, each on a symbol
of its own, and the venue's books say how long each was without a stop. Real time and a real client: the figures are
those of the machine, and differ from run to run.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.cli.demo.judging import EXPOSURE_SLACK_S
from atomicpos.cli.demo.scenarios import SCENARIOS, Scenario
from atomicpos.cli.demo.staging import connected
from atomicpos.errors import AtomicPositionError
from atomicpos.exchanges.quirks import QUIRKS
from atomicpos.models import PositionMode, State
from atomicpos.profile import Protection
from atomicpos.sim.weathers import WEATHERS, Weather
from atomicpos.sim.wire.process import VenueProcess

EXCHANGES = ("bybit", "binanceusdm", "okx")
NAMES = ("calm", "reply_lost", "partial_fill", "stop_refused_then_ok")
_BY_NAME = {weather.name: weather for weather in WEATHERS}
CALM, *OTHERS = (_BY_NAME[name] for name in NAMES)
EACH = 3
"""So many opens of a round are under each weather; the others are calm."""
ROUNDS = 1
TRAVELS = (Protection.ATTACHED, Protection.ATTACHED_ORDER)


@dataclass(frozen=True, slots=True)
class Opened:
    """One open: the venue's seconds without a stop, those that the row says, and the state it ended in."""

    weather: str
    exposure_s: float
    said_s: float
    state: State | None


@dataclass(slots=True)
class Sample:
    """All opens of one weather on one exchange in one position mode."""

    exchange: str
    mode: PositionMode
    weather: str
    opens: list[Opened] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """The median."""
        return statistics.median(one.exposure_s for one in self.opens)

    @property
    def p99_s(self) -> float:
        """The 99th percentile by nearest rank: the largest of fewer than a hundred."""
        ordered = sorted(one.exposure_s for one in self.opens)
        return ordered[math.ceil(0.99 * len(ordered)) - 1]

    @property
    def misses(self) -> tuple[str, ...]:
        """Every way in which the opens miss their bar: each is protected, none is naked whose stop travelled, and no
        row says less than the venue counted."""
        found = [f"{one.weather}: ended {one.state}" for one in self.opens if one.state is not State.PROTECTED]
        if self._travels and self.p99_s > 0:
            found.append(f"{self.weather}: {self.p99_s:.3f} s without a stop, which travels with the entry")
        found += [
            f"{one.weather}: the row says {one.said_s:.3f} s, the venue counted {one.exposure_s:.3f} s"
            for one in self.opens if one.said_s < one.exposure_s - EXPOSURE_SLACK_S
        ]
        return tuple(f"{self.exchange} {self.mode.value} {each}" for each in found)

    @property
    def _travels(self) -> bool:
        protection = QUIRKS[self.exchange].profile.protection
        # of an entry that fills in part only, a stop that becomes an order of its own is never made
        whole = protection is Protection.ATTACHED or self.weather != "partial_fill"
        return protection in TRAVELS and whole


def measured(exchanges: Iterable[str] = EXCHANGES, rounds: int = ROUNDS) -> Iterator[Sample]:
    """Each exchange in both modes, weather by weather, as they are measured."""
    for exchange in exchanges:
        for mode in (PositionMode.ONE_WAY, PositionMode.HEDGE):
            samples = {name: Sample(exchange, mode, name) for name in NAMES}
            for seed in range(rounds):
                for opened in asyncio.run(_round(exchange, mode, seed)):
                    samples[opened.weather].opens.append(opened)
            yield from samples.values()


def cast(scenarios: Sequence[Scenario]) -> list[tuple[Scenario, Weather]]:
    """Which symbol is opened under which weather."""
    struck = [weather for weather in OTHERS for _ in range(EACH)]
    calm = [CALM] * (len(scenarios) - len(struck))
    return list(zip(scenarios, (*calm, *struck), strict=True))


async def _round(exchange: str, mode: PositionMode, seed: int) -> list[Opened]:
    """Open on every symbol of one venue, one after the other."""
    parts = cast(SCENARIOS)
    with VenueProcess(exchange, seed=seed) as venue, tempfile.TemporaryDirectory() as folder:
        venue.act("mode", {"position_mode": mode.value})
        venue.faults([fault for scenario, weather in parts for fault in weather.planted(scenario.market_id)])
        client = connected(venue)
        try:
            ends = await _ends(client, f"sqlite:///{folder}/bench.db", parts)
        finally:
            await client.close()
        truth: dict[str, Any] = await asyncio.to_thread(venue.truth)
    return [
        Opened(weather.name, _exposure_s(truth[scenario.market_id], scenario), said_s, state)
        for (scenario, weather), (state, said_s) in zip(parts, ends, strict=True)
    ]


async def _ends(
    client: Any, database: str, parts: Sequence[tuple[Scenario, Weather]]
) -> list[tuple[State | None, float]]:
    async with AtomicPositions(client, database, alerts=lambda event: None) as positions:
        return [await _opened(positions, scenario) for scenario, _ in parts]


async def _opened(positions: AtomicPositions, scenario: Scenario) -> tuple[State | None, float]:
    try:
        position = await positions.open_position_atomic(
            scenario.symbol, scenario.side, scenario.quantity, stop_loss_percent=scenario.stop_percent
        )
    except AtomicPositionError as error:
        print(f"{scenario.symbol}: {error}")
        return (error.position.state, error.position.exposure_s) if error.position is not None else (None, 0.0)
    return position.state, position.exposure_s


def _exposure_s(told: dict[str, Any], scenario: Scenario) -> float:
    """The venue's own figure; in hedge mode that of our side."""
    slot = told["sides"][scenario.side.value] if "sides" in told else told
    return float(slot["exposure_s"])


def lines(samples: Iterable[Sample]) -> list[tuple[str, ...]]:
    """Below a head one line for each exchange and mode: median and 99th percentile in milliseconds, by weather."""
    found: dict[tuple[str, PositionMode], list[str]] = {}
    for sample in samples:
        protection = QUIRKS[sample.exchange].profile.protection.value
        cells = found.setdefault((sample.exchange, sample.mode), [protection.replace("_", " ")])
        cells.append(_figures(sample))
    head = ("exchange", "mode", "stop", *(name.replace("_", " ") for name in NAMES))
    return [head, *((name, mode.value.replace("_", "-"), *cells) for (name, mode), cells in found.items())]


def _figures(sample: Sample) -> str:
    return f"{sample.median_s * 1000:.0f} / {sample.p99_s * 1000:.0f}" if sample.p99_s else "0"
