"""The orders that asyncio leaves open: of timers of one instant, and of the callbacks of different processes."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar

LANE: ContextVar[object] = ContextVar("lane", default=None)
"""Whose a callback is, by the context it runs in: what belongs to one process comes in order, processes do not."""


class Schedule:
    """Decides the orders that asyncio leaves open; this one keeps to the order in which everything was asked for."""

    def timer(self, number: int) -> float:
        """Where the timer that was set as the nth comes among those of the same nanosecond: the least first."""
        return number

    def executor_s(self) -> float | None:
        """How long an executor takes, in virtual seconds; None: its result is there with the next turn."""
        return None

    def turn(self, ready: deque[asyncio.Handle]) -> None:
        """Put the callbacks that are ready into the order in which they are to be called."""


class Seeded(Schedule):
    """Draws those orders from a seed. Nothing that asyncio promises is touched: callbacks of one lane that were made
    ready one after the other are called so, and no timer comes early.

    Drawn are the order of timers of the same nanosecond, the time an executor takes, and how the callbacks of
    different lanes, that is of different processes and of the network between them, fall together in one turn.
    """

    def __init__(self, rng: random.Random, executor_s: Callable[[], float]) -> None:
        """``executor_s`` draws how long one job of an executor takes."""
        self._rng = rng
        self._executor_s = executor_s

    def timer(self, number: int) -> float:
        """A drawn place."""
        return self._rng.random()

    def executor_s(self) -> float | None:
        """A drawn time."""
        return self._executor_s()

    def turn(self, ready: deque[asyncio.Handle]) -> None:
        """The lanes fall together as drawn, each in its own order."""
        lanes = [handle._context.get(LANE) for handle in ready]  # type: ignore[attr-defined]
        if lanes.count(lanes[0]) == len(lanes):
            return
        of: dict[object, list[asyncio.Handle]] = {}
        for lane, handle in zip(lanes, ready, strict=True):
            of.setdefault(lane, []).append(handle)
        self._rng.shuffle(lanes)
        queues = {lane: iter(handles) for lane, handles in of.items()}
        ready.clear()
        ready.extend(next(queues[lane]) for lane in lanes)


IN_ORDER = Schedule()
