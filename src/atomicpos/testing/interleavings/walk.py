"""Walk a space, whole or in a share, on all cores, and count what was seen."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from itertools import islice
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from .catalogue import command
from .distinct import Known, in_order, mishaps
from .histories import Told, play
from .odometer import Space, Tape
from .pause_spaces import paused
from .paused import play_paused
from .spaces import history, with_less
from .worlds import History

P = ParamSpec("P")
T = TypeVar("T")

CHUNK = 25
"""How many histories one task plays."""
REPORTED = 5
"""How many broken tapes are told of."""


@dataclass(slots=True)
class Walked:
    """What a walk saw."""

    space: Space
    tapes: set[Tape] = field(default_factory=set)
    """Those that were played, or need not be: they go as one that was."""
    played: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(the caller's answer, the row's end): how many histories."""
    deaths: Counter[str] = field(default_factory=Counter)
    """The instant of death, or of the trouble: how many histories."""
    second_deaths: Counter[str] = field(default_factory=Counter)
    """The instant of the successor's death: how many histories."""
    takeovers: Counter[str] = field(default_factory=Counter)
    """How rows were found that a second process took over: how many times."""
    situations: Counter[str] = field(default_factory=Counter)
    """What happened on the way: in how many histories."""
    called: dict[Tape, frozenset[str]] = field(default_factory=dict)
    """What each history asked of the exchange."""
    distinct: int = 0
    """How many of the histories went as none did before."""
    seconds: float = 0
    """How long the walk took."""
    broken: list[tuple[Tape, str]] = field(default_factory=list)
    """Tapes that broke an invariant, with the first sentence; the smallest tape first."""

    @property
    def rate(self) -> str:
        """How many histories in what time."""
        return f"{self.played} histories in {self.seconds:.0f} s, {self.played / self.seconds:.0f} a second"

    @property
    def report(self) -> str:
        """What broke first, each with the command that plays it again."""
        lines = (f"{sentence}\n    {command(self.space, tape)}" for tape, sentence in self.broken[:REPORTED])
        return "\n".join((f"{len(self.broken)} of {self.played} histories broke an invariant; the first:", *lines))

    def count(self, tape: Tape, told: Told, new: bool = True) -> None:
        """Add one history."""
        self.tapes.add(tape)
        self.played += 1
        self.distinct += new
        self.ends[told.answer, told.end.value if told.end else "nothing stored"] += 1
        if told.died is not None:
            self.deaths[told.died] += 1
        if told.died_again is not None:
            self.second_deaths[told.died_again] += 1
        self.takeovers.update(told.takeovers)
        self.situations.update(told.situations)
        self.called[tape] = told.called
        if told.broken:
            self.broken.append((tape, told.broken[0]))


def is_of_two(space: Space) -> bool:
    """True where two processes live at once, and the first is stopped at a point."""
    return any(domain.name == "point" for domain in space.domains)


def play_tape(space: Space, tape: Tape) -> Told:
    """Play one tape of a space; what the rig itself raises counts as a broken history."""
    choices = space.read(tape)
    try:
        return play_paused(paused(choices)) if is_of_two(space) else play(history(choices))
    except Exception as error:
        return Told((f"raised {type(error).__name__}: {error}",), (), None, None, "raised", 0)


@contextmanager
def at_work(workers: int | None = None) -> Iterator[Executor]:
    """Processes that play: as many as there are cores, for several walks. Their tasks are ``collecting`` ones."""
    with ProcessPoolExecutor(
        workers or os.cpu_count(), mp_context=get_context("spawn"), initializer=_rarely_collect
    ) as pool:
        yield pool


def walk(
    space: Space, tapes: Iterable[Tape] | None = None, pool: Executor | None = None, known: Known | None = None
) -> Walked:
    """Every tape once, or those given, in growing order within each chunk of work.

    With ``known``, tapes that go as one that was played need not be: those with fewer mishaps are played first, and
    what a history is with one mishap less is played as well where the space has it.
    """
    if pool is None:
        with at_work() as own:
            return walk(space, tapes, own, known)
    walked, began = Walked(space), time.monotonic()
    given = list(space.tapes() if tapes is None else tapes)
    if known is None or is_of_two(space):
        _play_all(walked, given, pool, known or Known())
    else:
        _play_distinct(walked, given, pool, known)
    walked.seconds = time.monotonic() - began
    return walked


def _play_distinct(walked: Walked, tapes: Iterable[Tape], pool: Executor, known: Known) -> None:
    waves: dict[int, dict[History, Tape]] = {}
    for tape in with_less(walked.space, tapes):
        walked.tapes.add(tape)
        told = in_order(history(walked.space.read(tape)))
        waves.setdefault(len(mishaps(told)), {}).setdefault(told, tape)
    for _, wave in sorted(waves.items()):
        _play_all(walked, [tape for told, tape in wave.items() if not known.is_another(told)], pool, known)


def _play_all(walked: Walked, tapes: list[Tape], pool: Executor, known: Known) -> None:
    chunks = list(_chunks(tapes))
    for chunk, told in zip(chunks, pool.map(_play_chunk, [walked.space] * len(chunks), chunks), strict=True):
        for tape, one in zip(chunk, told, strict=True):
            walked.count(tape, one, known.learn(one))


def first_broken(
    space: Space, limit: int, breaks: str = "I", tapes: Iterable[Tape] | None = None
) -> tuple[int, Tape, str] | None:
    """Walk until that invariant breaks: (histories needed, tape, sentence); None within the limit.

    In growing order, or in that of the tapes given.
    """
    for needed, tape in enumerate(islice(space.tapes() if tapes is None else tapes, limit), start=1):
        sentences = (sentence for sentence in play_tape(space, tape).broken if sentence.startswith(breaks))
        if (sentence := next(sentences, None)) is not None:
            return needed, tape, sentence
    return None


def _chunks(tapes: list[Tape]) -> Iterable[list[Tape]]:
    return (tapes[at : at + CHUNK] for at in range(0, len(tapes), CHUNK))


def _rarely_collect() -> None:
    """What was imported stays; what histories leave in circles is collected once a task, and not within it."""
    gc.collect()
    gc.freeze()
    gc.disable()


def collecting(task: Callable[P, T]) -> Callable[P, T]:
    """That task, and then what its histories left in circles is collected: no process of ``at_work`` does by itself."""

    @wraps(task)
    def then_collected(*args: P.args, **given: P.kwargs) -> T:
        done = task(*args, **given)
        gc.collect()
        return done

    return then_collected


@collecting
def _play_chunk(space: Space, tapes: list[Tape]) -> list[Told]:
    return [play_tape(space, tape) for tape in tapes]
