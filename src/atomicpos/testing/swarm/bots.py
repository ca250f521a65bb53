"""The bots of a world: each takes jobs from a common pile, and every answer it gets is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from ...app import AtomicPositions
from ...errors import AlreadyOpen, AtomicPositionError, OrphanSuspected, StoreUnavailable, UnknownPosition
from ...models import Position, State
from .jobs import Act, Job
from .stakes import alive, stake

if TYPE_CHECKING:
    from .host import Host
    from .world import World

T = TypeVar("T")
WENT_AWAY = "the caller went away"


class Bots:
    """Carries out the jobs of a world, in whichever process asks for one."""

    def __init__(self, world: World, jobs: list[Job]) -> None:
        self._world = world
        self._jobs = jobs[::-1]
        self._at_work: dict[str, int] = {}

    async def run(self, host: Host) -> None:
        """The bots of one process, until no jobs are left."""
        await asyncio.gather(*(self._work(host) for _ in range(self._world.mix.bots * self._world.size.crowd)))

    @property
    def idle(self) -> bool:
        """True when nothing is left to be done, and no bot of a living process is at work."""
        return not self._jobs and not any(self._at_work.get(host.name) for host in self._world.living)

    def stop(self) -> None:
        """No new jobs; those that were begun are finished."""
        self._jobs.clear()

    async def _work(self, host: Host) -> None:
        while self._jobs:
            job = self._jobs.pop()
            self._at_work[host.name] = self._at_work.get(host.name, 0) + 1
            try:
                await self._do(host, job)
            finally:
                self._at_work[host.name] -= 1

    async def _do(self, host: Host, job: Job) -> None:
        await host.clock.sleep(job.after_s)
        answers = await asyncio.gather(*(self._asked_of(one, host, job) for one in self._askers(host, job)))
        self._one_row(job, answers)
        answer, position = answers[0]
        if answer == StoreUnavailable.__name__ and self._world.size.back_off_s:
            await host.clock.sleep(self._world.size.back_off_s)
        for seconds, act, percent in job.acts if position is not None else ():
            await host.clock.sleep(seconds)
            assert position is not None
            await self._act(host, job, position, act, percent)

    async def _asked_of(self, one: Host, host: Host, job: Job) -> tuple[str, Position | None]:
        """The answer of that process, which need not be the bot's own."""
        if one is host:
            return await self._opened(host, job)
        return await one.runs(self._opened(one, job)) or ("not up any more", None)

    def _askers(self, host: Host, job: Job) -> list[Host]:
        """Who asks: the bot's own process, and for a twin the last that is up."""
        others = [other for other in self._world.living if other.up]
        return [host, others[-1] if others else host] if job.twins else [host]

    def _one_row(self, job: Job, answers: list[tuple[str, Position | None]]) -> None:
        """Whoever asks with one key hears of one row, and nobody is told that his own row is in his way (F43)."""
        heard = {position.id for answer, position in answers if position is not None}
        refused = job.twins and any(
            answer == AlreadyOpen.__name__ and position is not None and _has_key(position, job)
            for answer, position in answers
        )
        alike = not job.twins or len(heard) <= 1 or any(answer == AlreadyOpen.__name__ for answer, _ in answers)
        self._world.oracle.hold(alike and not refused, lambda: f"I5: one key, {answers}")

    # --- asking -----------------------------------------------------------------------------------------------

    async def _opened(self, host: Host, job: Job) -> tuple[str, Position | None]:
        """The answer to one open, and the position that came with it."""
        positions = host.positions
        if positions is None:
            return "not up", None
        self._world.opens += 1
        asked = self._open(positions, job)
        answer, position = await self._answer(host, job, "open", asked, job.patience_s)
        if isinstance(position, Position) and answer == "answered":
            self._judge(job, position)
            answer = position.state.value
        self._world.ends[answer] += 1
        return answer, position

    def _open(self, positions: AtomicPositions, job: Job) -> Awaitable[Position]:
        return positions.open_position_atomic(
            job.market.market_id, job.side, job.quantity, stop_loss_percent=job.percent,
            take_profit_percent=job.target, idempotency_key=job.key,
        )

    def _judge(self, job: Job, position: Position) -> None:
        """What an open returns is protected, or was, and has ended since."""
        right = position.state in (State.PROTECTED, State.CLOSED)
        self._world.oracle.hold(right, lambda: f"I3: job {job.number} returned {position.id} as {position.state}")

    async def _answer(
        self, host: Host, job: Job, what: str, asked: Awaitable[Any], patience_s: float | None = None
    ) -> tuple[str, Any]:
        """What came of it: ``answered``, that the caller went away, or the name of the error, and what came with it."""
        answer, found = "answered", None
        try:
            async with asyncio.timeout(patience_s):
                found = await asked
        except TimeoutError:
            answer = WENT_AWAY
        except AtomicPositionError as error:
            answer, found = type(error).__name__, error.position
            if isinstance(error, UnknownPosition):
                self._world.oracle.broken.append(f"I8: {what} of job {job.number}: {error}")
        except Exception as error:
            self._world.oracle.broken.append(f"escaped: {what} of job {job.number} raised {error!r}")
            answer = type(error).__name__
        self._world.tell(host.name, f"job {job.number}: {what} {answer} {getattr(found, 'id', '')}")
        return answer, found

    # --- acting -----------------------------------------------------------------------------------------------

    async def _act(self, host: Host, job: Job, position: Position, act: Act, percent: str) -> None:
        positions = host.positions
        if positions is None:
            return
        match act:
            case Act.MOVE:
                asked: Awaitable[Any] = positions.move_stop(position.id, percent=percent)
            case Act.PART:
                asked = positions.close_position(position.id, job.part)
            case Act.CLOSE:
                asked = self._closed(positions, position.id)
            case Act.AGAIN:
                asked = self._open(positions, job)
            case Act.FLATTEN:
                asked = positions.flatten_all()
            case Act.ASK:
                asked = asyncio.gather(positions.get(position.id), positions.list(), positions.health())
        answer, _ = await self._answer(host, job, act.value, asked)
        self._world.acts[f"{act.value}: {answer}"] += 1

    async def _closed(self, positions: AtomicPositions, position_id: str) -> None:
        """Close it; a suspected orphan whose operator sees at the exchange that nothing is left is resolved."""
        try:
            await positions.close_position(position_id)
        except OrphanSuspected:
            record, venue = self._world.oracle.rows[position_id], self._world.venue
            if stake(venue, record, venue.now_us()).ours == 0 and not alive(venue, record):
                await positions.resolve(position_id, "rolled_back", "nothing is left at the exchange", by="swarm")


def _has_key(position: Position, job: Job) -> bool:
    return position.idempotency_key == job.key and job.key is not None
