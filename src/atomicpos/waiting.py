"""Who waits for a row that is being driven, and for what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .models import SETTLED, State
from .record import Record

AT_REST = SETTLED | {State.PROTECTED}
"""The states in which nothing is owed to anybody."""
ANSWERED = frozenset(State) - {State.PENDING_ENTRY, State.ORDER_FILLED, State.VERIFYING}
"""The states in which the caller of an open gets its answer."""

Condition = Callable[[Record], bool]
_Waiter = tuple[Condition, "asyncio.Future[Record]"]


def among(states: frozenset[State]) -> Condition:
    """True for a row in one of the states."""
    return lambda record: record.state in states


class Waiting:
    """The rows that are being driven, each as last committed, and their waiters."""

    def __init__(self) -> None:
        self.latest: dict[str, Record] = {}
        """By position id."""
        self._waiters: dict[str, list[_Waiter]] = {}

    async def until(self, position_id: str, condition: Condition) -> Record | None:
        """Wait until the row, as committed, fulfils the condition, or its drive ends: that row.

        None when it is not being driven.
        """
        record = self.latest.get(position_id)
        if record is None or condition(record):
            return record
        waiter: asyncio.Future[Record] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(position_id, []).append((condition, waiter))
        return await waiter

    def committed(self, record: Record) -> None:
        """The database has the row as it is now."""
        self.latest[record.id] = record
        self._answer(record, lambda condition: condition(record))

    def ended(self, record: Record) -> None:
        """It is not driven any more: whoever waits gets it as it is."""
        self._answer(self.latest.pop(record.id, record), lambda condition: True)

    def _answer(self, record: Record, fulfils: Callable[[Condition], bool]) -> None:
        left = []
        for condition, waiter in self._waiters.pop(record.id, []):
            if waiter.done():
                continue
            if fulfils(condition):
                waiter.set_result(record)
            else:
                left.append((condition, waiter))
        if left:
            self._waiters[record.id] = left
