"""What every story of one position has in common: bots on a lane, what they do there, and what is stored of it."""

from __future__ import annotations

import asyncio
from typing import Any

from atomicpos.models import State
from atomicpos.record import Record

from .births import Bot
from .ground import Ground
from .kill_cases import CLOSE, OPEN, Scene
from .lanes import Lane
from .tapes import write_down

CLOSE_LIMIT_S = 30.0
LOOKS_EVERY_S = 0.1
MOVED_TO = "1.5"
"""Percent: nearer than the stop of two percent that it was opened with."""


class Player:
    """One position's story on one lane; ``words`` are every bot's."""

    def __init__(self, ground: Ground, lane: Lane, scene: Scene, side: str, known: set[str], **words: Any) -> None:
        self.ground = ground
        self.lane = lane
        self.known = known
        """The rows that were there before."""
        self._act_name = scene[0]
        self._side = side
        self._words = {"protection": scene[1], **words}

    async def born(self, **words: Any) -> Bot:
        """A new bot on this lane."""
        return await self.ground.born(self.lane.account, **self._words, **words)

    async def rows(self) -> list[Record]:
        """Those of this story, newest first."""
        return [row for row in await self.ground.rows(self.lane) if row.id not in self.known]

    async def truth(self) -> dict[str, Any]:
        """What the venue holds."""
        return await self.ground.truth(self.lane)

    async def prepare(self, bot: Bot) -> dict[str, Any]:
        """What comes before the act: a position, where there must be one."""
        return {} if self._act_name == OPEN else await self.open(bot)

    async def open(self, bot: Bot) -> dict[str, Any]:
        """Open the position."""
        return await bot.ask("open", symbol=self.lane.symbol, side=self._side, quantity=self.lane.quantity)

    async def act(self, bot: Bot, opened: dict[str, Any]) -> dict[str, Any]:
        """The act that is disturbed."""
        if self._act_name == OPEN:
            return await self.open(bot)
        if self._act_name == CLOSE:
            return await bot.ask("close", id=opened["id"])
        return await bot.ask("move", id=opened["id"], percent=MOVED_TO)

    async def clear(self, *bots: Bot, late_stops: bool = False) -> list[str]:
        """Make room for the next: what is held is closed, by the first of the bots that may; what is wrong then.

        With ``late_stops`` one may have come up after it was looked for: then it is found and cancelled soon.
        """
        async with asyncio.timeout(CLOSE_LIMIT_S):
            for row in await self.rows():
                if not row.state.settled and (why := await self._close(row.id, bots)):
                    return [why]
            truth = await self.truth()
            while late_stops and truth["stops"]:
                await asyncio.sleep(LOOKS_EVERY_S)
                truth = await self.truth()
        for bot in bots:
            await bot.leave()
        failures = [bot.failure for bot in bots if bot.failure is not None]
        left = {name: truth[name] for name in ("quantity", "stops", "orders") if truth[name] not in ("0", [])}
        return failures or ([f"closed, and left is {left}"] if left else [])

    async def _close(self, position_id: str, bots: tuple[Bot, ...]) -> str | None:
        for bot in bots:
            closed = await bot.ask("close", id=position_id)
            if closed.get("state") == State.CLOSED:
                return None
        return f"what was held could not be closed: {closed}"

    async def written_down(self, wrong: list[str]) -> list[str]:
        """What is wrong, with the file that tells how it came."""
        if not wrong:
            return []
        path = await write_down(self.ground, self.lane, await self.rows(), wrong)
        *others, last = [what.strip().splitlines()[-1] for what in wrong]  # of a traceback the error itself
        return [*others, f"{last} ({path})"]
