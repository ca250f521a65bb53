"""The one thread that talks to the database, seen from the loop. What waits while it works goes together next time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from atomicpos.errors import StoreUnavailable

from .changes import Write
from .rounds import Closing, Doing, Job, Outcome, Reading, Rounds

Answer = TypeVar("Answer")


class Writer:
    """Hands jobs to a thread of its own, in rounds, through the running loop's executor seam.

    A caller that is cancelled stops waiting only: what it handed in is carried out to its end.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._rounds = Rounds(engine, place)
        self._place = place
        self.published: Callable[[int, int], None] | None = None
        """Told of each round that wrote rows: how many writes, and microseconds since it was begun."""
        self._closed = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="atomicpos-store")
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """The loop on which a round runs or is about to."""

    async def write(self, write: Write) -> None:
        """Write it, durable on return, together with whatever else is to be written. Raises StoreUnavailable."""
        await self._hand_in(write)

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """The work's answer, its own transaction committed; rolled back when it raises. Raises StoreUnavailable."""
        answer: Answer = await self._hand_in(Doing(work))
        return answer

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """The answer of work that changes nothing; it sees all that was handed in before. Raises StoreUnavailable."""
        answer: Answer = await self._hand_in(Reading(work))
        return answer

    async def close(self) -> None:
        """Finish what was handed in, then close the connection. May be called twice."""
        if self._closed:
            return
        self._closed = True
        disposed = self._queue(Closing())
        disposed.add_done_callback(lambda _: self._executor.shutdown(wait=False))
        await asyncio.shield(disposed)

    async def _hand_in(self, job: Job) -> Any:
        if self._closed:
            raise StoreUnavailable(f"the database {self._place} was closed; open it again")
        return await asyncio.shield(self._queue(job))

    def _queue(self, job: Job) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        future.add_done_callback(_heard)
        self._waiting.append((job, future))
        # another loop than before: that one has ended, and whatever ran there reports to nobody
        if self._loop is not loop:
            self._begin_soon(loop)
        return future

    def _begin_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        # not at once: whoever else is ready in this turn of the loop comes along
        self._loop = loop
        loop.call_soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        taken, self._waiting = self._waiting, []
        running = loop.run_in_executor(self._executor, self._rounds.run, [job for job, _ in taken])
        running.add_done_callback(partial(self._deliver, loop, taken, loop.time()))

    def _deliver(
        self,
        loop: asyncio.AbstractEventLoop,
        taken: Sequence[tuple[Job, asyncio.Future[Any]]],
        began_s: float,
        running: asyncio.Future[list[Outcome]],
    ) -> None:
        written = 0
        for (job, future), outcome in zip(taken, running.result(), strict=True):
            written += isinstance(job, Write) and outcome.error is None
            _settle(future, outcome)
        self._loop = None
        if written and self.published is not None:
            self.published(written, round((loop.time() - began_s) * 1_000_000))
        if self._waiting:
            self._begin_soon(loop)


def _settle(future: asyncio.Future[Any], outcome: Outcome) -> None:
    if future.done() or future.get_loop().is_closed():
        return
    if outcome.error is not None:
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome.answer)


def _heard(future: asyncio.Future[Any]) -> None:
    # nobody may be left to hear the error of a job whose caller was cancelled
    if not future.cancelled():
        future.exception()
