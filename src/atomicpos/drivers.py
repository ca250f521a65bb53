"""One drive a position: started once, restarted when it fails, and waited for by whoever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from .advance import Wish
from .announcer import log
from .engine import Asked, Engine, Means
from .errors import NotReady, StoreUnavailable
from .evidence import Evidence
from .models import MICROSECONDS, State
from .plan import retry_us
from .ports import Conflict, Fenced
from .record import Record
from .request import StopFunction
from .taking import Taking
from .waiting import AT_REST, Waiting, among


class Drivers:
    """The drives of one account in this process. A caller that goes away cancels its waiting, never a drive."""

    def __init__(self, means: Means) -> None:
        self.waiting = Waiting()
        self.taking = Taking(means)
        self._engine = Engine(replace(means, on_commit=self.waiting.committed))
        self._means = means
        self._tasks: dict[str, asyncio.Task[None] | None] = {}
        self._watching: set[str] = set()
        self._asks: dict[str, list[Asked]] = {}
        self._noting: list[set[str]] = []
        self._closed = False

    @property
    def busy(self) -> frozenset[str]:
        """The ids of all positions being driven, or about to be."""
        return frozenset(self._tasks)

    @contextmanager
    def noted(self) -> Iterator[set[str]]:
        """The ids of all that is driven at any moment within the block: what is read in it may be old of these."""
        noted = set(self._tasks)
        self._noting.append(noted)
        try:
            yield noted
        finally:
            self._noting = [other for other in self._noting if other is not noted]

    def reserve(self, position_id: str) -> None:
        """Say that this position is about to be driven, before its row can be seen by the watchdog.

        Raises NotReady once the drives are being finished: a row must not be admitted that nobody would drive.
        """
        if self._closed:
            raise NotReady("the block is being left; no position is opened any more, and nothing was sent")
        self._enter(position_id, None)

    def _enter(self, position_id: str, task: asyncio.Task[None] | None) -> None:
        self._tasks[position_id] = task
        for noted in self._noting:
            noted.add(position_id)

    def release(self, position_id: str) -> None:
        """Take a reservation back that came to nothing."""
        if self._tasks.get(position_id) is None:
            self._tasks.pop(position_id, None)
            self._refuse_asks(position_id)

    def start(
        self, record: Record, *, watch: bool = False, stop_function: StopFunction | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> None:
        """Drive the row in the background; nothing happens when it is being driven already, or the block was left."""
        if self._closed:
            log.warning("position %s is left %s; the next start drives it on", record.id, record.state.value)
            return
        if self._tasks.get(record.id) is None:
            self.waiting.committed(record)
            drive = asyncio.ensure_future(self._drive(record, watch, stop_function, evidence))
            self._enter(record.id, drive)
            if watch:
                self._watching.add(record.id)

    async def ask(self, position_id: str, wish: Wish, *, look: bool = False) -> None:
        """Make a wish part of the position's row, in the drive that runs or in one of its own.

        A settled row stays as it is, unless ``look``: every source is asked then, and what they say is stored on
        return. A drive that ends before its next turn leaves the wish to the next one. Raises NotReady when the block
        is being left, or another process has the row and does not give it up.
        """
        while True:
            asked = Asked(wish, look)
            if not self._engine.ask(position_id, asked):
                if self._closed:
                    raise NotReady("the block is being left; what was not begun is not begun any more")
                if position_id not in self._tasks:
                    record = await self.taking.take(position_id, settled_too=look)
                    if record.state.settled and not look:
                        return
                    self.start(record)
                # the drive that is about to begin takes it; one that is just ending refuses it
                self._asks.setdefault(position_id, []).append(asked)
            if await asyncio.shield(asked.granted):
                return

    async def hand_over(self, position_id: str) -> None:
        """Another process asked for this row of ours: stop looking at it, and give it back."""
        self._engine.fence_out(position_id)
        await self._ended(position_id)
        await self._means.leases.give_back(position_id)

    async def _ended(self, position_id: str) -> None:
        """Wait until no drive of the row runs."""
        if (task := self._tasks.get(position_id)) is not None:
            await asyncio.wait({task})

    def lose(self, position_id: str) -> None:
        """The row is another owner's by now: a drive of it says what it knows, and ends."""
        self._means.leases.lose(position_id)
        latest = self.waiting.latest.get(position_id)
        if latest is not None and not latest.state.settled:
            self._engine.fence_out(position_id)

    def _take_asks(self, position_id: str) -> list[Asked]:
        return self._asks.pop(position_id, [])

    def _refuse_asks(self, position_id: str) -> None:
        """No drive took them: whoever asked asks again."""
        for asked in self._take_asks(position_id):
            asked.answer(False)

    async def finish(self, seconds: float, tidy_s: float) -> tuple[Record, ...]:
        """Let every row come to rest within that time, then stop the drives; the rows that were left unfinished.

        A protected row is at rest; what its drive still tidies up, a surplus stop say, gets ``tidy_s``. A drive that
        only looks has nothing to finish. A row that a look brought into doubt meanwhile is waited for once more.
        """
        self._closed = True
        ends = asyncio.get_running_loop().time() + seconds
        try:
            await self._rest(ends)
            await _within(tidy_s, [t for i, t in self._running() if not self._only_looks(i)], cancel=False)
            await self._rest(ends)
        finally:
            left = tuple(self.waiting.latest[i] for i, _ in self._running())
            ending = [task for _, task in self._running()]
            for task in ending:
                task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        return left

    async def _rest(self, ends: float) -> None:
        """Wait until every row is at rest, until that time of the loop at most."""
        resting = [asyncio.ensure_future(self.waiting.until(i, among(AT_REST))) for i in self._tasks]
        await _within(max(ends - asyncio.get_running_loop().time(), 0), resting)

    def _running(self) -> list[tuple[str, asyncio.Task[None]]]:
        return [(i, task) for i, task in self._tasks.items() if task is not None and not task.done()]

    def _only_looks(self, position_id: str) -> bool:
        return position_id in self._watching and self.waiting.latest[position_id].state is State.PROTECTED

    async def _drive(
        self, record: Record, watch: bool, stop_function: StopFunction | None, evidence: tuple[Evidence, ...]
    ) -> None:
        failures = 0
        current: Record | None = record
        try:
            while current is not None:
                try:
                    asks = self._take_asks(record.id)
                    ended = await self._engine.drive(
                        current, watch=watch, asks=asks, stop_function=stop_function, evidence=evidence
                    )
                    return await self._let_go(current, ended)
                except Fenced:
                    self._means.leases.lose(record.id)
                    log.warning("position %s is another process's now; this one leaves it", record.id)
                    return None
                except Exception as error:
                    failures += 1
                    log.error("the drive of position %s failed and is started again: %r", record.id, error)
                    current = await self._reload(record.id, failures)
        finally:
            self._tasks.pop(record.id, None)
            self._watching.discard(record.id)
            self._refuse_asks(record.id)
            self.waiting.ended(record)

    async def _let_go(self, began: Record, ended: Record) -> None:
        """A row that settles gives its lease up with that; one that was settled all along is given back."""
        if ended.state.settled:
            self._means.leases.lose(ended.id)
            if began.state.settled:
                await self._give_back(ended.id)

    async def _give_back(self, position_id: str) -> None:
        """Give the lease back, again until the database answers: another process may want to look at the row."""
        tries = 0
        while True:
            try:
                return await self._means.leases.give_back(position_id)
            except StoreUnavailable as error:
                tries += 1
                log.warning("position %s is over, and cannot be given back yet: %s", position_id, error)
                await self._means.clock.sleep(retry_us(tries) / MICROSECONDS)

    async def _reload(self, position_id: str, failures: int) -> Record | None:
        """The row as the database has it, adopted as after a crash: what was only intended may have been sent."""
        while True:
            await self._means.clock.sleep(retry_us(failures) / MICROSECONDS)
            try:
                stored = await self.taking.take_free(position_id)
                if stored is None or not stored.state.settled:
                    return stored
                await self._means.leases.give_back(position_id)
                return None
            except (StoreUnavailable, Conflict) as error:
                log.error("position %s cannot be read: %s", position_id, error)


async def _within(seconds: float, tasks: list[asyncio.Task[Any]], *, cancel: bool = True) -> None:
    """Wait for all of them, that long at most; what is late is cancelled, or left."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late if cancel else ():
        task.cancel()
