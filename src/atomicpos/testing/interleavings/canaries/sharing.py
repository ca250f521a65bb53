"""Planted defects where several processes share an account, and where a row is over: leases, slots, and late fills."""

from __future__ import annotations

from typing import Any

from ....advance import walking as walking_
from ....ports import always


def database_fence_alone(self: Any, position_id: str) -> Any:
    """Whatever wakes may send: only the database knows that the row is another's."""
    return always


def no_receive_window(stamped_us: int, now_us: int, window_us: int) -> bool:
    """The exchange takes a request however long ago it was signed."""
    return True


def successor_does_not_wait(record: Any, bounds: Any) -> int:
    """Who takes a row over has the last word at once, whatever is still on its way."""
    return 0


def slot_of_others_taken(self: Any, checked: Any, ours: Any) -> None:
    """What somebody else holds on the slot is no reason not to open there."""


async def nobody_takes_over(self: Any) -> frozenset[str]:
    """The rows of a process that is gone stay where they are."""
    return frozenset()


def over_is_over(record: Any, verdict: Any) -> dict[str, bool]:
    """A settled row is never looked at again."""
    return _guards(record, verdict) | {"late_evidence": False}


_guards = walking_.guards
