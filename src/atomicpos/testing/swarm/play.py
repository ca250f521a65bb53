"""A seed played, and played again: what was counted, what was broken, and whether both went alike."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...sim.schedule import Seeded
from ..interleavings.pausing import PausableLoop
from .database import ENGINES, new_database
from .fates import Fates
from .jobs import SMALL, Size
from .mix import Mix, draw
from .tripwires import tripwires
from .world import World

FIRST_BROKEN = 3
"""How many broken invariants of one world are told."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the world of one seed went."""

    seed: int
    digest: str
    """The hash over every request, look, commit, event and stored row, with its virtual time."""
    broken: tuple[str, ...]
    """The invariants that were broken, the first one first; empty when all held."""
    opens: int = 0
    lines: int = 0
    """How many lines went into the hash."""
    virtual_s: float = 0.0
    rested_s: float = 0.0
    """How long after the faults ended everything rested."""
    cpu_s: float = 0.0
    """What it cost, all times it was played."""
    counts: Counter[str] = field(default_factory=Counter)
    """Situations, by name: how often each was seen."""
    timeline: tuple[str, ...] = ()


def play_twice(seed: int, size: Size = SMALL) -> Told:
    """Play the seed twice; a second world that did not go as the first one did is a broken invariant."""
    began_s = time.process_time()
    told, again = play(seed, size), play(seed, size)
    broken = told.broken
    if again.digest != told.digest:
        broken = (*broken, f"the same seed was another world: {told.lines} and {again.lines} lines")
    return replace(told, broken=broken, cpu_s=time.process_time() - began_s)


def play(seed: int, size: Size = SMALL, *, keeps: bool = False) -> Told:
    """Play the seed once; with ``keeps`` its timeline is told as well."""
    began_s = time.process_time()
    with new_database() as path, ENGINES.serve(), _without_collecting():
        told = _Playing(draw(seed).rarer(size.rarer).clearer(size.lags), size, path, keeps=keeps).play()
    return replace(told, cpu_s=time.process_time() - began_s)


class _Playing:
    """One seed being played."""

    def __init__(self, mix: Mix, size: Size, path: Path, *, keeps: bool) -> None:
        self._mix = mix
        self._fates = Fates(mix, size, self._start, self._befalls)
        self._make: Callable[[], World] = lambda: World(mix, size, path, self._fates, keeps=keeps)
        self._world: World | None = None
        self._raised: tuple[str, ...] = ()

    @property
    def world(self) -> World:
        """Once its loop runs."""
        assert self._world is not None
        return self._world

    def _start(self) -> None:
        self.world.start()

    def _befalls(self, what: str, whom: str) -> None:
        self.world.befalls(what, whom)

    def play(self) -> Told:
        """From the first request to the last check."""
        digest = ""
        with _log_to(lambda line: self.world.logged(line)), tripwires() as escapes:
            try:
                with asyncio.Runner(loop_factory=self._loop) as runner:
                    digest = runner.run(self._main(), context=Context())
            except Exception as error:
                if self._world is None:
                    raise
                self._raised = (f"raised {type(error).__name__}: {error}",)
        self._raised += tuple(f"escaped: {sentence}" for sentence in escapes)
        return self._told(digest)

    def _loop(self) -> PausableLoop:
        return PausableLoop(schedule=Seeded(random.Random(f"loop {self._mix.seed}"), self._fates.executor_s))

    async def _main(self) -> str:
        self._world = world = self._make()
        asyncio.get_running_loop().set_exception_handler(world.unheard)
        try:
            await world.play()
        finally:
            digest = world.close()
        return digest

    def _told(self, digest: str) -> Told:
        world = self.world
        struck = Counter({f"struck {kind}": count for kind, count in world.weather.struck.items()})
        ends = Counter({f"answer {end}": count for end, count in world.ends.items()})
        acts = Counter({f"act {act}": count for act, count in world.acts.items()})
        return Told(
            self._mix.seed, digest, (*self._raised, *world.broken)[:FIRST_BROKEN], world.opens,
            world.chronicle.count, world.elapsed_s, world.rested_s, 0.0, struck + ends + acts + world.seen,
            tuple(world.chronicle.lines),
        )


@contextmanager
def _log_to(hear: Callable[[logging.LogRecord], None]) -> Iterator[None]:
    """The library's log goes there, and nowhere else."""
    logger, handler = logging.getLogger("atomicpos"), _Hearing(hear)
    before = logger.level, logger.propagate
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


class _Hearing(logging.Handler):
    def __init__(self, hear: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._hear = hear

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the line on."""
        self._hear(record)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A world is thrown away whole: nothing is gained by looking for cycles in it meanwhile."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
