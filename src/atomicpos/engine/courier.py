"""Requests under way: each a task of its own, so that one that hangs delays nothing but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..plan import Cancel, Leverage, Step
from ..ports import CancelOrder, Exchange, Outcome, OutcomeKind, PlaceOrder, SetLeverage

Request = PlaceOrder | CancelOrder | SetLeverage
Key = tuple[str, str, int]


class Courier:
    """Carries requests to the exchange; the same step is never under way twice."""

    def __init__(self, exchange: Exchange, answered: Callable[[Step, Outcome], None]) -> None:
        self._exchange = exchange
        self._answered = answered
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    @property
    def busy(self) -> bool:
        """True while any request is under way."""
        return bool(self._tasks)

    def carries(self, step: Step) -> bool:
        """True while this step's request is under way."""
        return _key(step) in self._tasks

    def send(self, step: Step, request: Request) -> None:
        """Start one request; its outcome comes back through ``answered``."""
        self._tasks[_key(step)] = asyncio.ensure_future(self._send(step, request))

    async def _send(self, step: Step, request: Request) -> None:
        try:
            outcome = await self._exchange.write(request)
        except Exception as error:
            # Whatever went wrong, the request may have left: it is looked up, never assumed away (F06).
            outcome = Outcome(OutcomeKind.UNKNOWN, f"{type(error).__name__}: {error}")
        del self._tasks[_key(step)]
        self._answered(step, outcome)

    def close(self) -> list[asyncio.Task[None]]:
        """Stop waiting for answers; the tasks that are ending."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        return tasks


def _key(step: Step) -> Key:
    if isinstance(step, Leverage):
        return ("leverage", "", 0)
    return ("cancel" if isinstance(step, Cancel) else "place", step.leg.value, step.attempt)
