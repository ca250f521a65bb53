"""The caller's own stop function, asked once more when the average fill is known; what stands meanwhile stays up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ..advance import Wish, answered_rule
from ..models import Goal, Intent
from ..record import Record
from ..request import StopFunction, rule_of
from ..weigh import Verdict
from .asked import ask_stop_function


class SecondQuestion:
    """Asks at most once; the answer, or that there is none, comes back as a wish."""

    def __init__(self, function: StopFunction | None, answer: Callable[[Wish], object]) -> None:
        self._function = function
        self._answer = answer
        self._task: asyncio.Task[None] | None = None

    @property
    def pending(self) -> bool:
        """True while the function is being asked."""
        return self._task is not None and not self._task.done()

    def put(self, record: Record, verdict: Verdict) -> Record:
        """Ask when it is time; until the answer what stands stays as it is, and the row is not called protected."""
        function, average = self._function, verdict.average
        if function is None or average is None or not verdict.entry_final or record.goal is Goal.FLAT:
            return record
        self._function = None
        self._task = asyncio.ensure_future(self._ask(function, record.intent, average))
        return replace(record, asking_rule=True)

    async def _ask(self, function: StopFunction, intent: Intent, average: Decimal) -> None:
        rule, why = None, ""
        try:
            rule = rule_of(await ask_stop_function(function, average, intent.side), intent, average)
        except Exception as error:
            why = f"stop_loss failed for the average fill {average}: {error!r}"
        self._answer(answered_rule(rule, why))

    def close(self) -> list[asyncio.Task[None]]:
        """Stop asking; the task that is ending, if there is one."""
        if self._task is None:
            return []
        self._task.cancel()
        return [self._task]
