"""A plain function that hears facts: off the loop, in order, and with no more than its share of the processor.

It is called in one thread of its own, through ``loop.run_in_executor``: on a virtual loop, which carries that out at
once on its own thread, it hears at the very moment. What waits for it is bounded; then the oldest goes.

A thread that computes takes the interpreter's lock from the loop, for 5 ms at a time, and on a machine that is busy for
as long as it is not running itself. So a listener that needs more than ``FREE_S`` for a fact is given a little at a
time, and let rest until what it took is only ``SHARE`` of the time.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections import deque
from functools import partial

from ..events import Event
from ..ports import Listener
from .aside import Aside
from .on_the_loop import LISTENER_PATIENCE_S, OnTheLoop
from .troubles import Troubles

WAITING_MAX = 10_000
"""How many facts wait for a listener that is busy; then the oldest go."""
BATCH_MAX = 100
"""How many facts a listener is given at once, in order."""
FREE_S = 0.0001
"""How long a listener may compute over a fact without being let rest for it: metrics need a third of that."""
SLICE_S = 0.005
"""How long it may compute in one go, the fact that it is about apart; what was not told then waits."""
SHARE = 0.05
"""How much of the time a listener that needs more may have for long."""
STRETCHED = 10
"""How many times as long as it computed a listener may have kept the lock, on a machine with too much to do."""
REST_S = 0.01
"""How long a listener rests at the least after what it was given: facts that come meanwhile go together."""
REST_S_MAX = 60.0
"""How long it rests at the most."""


class _Batch:
    """Facts on their way to a listener; filled in by its thread."""

    def __init__(self, listener: Listener, events: tuple[Event, ...], began_s: float) -> None:
        self.events = events
        self.began_s = began_s
        self.over = False
        self.told = 0
        """How many it has heard."""
        self.rest_s = 0.0
        """How long it is to rest now."""
        self.failures: list[tuple[Event, BaseException]] = []
        self.answers: list[tuple[Event, object]] = []
        self._listener = listener
        self._loops_thread = threading.get_ident()

    def run(self) -> None:
        """Tell it, one fact after the other; whatever it raises is noted."""
        own_thread = threading.get_ident() != self._loops_thread
        spent = _Spent() if own_thread else None  # on the loop's own thread, as in the simulation, no real time counts
        for event in self.events:
            self.told += 1
            try:
                if (answer := self._listener(event)) is not None and inspect.isawaitable(answer):
                    self.answers.append((event, answer))
            except BaseException as error:
                if not (own_thread or isinstance(error, Exception)):
                    raise  # on the loop's own thread it is the loop that is meant
                self.failures.append((event, error))
            if spent is not None and spent.computed_s > SLICE_S:
                break
        if spent is not None:
            self.rest_s = spent.rest_s(self.told)
        self.over = True


class _Spent:
    """The time that a thread spends from now on: its own on the processor, and everybody's."""

    def __init__(self) -> None:
        self._thread_s, self._wall_s = time.thread_time(), time.monotonic()

    @property
    def computed_s(self) -> float:
        """How long it was on the processor."""
        return time.thread_time() - self._thread_s

    def rest_s(self, facts: int) -> float:
        """How long to rest after so many facts. Waiting costs nobody anything, so it does not count."""
        too_much_s = max(self.computed_s - facts * FREE_S, 0)
        held_s = min(time.monotonic() - self._wall_s, STRETCHED * too_much_s)
        return min(max(held_s / SHARE, REST_S), REST_S_MAX)


class InAThread:
    """A plain function: one thread, in order, bounded, and at rest between."""

    def __init__(self, listener: Listener, troubles: Troubles) -> None:
        self._listener = listener
        self._troubles = troubles
        self._later = OnTheLoop(listener, troubles)
        self._waiting: deque[Event] = deque()
        self._batch: _Batch | None = None
        self._underway: asyncio.Future[None] | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._aside = Aside(f"atomicpos-{troubles.name}")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = self._closed = False

    def hear(self, event: Event) -> None:
        """Put it where the listener's thread finds it."""
        if self._closed:
            return None
        self._waiting.append(event)
        if len(self._waiting) > WAITING_MAX:
            self._waiting.popleft()
            self._troubles.lost(event, f"{WAITING_MAX} wait for it already")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # there is no loop that it could hold up
            return self._at_once()
        if loop is not self._loop:  # another loop than before: that one has ended, and reports to nobody
            self._loop, self._batch, self._underway, self._rest = loop, None, None, None
        return self._go_on(loop)

    def _at_once(self) -> None:
        while self._waiting:
            batch = _Batch(self._listener, (self._waiting.popleft(),), 0.0)
            batch.run()
            for event, error in batch.failures:
                self._troubles.failed(event, error)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give it what waits, unless it is busy or at rest."""
        while self._waiting and self._rest is None:
            if self._batch is not None:
                return self._look_at(self._batch, loop.time())
            taken = tuple([self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))])
            batch = self._batch = _Batch(self._listener, taken, loop.time())
            self._underway = loop.run_in_executor(self._aside, batch.run)
            if not batch.over:
                self._underway.add_done_callback(partial(self._done, loop, batch))
                return None
            self._ended(loop, batch)
        return None

    def _look_at(self, batch: _Batch, now_s: float) -> None:
        busy_s = now_s - batch.began_s
        if busy_s > LISTENER_PATIENCE_S:
            batch.began_s = now_s  # told again after as long
            self._troubles.takes_long(batch.events[0], busy_s)

    def _done(self, loop: asyncio.AbstractEventLoop, batch: _Batch, _: asyncio.Future[None]) -> None:
        if batch is self._batch and not loop.is_closed():
            self._ended(loop, batch)
            self._go_on(loop)

    def _ended(self, loop: asyncio.AbstractEventLoop, batch: _Batch) -> None:
        self._batch = None
        self._waiting.extendleft(reversed(batch.events[batch.told :]))
        if batch.rest_s and not self._closing:
            self._rest = loop.call_later(batch.rest_s, self._rested, loop)
        for event, error in batch.failures:
            self._troubles.failed(event, error)
        for event, answer in batch.answers:
            self._later.follow(event, answer)
        if not self._waiting:
            self._troubles.tell_rest(batch.events[batch.told - 1])

    def _rested(self, loop: asyncio.AbstractEventLoop) -> None:
        self._rest = None
        self._go_on(loop)

    def hurry(self) -> None:
        """No more rest."""
        self._closing = True
        if self._rest is not None and self._loop is not None:
            self._rest.cancel()
            self._rested(self._loop)

    async def close(self, ends_s: float) -> None:
        """Let it hear what waits until then; a function that does not return is left behind with its thread."""
        self.hurry()
        loop = asyncio.get_running_loop()
        while self._batch is not None and self._underway is not None and loop.time() < ends_s:
            await asyncio.wait({self._underway}, timeout=ends_s - loop.time())
            await asyncio.sleep(0)
        self._closed = True
        if self._waiting:
            self._troubles.lost(self._waiting[-1], "the block was left", len(self._waiting))
            self._waiting.clear()
        self._aside.shutdown()
        await self._later.close(ends_s)
