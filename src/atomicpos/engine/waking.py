"""When a drive turns next, and when whoever takes its row up must look at it again: pure."""

from __future__ import annotations

from ..models import MICROSECONDS, State
from ..plan import Plan, retry_us
from ..record import Record

TIDY_US = MICROSECONDS // 5
"""How long a cancel of what is left over waits where too many leave at once."""
IDLE_US = 30 * MICROSECONDS
"""The longest the loop sleeps when nothing wakes it."""


def due_at_us(record: Record, todo: Plan, watch_s: float, now_us: int) -> int | None:
    """When whoever takes the row up must look at it again; never once it is settled."""
    if record.state.settled:
        return None
    if record.state is State.PROTECTED:
        return now_us + round(watch_s * MICROSECONDS)
    return todo.wake_at_us if todo.wake_at_us is not None else now_us + IDLE_US


def turn_at_us(todo: Plan, now_us: int, *, behind: bool, deferred: bool, patience_us: int | None) -> int:
    """When the next turn is due at the latest.

    ``behind``: something is to be stored still. ``deferred``: a step was put off. ``patience_us``: how long an answer
    that is awaited may take, None where none is.
    """
    times = [now_us + IDLE_US]
    if todo.wake_at_us is not None:
        times.append(todo.wake_at_us)
    if behind:
        times.append(now_us + retry_us(1))
    if deferred:
        times.append(now_us + TIDY_US)
    if patience_us is not None:
        times.append(now_us + patience_us)
    return min(times)
