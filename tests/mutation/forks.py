"""One child process for each mutant: it dies with what it changed, and tells which test noticed."""

from __future__ import annotations

import gc
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

SECONDS_A_TEST = 20.0
"""Processor time after which a test that still runs is taken never to end: some thirty times what the longest needs."""
SECONDS_A_MUTANT = 240
"""Processor time after which a child is ended, whatever it does."""
WALL_FACTOR = 5
"""How much longer that may take by the clock on the wall, since the processors are shared."""
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Child:
    """A running child."""

    job: int
    pipe: int
    until: float


Told = tuple[int, str | None]
"""(job, the test that noticed): None when none did."""


def forked(jobs: Iterable[int], work: Callable[[int, Callable[[str], NoReturn]], None], width: int) -> Iterator[Told]:
    """Do each job in a child of its own, so many at a time; ``work`` calls what it is given with the killer's name.

    Jobs are drawn as children end, so that what was told before may choose what the next one does.
    """
    waiting, running = iter(jobs), dict[int, Child]()
    gc.freeze()  # what is shared with the children is not written to by their collector
    while True:
        while len(running) < width and (job := next(waiting, None)) is not None:
            process, child = _started(job, work)
            running[process] = child
        if not running:
            return
        process, status = _ended(running)
        child = running.pop(process)
        with os.fdopen(child.pipe) as pipe:
            told = pipe.read()
        yield child.job, told or (NO_ANSWER if status else None)


def _started(job: int, work: Callable[[int, Callable[[str], NoReturn]], None]) -> tuple[int, Child]:
    mouth, ear = os.pipe()
    process = os.fork()
    if not process:
        os.close(mouth)
        _live(job, work, ear)
    os.close(ear)
    return process, Child(job, mouth, time.monotonic() + SECONDS_A_MUTANT * WALL_FACTOR)


def _live(job: int, work: Callable[[int, Callable[[str], NoReturn]], None], ear: int) -> NoReturn:
    def tell(killer: str) -> NoReturn:
        os.write(ear, killer.encode())
        os._exit(0)

    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_A_MUTANT, SECONDS_A_MUTANT))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        work(job, tell)
    except BaseException as error:
        tell(f"raised {type(error).__name__}")
    os._exit(0)


def one_more_test() -> None:
    """A test begins: the process is ended when it takes too long."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_TEST)


def _ended(running: dict[int, Child]) -> tuple[int, int]:
    while True:
        for process, child in running.items():
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return done, status
            if time.monotonic() > child.until:
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)
