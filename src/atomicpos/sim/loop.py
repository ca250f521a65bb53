"""A virtual-time asyncio loop: waiting costs nothing, nothing leaves the process, and a stuck program says so.

Time stands still while anything is ready and then jumps to the next timer, so ``sleep``, ``timeout`` and ``wait_for``
run on virtual time unchanged. Threads would bring real time back in, so ``run_in_executor`` calls its function at once,
on the loop's own thread. What asyncio leaves open, the order of what happens at one instant, a ``Schedule`` decides.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, NoReturn, TypeVar

from atomicpos.ears import Aside

from .calls import Call, TimedCall
from .schedule import IN_ORDER, Schedule

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


class _Time:
    """Virtual seconds, and how often they stood still in a row."""

    def __init__(self, limit_s: float) -> None:
        self.now_s = 0.0
        self._limit_s = limit_s
        self._turns = 0

    def stand_still(self) -> None:
        """One more turn at this instant. Raises Livelock; the next one starts counting afresh."""
        self._turns += 1
        if self._turns > TURNS_MAX:
            self._turns = 0
            raise Livelock(f"{TURNS_MAX} turns at {self.now_s:.6f} s without time moving on; waiting: {_waiting()}")

    def move_to(self, when: float) -> None:
        """It is that late now. Raises Livelock past the limit."""
        if when <= self.now_s:
            return self.stand_still()
        self._turns, self.now_s = 0, when
        if when > self._limit_s:
            limit_s, self._limit_s = self._limit_s, math.inf  # what is cleaned up after this may take its time
            raise Livelock(f"still running after {limit_s:g} virtual seconds; waiting: {_waiting()}")
        return None


def _waiting() -> str:
    tasks = asyncio.all_tasks(asyncio.get_running_loop())
    named = (f"{task.get_name()} ({getattr(task.get_coro(), '__qualname__', '?')})" for task in tasks)
    return ", ".join(sorted(named)) or "nothing"


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop. ``time()`` starts at 0 and counts virtual seconds.

    Timers of one nanosecond are due in the order of the schedule: in order, a timer that somebody else sets changes no
    other's turn. Histories spend their time in here, so the ways of asyncio to this place are cut short.
    """

    _ready: deque[asyncio.Handle]

    def __init__(self, limit_s: float = LIMIT_S, schedule: Schedule = IN_ORDER) -> None:
        super().__init__()
        self._now = _Time(limit_s)
        self._schedule = schedule
        self._timers = itertools.count()
        self._due: list[tuple[float, float, asyncio.TimerHandle]] = []
        """When, which of those of one nanosecond, and what."""

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now.now_s

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call it with the next turn."""
        call = Call(callback, args, self, context)
        self._ready.append(call)
        return call

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call it that many virtual seconds from now."""
        return self._set(self._now.now_s + delay, callback, args, context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call it at that virtual second, to the nanosecond; the schedule orders timers of the same one."""
        return self._set(when, callback, args, context)

    def _set(
        self, when: float, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.TimerHandle:
        when_s = round(when, 9)
        timer = TimedCall(when_s, callback, args, self, context)
        heapq.heappush(self._due, (when_s, self._schedule.timer(next(self._timers)), timer))
        return timer

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Call the function now, on this thread; its result arrives when the schedule says.

        What only listeners wait for arrives at once, and the schedule is not asked: a listener changes no history.
        """
        future: asyncio.Future[T] = self.create_future()
        try:
            settle: Callable[[Any], None] = future.set_result
            value: Any = func(*args)
        except Exception as error:
            settle, value = future.set_exception, error
        if isinstance(executor, Aside):
            settle(value)
            return future
        seconds = self._schedule.executor_s()
        if seconds is None:
            self.call_soon(_unless_done, future, settle, value)
        else:
            self.call_later(seconds, _unless_done, future, settle, value)
        return future

    def _run_once(self) -> None:
        """One turn: time moves if nothing is ready, timers that are due become ready, and all that is ready is called.

        Takes the place of asyncio's own, which would ask the selector how long to wait. Raises Deadlock and Livelock.
        """
        ready, due = self._ready, self._due
        if ready or self._stopping:  # type: ignore[attr-defined]
            self._now.stand_still()
        else:
            self._wait()
        now_s = self._now.now_s
        while due and due[0][0] <= now_s:
            ready.append(heapq.heappop(due)[2])
        if len(ready) > 1:
            self._schedule.turn(ready)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                self._call(handle)

    def _call(self, handle: asyncio.Handle) -> None:
        """Its turn has come."""
        handle._run()

    def _wait(self) -> None:
        due = self._due
        while due and due[0][2].cancelled():
            heapq.heappop(due)
        if not due:
            raise Deadlock(f"nothing is ready and no timer is set at {self.time():.6f} s; waiting: {_waiting()}")
        self._now.move_to(due[0][0])

    def _write_to_self(self) -> None:
        """Wakes a loop that waits for its selector; ours never waits, and knows no other thread."""
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
