"""One round of the writer's thread: everything that waited, in as few transactions as may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from .changes import Admission, Move, Note, StoredBefore, Write, apply, explain
from .failures import told
from .transactions import Transactions

WRITES_AT_ONCE = 500
"""How many writes one transaction holds at the most."""
PLACES_TRIED = 3
"""How often a row is tried whose slot or key was taken, and free again when it was asked who has it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Work that changes nothing."""

    work: Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """Work in a transaction of its own."""

    work: Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class Closing:
    """The last job: closes the connection."""


Job = Write | Reading | Doing | Closing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job came to."""

    answer: Any = None
    error: Exception | None = None


class Rounds:
    """Runs what waited: the writes first, batched, then the rest in order.

    All of it was asked for at the same time, none of it answered: so any order is true, and this one lets a read see
    every write that was asked for before it.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._transactions = Transactions(engine)
        self._place = place

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """The outcome of each job."""
        self._transactions.new_round()
        outcomes: dict[int, Outcome] = {}
        writes = {number: job for number, job in enumerate(jobs) if isinstance(job, Write)}
        for batch in _batches(writes):
            outcomes |= zip(batch, self._together(list(batch.values())), strict=True)
        outcomes |= self._read({number: job for number, job in enumerate(jobs) if isinstance(job, Reading)})
        for number, job in enumerate(jobs):
            if number not in outcomes:
                outcomes[number] = self._outcome(partial(self._by_itself, job))
        return [outcomes[number] for number in range(len(jobs))]

    def _read(self, readings: dict[int, Reading]) -> dict[int, Outcome]:
        """All of them in one transaction, each at one moment of it; none, when one of them fails: each is then read
        by itself.
        """
        if len(readings) < 2:
            return {}
        with suppress(Exception):
            answers = self._transactions.read(partial(_one_by_one, works=[job.work for job in readings.values()]))
            return {number: Outcome(answer) for number, answer in zip(readings, answers, strict=True)}
        return {}

    def _by_itself(self, job: Job) -> Any:
        match job:
            case Reading(work):
                return self._transactions.read(work)
            case Doing(work):
                return self._transactions.write(work)
            case Closing():
                return self._transactions.dispose()
            case write:
                raise TypeError(f"{write} is written together with others")

    def _together(self, writes: Sequence[Write]) -> list[Outcome]:
        """One transaction; when it fails each write has one of its own, so that only the guilty one fails."""
        if len(writes) > 1:
            # whatever it is that is wrong, it is met again below
            with suppress(Exception):
                self._apply(*writes)
                return [Outcome()] * len(writes)
        return [self._outcome(partial(self._alone, write)) for write in writes]

    def _alone(self, write: Write) -> None:
        with suppress(StoredBefore):
            if isinstance(write, Note):
                self._apply(write)
            else:
                self._settle_in(write)

    def _settle_in(self, write: Admission | Move) -> None:
        for _ in range(PLACES_TRIED):
            try:
                return self._apply(write)
            except IntegrityError as error:
                refused = error
            self._transactions.read(partial(explain, write=write))
        raise refused

    def _apply(self, *writes: Write) -> None:
        self._transactions.write(partial(apply, writes=writes))

    def _outcome(self, work: Callable[[], Any]) -> Outcome:
        try:
            with told(self._place):
                return Outcome(work())
        except Exception as error:
            return Outcome(error=error)


def _one_by_one(connection: Connection, works: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    """The answer of each; work that ended the transaction has done with it, and the next one has another."""
    answers = []
    for work in works:
        if not connection.in_transaction():
            connection.begin()
        answers.append(work(connection))
    return answers


def _batches(writes: dict[int, Write]) -> Iterator[dict[int, Write]]:
    """The writes in their order, at most one for a position in each batch."""
    batch: dict[int, Write] = {}
    positions: set[str] = set()
    for number, write in writes.items():
        if write.position_id in positions or len(batch) == WRITES_AT_ONCE:
            yield batch
            batch, positions = {}, set()
        batch[number] = write
        positions.add(write.position_id)
    if batch:
        yield batch
