"""What was seen of what a world has besides stops and reads: targets, guard stops under an id, and the stream."""

from __future__ import annotations

from collections.abc import Iterator

from ...models import Leg
from ...record import Record

TARGET_STOOD, TARGET_REACHED = "a target stood", "a target was reached"
RODE = "a guard stop came with its entry as an order"
TOLD_BY_A_STREAM = "a stream told first"
BESIDE = (TARGET_STOOD, TARGET_REACHED, RODE, TOLD_BY_A_STREAM)
"""What a large run must have seen of it."""


def beside(record: Record) -> Iterator[str]:
    """What became of the row's targets and of the guard stop that rode on its entry."""
    targets, rides = record.of(Leg.TARGET), record.riding
    if any(target.read_back for target in targets):
        yield TARGET_STOOD
    if any(target.filled > 0 for target in targets):
        yield TARGET_REACHED
    if rides is not None and rides.with_entry and rides.status is not None:
        yield RODE
