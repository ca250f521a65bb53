"""An ``async def`` that hears facts: on the loop, beside everything."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable

from ..events import Event
from ..ports import Listener
from .troubles import Troubles

AT_ONCE_MAX = 1_000
"""How many facts an asynchronous listener may be busy with at once; of more it does not hear."""
LISTENER_PATIENCE_S = 30.0
"""How long an asynchronous listener may take over one fact; a plain one that takes longer is told of."""


class OnTheLoop:
    """An ``async def``: each fact in a task of its own, beside everything. It must not block."""

    def __init__(self, listener: Listener, troubles: Troubles) -> None:
        self._listener = listener
        self._troubles = troubles
        self._hearing: set[asyncio.Task[None]] = set()

    def hear(self, event: Event) -> None:
        """Begin to tell it; of more than it may be busy with at once it does not hear."""
        if len(self._hearing) >= AT_ONCE_MAX:
            return self._troubles.lost(event, f"it is busy with {AT_ONCE_MAX} already")
        try:
            return self.follow(event, self._listener(event))
        except Exception as error:
            return self._troubles.failed(event, error)

    def follow(self, event: Event, answer: object) -> None:
        """Run what the listener answered, where that is something to be awaited."""
        if inspect.isawaitable(answer):
            task = asyncio.get_running_loop().create_task(self._heard(event, answer))
            self._hearing.add(task)
            task.add_done_callback(self._hearing.discard)

    async def _heard(self, event: Event, answer: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(LISTENER_PATIENCE_S):
                await answer
        except Exception as error:
            self._troubles.failed(event, error)

    def hurry(self) -> None:
        """Nothing waits here: all of it is under way."""

    async def close(self, ends_s: float) -> None:
        """A last moment for what is under way; then it is cancelled."""
        if self._hearing:
            await asyncio.wait(self._hearing, timeout=max(ends_s - asyncio.get_running_loop().time(), 0))
        late = tuple(self._hearing)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
