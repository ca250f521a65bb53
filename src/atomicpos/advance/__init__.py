"""Advance the row by its verdict: note what is known, fulfil wishes, turn the goal where it must, walk the table."""

from .asked import Wish, answered_rule, closed_part, flat, looked, moved_stop, resolved
from .goal import EXPOSURE_DEADLINE, LIQUIDATED_FIRST, SLOT_TAKEN, STOP_CROSSED, STOP_DID_NOT_CLOSE, without_its_slot
from .walking import ENTRY_REFUSALS, LEVERAGE_REFUSED, MARGIN_MODE_REFUSED, advance, guards
from .wishes import FOREIGN_STOP_ACCEPTED, MOVE_FAILED, MOVED, PART_REFUSED, RESOLUTION_REFUSED

__all__ = [
    "ENTRY_REFUSALS", "EXPOSURE_DEADLINE", "FOREIGN_STOP_ACCEPTED", "LEVERAGE_REFUSED", "LIQUIDATED_FIRST",
    "MARGIN_MODE_REFUSED", "MOVED", "MOVE_FAILED", "PART_REFUSED", "RESOLUTION_REFUSED", "SLOT_TAKEN", "STOP_CROSSED",
    "STOP_DID_NOT_CLOSE", "Wish", "advance", "answered_rule", "closed_part", "flat", "guards", "looked", "moved_stop",
    "resolved", "without_its_slot",
]  # fmt: skip
