"""Processes that pause, in virtual time: while one is stopped, nothing of it runs, and the world goes on.

Whatever a loop runs belongs to somebody: the context of a callback says whose it is. What belongs to a process that is
stopped is kept until it is woken, and then happens at once, in the order in which a real loop would take it up: what
was ready, then the answers that have come meanwhile, then the timers that are due; or, since a loop may take up its
timers first, the other way round. What belongs to nobody, the network and the venue, is never stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

from ...sim.loop import VirtualLoop

T = TypeVar("T")

_OWNER: ContextVar[Process | None] = ContextVar("owner", default=None)


class Process:
    """What one process runs; ``timers_first`` says what it takes up first when it is woken."""

    def __init__(self, *, timers_first: bool = False) -> None:
        self.stopped = False
        self._timers_first = timers_first
        self._kept: list[asyncio.Handle] = []

    def start(self, coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run it, and all that it sets off, as this process."""
        context = copy_context()
        context.run(_OWNER.set, self)
        return asyncio.get_running_loop().create_task(coro, context=context)

    def stop(self) -> None:
        """From now on nothing of it runs, but for what runs just now until it waits."""
        self.stopped = True

    def wake(self) -> None:
        """Let everything happen that was kept."""
        self.stopped = False
        kept, self._kept = self._kept, []
        for one in sorted(kept, key=lambda one: isinstance(one, asyncio.TimerHandle) is not self._timers_first):
            one._loop.again(one)  # type: ignore[attr-defined]

    def keep(self, one: asyncio.Handle) -> None:
        """Keep this until it is woken."""
        self._kept.append(one)


class PausableLoop(VirtualLoop):
    """The virtual loop, knowing whose each callback is."""

    def _call(self, handle: asyncio.Handle) -> None:
        """As ever; what belongs to a process waits while that process is stopped."""
        whose = handle._context.get(_OWNER)  # type: ignore[attr-defined]
        if whose is not None and whose.stopped:
            whose.keep(handle)
        else:
            handle._run()

    def again(self, kept: asyncio.Handle) -> None:
        """Run with the next turn what was kept; who cancelled it meanwhile has cancelled it."""
        self._ready.append(kept)


def run_pausable(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run the coroutine that ``main`` makes, which belongs to nobody, on a fresh loop of virtual time."""
    with asyncio.Runner(loop_factory=PausableLoop) as runner:
        return runner.run(main(), context=Context())


def outside(coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run it outside every process: it goes on although whoever began it is stopped."""
    return asyncio.get_running_loop().create_task(coro, context=Context())


def later_outside(seconds: float, act: Callable[[], object]) -> asyncio.TimerHandle:
    """Do it that much later, whoever is stopped by then."""
    return asyncio.get_running_loop().call_later(seconds, act, context=Context())
