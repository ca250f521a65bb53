"""What becomes of the bot's process: it is killed, leaves, dies of itself, and another takes its place."""

from __future__ import annotations

import asyncio

from . import choices
from .acting import Acting, act


class Process(Acting):
    """Rules that end a process and start another."""

    @act(after_s=choices.passes, dies_at=choices.deaths)
    def is_killed(self, after_s: float, dies_at: int | None) -> None:
        """The process is killed, and another starts a while later."""
        self.judge()
        self.ground.run(self.ground.kill())
        self.calls.clear()
        self._starts(after_s, dies_at)

    @act(after_s=choices.passes, dies_at=choices.deaths)
    def stops_and_starts(self, after_s: float, dies_at: int | None) -> None:
        """The process leaves its block, and another starts a while later."""
        self.ground.run(self.ground.stop())
        self.judge()
        self.ground.run(self._left_waiting())
        self._starts(after_s, dies_at)

    async def _left_waiting(self) -> None:
        for call in self.calls:
            call.task.cancel()
        await asyncio.gather(*(call.task for call in self.calls), return_exceptions=True)
        self.calls.clear()

    def _starts(self, after_s: float, dies_at: int | None) -> None:
        self.ground.run(self.ground.clock.sleep(after_s))
        self.ground.run(self.ground.start(dies_at))
