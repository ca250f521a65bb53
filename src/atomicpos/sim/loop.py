"""A virtual-time asyncio loop: waiting costs nothing, nothing leaves the process, and a stuck program says so.

Time stands still while anything is ready and then jumps to the next timer. asyncio asks its selector to wait; ours
waits by moving the clock, so ``sleep``, ``timeout`` and ``wait_for`` run on virtual time unchanged. Threads would bring
real time back in, so ``run_in_executor`` calls its function at once, on the loop's own thread.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import threading
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

TURNS_MAX = 100_000
"""Turns of the loop without time moving on: more is a livelock."""

LIMIT_S = 30 * 86_400.0
"""Virtual seconds after which a program that still runs is taken to run for ever."""


class Deadlock(RuntimeError):
    """Nothing is ready and no timer is set: what is still waiting would wait for ever."""


class Livelock(RuntimeError):
    """It goes on and on without time moving, or time goes on and on without an end."""


class Escape(RuntimeError):
    """Something reached for the network, a thread, a process or a signal: none of that is simulated."""


class _VirtualSelector:
    """Stands where asyncio expects its selector: to wait is to move the clock."""

    def __init__(self, limit_s: float) -> None:
        self.now_s = 0.0
        self._limit_s = limit_s
        self._turns = 0

    def select(self, timeout: float | None) -> list[Any]:
        """Move the clock by that much. Raises Deadlock or Livelock; the next call starts counting afresh."""
        if timeout is None:
            raise Deadlock(f"nothing is ready and no timer is set at {self.now_s:.6f} s; waiting: {_waiting()}")
        self._turns = 0 if timeout > 0 else self._turns + 1
        self.now_s += max(timeout, 0.0)
        if self._turns > TURNS_MAX:
            self._turns = 0
            raise Livelock(f"{TURNS_MAX} turns at {self.now_s:.6f} s without time moving on; waiting: {_waiting()}")
        if self.now_s > self._limit_s:
            limit_s, self._limit_s = self._limit_s, math.inf  # what is cleaned up after this may take its time
            raise Livelock(f"still running after {limit_s:g} virtual seconds; waiting: {_waiting()}")
        return []


def _waiting() -> str:
    tasks = asyncio.all_tasks(asyncio.get_running_loop())
    named = (f"{task.get_name()} ({getattr(task.get_coro(), '__qualname__', '?')})" for task in tasks)
    return ", ".join(sorted(named)) or "nothing"


class _Timer(asyncio.TimerHandle):
    """A timer that is due after those that were set before it for the same nanosecond: a timer that somebody else sets
    changes no other's turn.
    """

    def __init__(self, order: int, when: float, callback: Any, args: Any, loop: Any, context: Any) -> None:
        super().__init__(when, callback, args, loop, context)
        self.order = order

    def __lt__(self, other: Any) -> bool:
        return (self.when(), self.order) < (other.when(), other.order)


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop. ``time()`` starts at 0 and counts virtual seconds."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        super().__init__()
        self._selector = _VirtualSelector(limit_s)
        # sums of floats differ from the timer they stand for by far less than this: a nanosecond
        self._clock_resolution = 1e-9
        self._timers = itertools.count()

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._selector.now_s

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """Call it at that virtual second; timers of one nanosecond keep the order in which they were set."""
        timer = _Timer(next(self._timers), round(when, 9), callback, args, self, context)
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Call the function now, on this thread; its result arrives with the next turn of the loop."""
        future: asyncio.Future[T] = self.create_future()
        try:
            result = func(*args)
        except Exception as error:
            self.call_soon(_unless_done, future, future.set_exception, error)
        else:
            self.call_soon(_unless_done, future, future.set_result, result)
        return future

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none: the selector never has any."""

    def _write_to_self(self) -> None:
        """Wakes a loop that waits in its selector; ours never waits, and knows no other thread."""
        if threading.get_ident() != getattr(self, "_thread_id", None):
            raise Escape("another thread called into the virtual loop")


def _unless_done(future: asyncio.Future[T], settle: Callable[[Any], None], value: Any) -> None:
    if not future.done():  # its waiter may have been cancelled in between
        settle(value)


_UNSIMULATED = (
    "getaddrinfo", "getnameinfo", "create_connection", "create_server", "create_datagram_endpoint",
    "create_unix_connection", "create_unix_server", "connect_accepted_socket", "start_tls", "sendfile",
    "sock_connect", "sock_accept", "sock_recv", "sock_recv_into", "sock_recvfrom", "sock_sendall", "sock_sendto",
    "sock_sendfile", "add_reader", "add_writer", "connect_read_pipe", "connect_write_pipe", "subprocess_exec",
    "subprocess_shell", "add_signal_handler",
)  # fmt: skip


def _escape(name: str) -> Callable[..., NoReturn]:
    def refuse(self: VirtualLoop, *args: object, **kwargs: object) -> NoReturn:
        raise Escape(f"{name} is not available in virtual time")

    return refuse


for _name in _UNSIMULATED:
    setattr(VirtualLoop, _name, _escape(_name))


def run(main: Callable[[], Coroutine[Any, Any, T]], *, limit_s: float = LIMIT_S) -> T:
    """Run the coroutine that ``main`` makes on a fresh virtual loop, then cancel whatever it left behind.

    Raises Deadlock, Livelock or Escape where the program earns it, and otherwise what the coroutine raises.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(limit_s)) as runner:
        return runner.run(main())
