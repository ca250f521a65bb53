"""Keeping the account's stream up: connected in the background, again after every end, and never waited for."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from .announcer import log
from .models import MICROSECONDS
from .noticeboard import Noticeboard
from .pausing import Pausing
from .policies import RECONNECTING, Pace, asking_again
from .ports import Clock, Stream, StreamEnded

CONNECT_S = 10.0
"""How long a connection may take until everything is subscribed to; then it is tried anew."""
LEAST_PAUSE_S = 0.5
"""How soon after an end it is tried again at the earliest, however urgently it is wanted."""
STEADY_S = 30.0
"""A connection that stood so long was a good one: the next is tried without a longer pause."""
SAY_AGAIN_S = 60.0
"""How often at most the log hears that the stream is down."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How the stream stands, for ``health()``."""

    connected: bool
    since_us: int | None
    """Our clock: since when what happens is told; None while nothing is."""
    why: str | None
    """Why nothing is told; None while connected."""
    connections: int
    """How many there were so far."""


class Listening:
    """One account's stream. Nothing depends on it: what it does not tell is read (F16)."""

    def __init__(self, stream: Stream, board: Noticeboard, clock: Clock, rng: random.Random) -> None:
        self.board = board
        self._stream = stream
        self._clock = clock
        self._pace = Pace(RECONNECTING, rng)
        self._pausing = Pausing(clock)
        self._task: asyncio.Task[object] | None = None
        self._since_us: int | None = None
        self._connections = 0
        self._said_us: int | None = None

    @property
    def state(self) -> StreamState:
        """How it stands now."""
        return StreamState(self._since_us is not None, self._since_us, self.board.silent, self._connections)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        if self._task is None:
            self._task = asyncio.ensure_future(asking_again(self._pause, self._pace)(self._connection))

    def wanted(self) -> None:
        """Something is about to be sent: whoever pauses tries again now. Nothing is waited for."""
        self._pausing.wake()

    async def close(self) -> None:
        """Disconnect for good."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _connection(self) -> None:
        """One connection from its opening to its end."""
        why = "it ended"
        try:
            async with asyncio.timeout(CONNECT_S) as limit:
                def up() -> None:
                    limit.reschedule(None)
                    self._is_up()

                await self._stream.follow(self.board.hear, up)
        except StreamEnded as ended:
            why = str(ended)
        except TimeoutError:
            why = f"it was not up within {CONNECT_S:g} s"
        except Exception as error:  # a hint that fails costs the hint, whatever it is that failed
            why = f"{type(error).__name__}: {error}"
        self._is_down(why)
        if self._task is None:  # it was cancelled, and what it waited for ended otherwise in the same moment
            raise asyncio.CancelledError

    def _is_up(self) -> None:
        self._since_us, self.board.silent = self._clock.now_us(), None
        self._connections += 1
        self._pausing.forget()

    def _is_down(self, why: str) -> None:
        now = self._clock.now_us()
        if self._since_us is not None and now - self._since_us >= STEADY_S * MICROSECONDS:
            self._pace.reset(RECONNECTING)
        self._since_us, self.board.silent = None, why
        if self._said_us is None or now - self._said_us >= SAY_AGAIN_S * MICROSECONDS:
            self._said_us = now
            log.warning("the stream of the account is down, and everything goes on by asking: %s", why)

    async def _pause(self, seconds: float) -> None:
        """Wait that long, or until it is wanted."""
        self._pausing.forget()
        await self._clock.sleep(min(seconds, LEAST_PAUSE_S))
        if seconds > LEAST_PAUSE_S:
            await self._pausing.pause(seconds - LEAST_PAUSE_S)
