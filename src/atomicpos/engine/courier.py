"""Requests under way: each a task of its own, so that one that hangs delays nothing but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..events import ABOUT
from ..plan import Cancel, ChooseMarginMode, Leverage, Place, Step
from ..ports import Exchange, Outcome, OutcomeKind, Permit, Write

Key = tuple[str, str, int]


class Courier:
    """Carries requests to the exchange; the same step is under way twice only where the plan says so."""

    def __init__(self, exchange: Exchange, answered: Callable[[Step, Outcome], None], position_id: str = "") -> None:
        self._position_id = position_id
        self._exchange = exchange
        self._answered = answered
        self._tasks: dict[asyncio.Task[None], Key] = {}

    @property
    def busy(self) -> bool:
        """True while any request is under way."""
        return bool(self._tasks)

    def carries(self, step: Step) -> bool:
        """True while this step's request is under way, and it is not to be sent beside it."""
        return _key(step) in self._tasks.values() and not (isinstance(step, Place) and step.beside)

    def send(self, step: Step, request: Write, permit: Permit) -> None:
        """Start one request; its outcome comes back through ``answered``."""
        self._tasks[asyncio.ensure_future(self._send(step, request, permit))] = _key(step)

    async def _send(self, step: Step, request: Write, permit: Permit) -> None:
        ABOUT.set(self._position_id)  # of this task alone
        try:
            outcome = await self._exchange.write(request, permit)
        except Exception as error:
            # Whatever went wrong, the request may have left: it is looked up, never assumed away (F06).
            outcome = Outcome(OutcomeKind.UNKNOWN, f"{type(error).__name__}: {error}")
        if (task := asyncio.current_task()) is not None:
            self._tasks.pop(task, None)
        self._answered(step, outcome)

    def close(self) -> list[asyncio.Task[None]]:
        """Stop waiting for answers; the tasks that are ending."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks


def _key(step: Step) -> Key:
    if isinstance(step, Leverage | ChooseMarginMode):
        return ("before the entry", "", 0)
    return ("cancel" if isinstance(step, Cancel) else "place", step.leg.value, step.attempt)
