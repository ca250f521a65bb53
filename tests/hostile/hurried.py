"""Real sockets in hurried time: as soon as no socket has anything to say, the clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

GRACE_S = 0.0005
"""How long a byte on loopback may be under way before nothing is taken to be."""
STUCK_S = 20.0
"""Real seconds without a byte and without a timer: it waits for nothing."""


class _Hurried(selectors.DefaultSelector):
    """Waits for sockets for a moment only; the rest of the wait is skipped."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready; when nothing is, time has passed instead."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            if not (ready := super().select(STUCK_S)):
                raise RuntimeError("nothing is ready, no timer is set, and no byte comes")
            return ready
        if ready := super().select(GRACE_S):
            return ready
        self.now_s += timeout
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """``time()`` counts what was skipped, so waiting costs nothing; threads would cost real time, so there are none."""

    def __init__(self) -> None:
        self._hurried = _Hurried()
        super().__init__(self._hurried)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._hurried.now_s

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """Call it now, on this thread."""
        future: asyncio.Future[T] = self.create_future()
        try:
            result = func(*args)
        except Exception as error:
            self.call_soon(_unless_done, future, future.set_exception, error)
        else:
            self.call_soon(_unless_done, future, future.set_result, result)
        return future


def _unless_done(future: asyncio.Future[Any], settle: Callable[[Any], None], value: Any) -> None:
    if not future.done():
        settle(value)


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on a fresh hurried loop."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        return runner.run(main())
