"""Many seeds on all cores, a share at a time; what is in the log was played before, and is not played again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

from .database import forget_template
from .jobs import BRIEF, LARGE, SMALL, THRONG, Size
from .log import Log
from .play import play, play_twice
from .totals import Totals

SIZES: dict[str, tuple[Size, int]] = {
    "small": (SMALL, 20), "large": (LARGE, 2), "brief": (BRIEF, 2), "throng": (THRONG, 1),
}
"""The sizes of worlds by name, and how many seeds of each a share has."""


@dataclass(frozen=True, slots=True)
class Swarm:
    """Which seeds are played, and how."""

    first: int
    last: int | None
    """None: on and on, until there are enough opens."""
    size: str = "small"
    twice: bool = True
    """Each seed is played a second time, and must go alike."""
    opens: int | None = None
    """Stop once so many opens were played."""

    @property
    def playings(self) -> int:
        """How many times each seed is played."""
        return 2 if self.twice else 1

    def shares(self) -> Iterator[tuple[int, int]]:
        """The first and the last seed of each share, always cut at the same places."""
        step = SIZES[self.size][1]
        for begin in count(self.first, step):
            if self.last is not None and begin > self.last:
                return
            yield begin, begin + step - 1 if self.last is None else min(begin + step - 1, self.last)


def play_share(swarm: Swarm, first: int, last: int) -> Totals:
    """Play one share in this process."""
    totals, size = Totals(first, last, swarm.size, swarm.playings), SIZES[swarm.size][0]
    _settle_in()
    for seed in range(first, last + 1):
        totals.count(play_twice(seed, size) if swarm.twice else play(seed, size))
    forget_template()
    gc.collect()
    return totals


def _settle_in() -> None:
    """What this process has by now it keeps: the search for cycles need not go through it for every world."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def run_swarm(swarm: Swarm, workers: int, log: Path | None = None) -> Iterator[Totals]:
    """Each share as it ends, what is in the log first; new ones are appended to it."""
    kept = Log(log)
    known = kept.known(swarm.size, swarm.playings, swarm.first)
    opens, left = sum(one.opens for one in known), _not_in(known, swarm.shares())
    yield from known
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        playing: set[Future[Totals]] = set()
        while True:
            wanted = workers + 1 - len(playing) if swarm.opens is None or opens < swarm.opens else 0
            playing |= {pool.submit(play_share, swarm, *share) for share in islice(left, wanted)}
            if not playing:
                return
            done, playing = wait(playing, return_when=FIRST_COMPLETED)
            for totals in sorted((future.result() for future in done), key=lambda one: one.first):
                opens += totals.opens
                kept.append(totals)
                yield totals


def _not_in(known: list[Totals], shares: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The shares of which not every seed was played before."""
    return (
        (first, last) for first, last in shares if not any(one.first <= first and last <= one.last for one in known)
    )
