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
from typing import Any, TypeVar, TypeVarTuple, Unpack

from ...sim.loop import VirtualLoop

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_OWNER: ContextVar[Process | None] = ContextVar("owner", default=None)


class Process:
    """What one process runs; ``timers_first`` says what it takes up first when it is woken."""

    def __init__(self, *, timers_first: bool = False) -> None:
        self.stopped = False
        self._timers_first = timers_first
        self._kept: list[_Kept] = []

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
        for one in sorted(kept, key=lambda one: one.timer is not self._timers_first):
            one.happen_soon()

    def keep(self, one: _Kept) -> None:
        """Keep this until it is woken."""
        self._kept.append(one)


class _Kept:
    """A callback of a process: called while the process is stopped, it is kept."""

    __slots__ = ("_args", "_callback", "_context", "_loop", "_process", "handle", "timer")

    def __init__(
        self, loop: PausableLoop, process: Process, callback: Callable[..., object], args: tuple[Any, ...],
        context: Context, timer: bool,
    ) -> None:
        self._loop = loop
        self._process = process
        self._callback = callback
        self._args = args
        self._context = context
        self.timer = timer
        self.handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        if self.handle is not None and self.handle.cancelled():
            return
        if self._process.stopped:
            self._process.keep(self)
        else:
            self._callback(*self._args)

    def happen_soon(self) -> None:
        """Put it where it can run again; a handle that was given out before still cancels it."""
        self._loop.ready(self, self._context)


class PausableLoop(VirtualLoop):
    """The virtual loop, knowing whose each callback is."""

    def call_soon(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """As ever; what belongs to a process waits while that process is stopped."""
        whose = _OWNER.get() if context is None else context.get(_OWNER)
        if whose is None:
            return super().call_soon(callback, *args, context=context)
        context = copy_context() if context is None else context
        kept = _Kept(self, whose, callback, args, context, timer=False)
        kept.handle = super().call_soon(kept, context=context)
        return kept.handle

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As ever; what belongs to a process waits while that process is stopped."""
        whose = _OWNER.get() if context is None else context.get(_OWNER)
        if whose is None:
            return super().call_at(when, callback, *args, context=context)
        context = copy_context() if context is None else context
        kept = _Kept(self, whose, callback, args, context, timer=True)
        kept.handle = timer = super().call_at(when, kept, context=context)
        return timer

    def ready(self, kept: Callable[[], object], context: Context) -> None:
        """Run it with the next turn, whoever's it is."""
        super().call_soon(kept, context=context)


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
