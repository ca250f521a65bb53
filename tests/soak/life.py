"""A bot's life: the library inside its block, doing what it is asked over its socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import time
import traceback
from typing import Any

from atomicpos.errors import AtomicPositionError
from atomicpos.models import Position
from atomicpos.testing.failpoints import Failpoint, point_transactions

from .judging import AT_REST
from .parts import Parts, failpoints, library
from .task import Place, Task

LIFE_LIMIT_S = 900.0
"""No bot outlives a test that failed to end it."""
ASKS_AGAIN_S = 0.05
LATE_S = 2.0
"""A write that took longer than this was held up by a stop of its process."""


def live(told: dict[str, Any], connection: socket.socket) -> None:
    """Live one life in this process."""
    task = Task(**{**told, "place": Place(**told["place"])})
    logging.disable(logging.CRITICAL)
    asyncio.run(_live(task, connection))


async def _live(task: Task, connection: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    points, mouth = failpoints(task), Mouth(writer)
    point_transactions(points)
    mouth.say(fact="born", pid=os.getpid())
    try:
        async with asyncio.timeout(LIFE_LIMIT_S), library(task, points) as parts:
            mouth.say(fact="ready")
            await Acts(parts, mouth, task.place.account).obey(reader)
        mouth.say(fact="left")
    except BaseException:
        mouth.say(fact="failed", why=traceback.format_exc())
        raise
    finally:
        with contextlib.suppress(ConnectionError):
            await writer.drain()


class Mouth:
    """What the bot says to whoever started it: one JSON object a line."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.born = time.monotonic()
        self._writer = writer

    def say(self, **words: Any) -> None:
        """Say it."""
        self._writer.write(json.dumps(words).encode() + b"\n")


class Acts:
    """What it can be asked. Several acts may run at once."""

    def __init__(self, parts: Parts, mouth: Mouth, account: str) -> None:
        self._parts = parts
        self._positions = parts.positions
        self._mouth = mouth
        self._account = account
        self._running: set[asyncio.Task[None]] = set()

    async def obey(self, reader: asyncio.StreamReader) -> None:
        """Act until told to leave, or until nobody is there any more to tell."""
        async for line in reader:
            asked = json.loads(line)
            if asked["act"] == "leave":
                return
            running = asyncio.ensure_future(self._act(asked.pop("number"), asked.pop("act"), asked))
            self._running.add(running)
            running.add_done_callback(self._running.discard)

    async def _act(self, number: int, act: str, words: dict[str, Any]) -> None:
        try:
            answer = await getattr(self, act)(**words)
        except AtomicPositionError as error:
            row = error.position if isinstance(error.position, Position) else None
            answer = {**(_told(row) if row else {}), "error": type(error).__name__, "why": str(error)}
        except Exception as error:
            answer = {"error": type(error).__name__, "why": traceback.format_exc()}
        self._mouth.say(number=number, **answer)

    # --- what a bot does ------------------------------------------------------------------------------------------

    async def open(
        self, symbol: str, side: str, quantity: str, percent: str = "2", key: str | None = None
    ) -> dict[str, Any]:
        """Open a position."""
        return _told(await self._positions.open_position_atomic(
            symbol, side, quantity, stop_loss_percent=percent, idempotency_key=key
        ))  # fmt: skip

    async def close(self, id: str) -> dict[str, Any]:
        """Close one."""
        return _told(await self._positions.close_position(id))

    async def move(self, id: str, percent: str) -> dict[str, Any]:
        """Move its stop."""
        return _told(await self._positions.move_stop(id, percent=percent))

    async def rest(self, symbol: str) -> dict[str, Any]:
        """Wait until every row of the symbol is at rest, looked at and left alone: those that are not settled.

        ``protected_s`` is when they were at rest for the first time, in seconds since the process was born.
        """
        protected_s = None
        while True:
            driven = (await self._positions.health()).driven
            rows = [row for row in await self._positions.list(symbol=symbol) if row.account == self._account]
            if all(row.state in AT_REST for row in rows):
                protected_s = protected_s or time.monotonic() - self._mouth.born
                if driven == 0:
                    held = [_told(row) for row in rows if not row.state.settled]
                    return {"rows": held, "protected_s": protected_s}
            await asyncio.sleep(ASKS_AGAIN_S)

    # --- what only a test asks ------------------------------------------------------------------------------------

    async def arm(self, point: str | None = None, nth: int = 1) -> dict[str, Any]:
        """Choose another failpoint, or none, and count from now on; forget what came of the writes so far."""
        self._parts.points.choose(None if point is None else Failpoint(point, nth))
        self._parts.exchange.outcomes.clear()
        return {}

    async def passed(self) -> dict[str, Any]:
        """The failpoints that were passed since the last choice, with how often each was."""
        return {"points": dict(self._parts.points.passed)}

    async def late(self) -> dict[str, Any]:
        """What came of each write that was answered long after it was begun."""
        return {"outcomes": [said for began, ended, said in self._parts.exchange.outcomes if ended - began > LATE_S]}


def _told(row: Position) -> dict[str, Any]:
    return {"id": row.id, "state": row.state.value, "filled": str(row.filled_quantity)}
