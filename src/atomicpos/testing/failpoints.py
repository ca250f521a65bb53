"""Named points of a real process, around each commit and each send: where a test may kill it, stop it or cut it off.

Over ports in virtual time a death is simulated (``mortal``). Here the ports are real, and so is what happens at a
point: the act that was chosen for it is called there and then, on whatever thread passes it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from ..ports import CancelOrder, Change, Exchange, Journal, Outcome, Permit, PlaceOrder, SetPositionStop, always
from ..ports import Write as Request
from .interleavings.mortal import Life, MortalExchange
from .journals import JournalOver

_WRITTEN_AFTER = 3
"""How many turns of the loop after the permit's answer the last byte of a small request has been handed to the kernel:
aiohttp writes it in a task of its own (read in the source of 3.14)."""


@dataclass(frozen=True, slots=True)
class Failpoint:
    """The nth passing, counted from 1, of the point of that name."""

    name: str
    nth: int = 1


class Failpoints:
    """Counts what a process passes, and carries out ``act``, on that very thread, where the chosen point is passed."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.passed: Counter[str] = Counter()
        """How often each point was passed since the last choice, by name."""
        self._act = act
        self._chosen: Failpoint | None = None
        self._lock = threading.Lock()

    def choose(self, point: Failpoint | None) -> None:
        """Act at that point, counted from now on; None: nowhere."""
        with self._lock:
            self.passed.clear()
            self._chosen = point

    def pass_(self, name: str) -> None:
        """Pass the point of that name; may be called on any thread."""
        with self._lock:
            self.passed[name] += 1
            reached = self._chosen == Failpoint(name, self.passed[name])
        if reached:
            self._act()


class PointedExchange(MortalExchange):
    """An exchange with points around each write: before it is prepared, when it may leave (its permit was granted, no
    byte is written), when it has left (its bytes are the kernel's), and when it was answered.
    """

    def __init__(self, inner: Exchange, points: Failpoints) -> None:
        super().__init__(inner, Life(), lambda request: None)
        self._points = points

    async def write(self, request: Request, permit: Permit = always) -> Outcome:
        """Send it, passing its points."""
        what = named(request)
        self._points.pass_(f"before {what}")
        outcome = await self._inner.write(request, self._passing(what, permit))
        self._points.pass_(f"{what} was answered")
        return outcome

    def _passing(self, what: str, permit: Permit) -> Permit:
        def asked(stamped_us: int, /) -> str | None:
            why = permit(stamped_us)
            if why is None:
                self._points.pass_(f"{what} may leave")
                self._soon(f"{what} has left", _WRITTEN_AFTER)
            return why

        return asked

    def _soon(self, name: str, turns: int) -> None:
        loop = asyncio.get_running_loop()
        if turns > 0:
            loop.call_soon(self._soon, name, turns - 1)
        else:
            self._points.pass_(name)


class PointedJournal(JournalOver):
    """A journal with a point before and after each admission and each commit."""

    def __init__(self, inner: Journal, points: Failpoints) -> None:
        super().__init__(inner)
        self._points = points

    async def admit(self, change: Change, lease_us: int) -> None:
        """Insert the row, between two points."""
        self._points.pass_("before admit")
        await super().admit(change, lease_us)
        self._points.pass_("after admit")

    async def commit(self, change: Change) -> None:
        """Move the row, between two points that name the state it moves to."""
        state = change.record.state.value
        self._points.pass_(f"before commit of {state}")
        await super().commit(change)
        self._points.pass_(f"after commit of {state}")


BEFORE_COMMIT, AFTER_COMMIT = "COMMIT about to be sent", "COMMIT answered, nobody told"


def point_transactions(points: Failpoints) -> None:
    """Put a point before and after every COMMIT of this process, on the thread that sends it. Never undone: it is for
    a process that exists for one test.
    """
    send: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        points.pass_(BEFORE_COMMIT)
        send(dialect, connection)
        points.pass_(AFTER_COMMIT)

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def named(request: Request) -> str:
    """What a request is, in a word or two."""
    match request:
        case PlaceOrder():
            return request.leg.value
        case SetPositionStop(trigger_price=None):
            return "removal of the position's stop"
        case SetPositionStop():
            return "position stop"
        case CancelOrder():
            return "cancel"
        case _:
            return "setting"
