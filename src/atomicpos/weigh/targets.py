"""What is known of the target: whether it is still worth trying."""

from __future__ import annotations

from ..models import Leg
from ..record import Record

TARGET_TRIES = 6
"""After so many targets that came to nothing, some eight seconds of refusals, the position stays without one."""


def left_out(record: Record) -> bool:
    """True once so many came to nothing that none is tried any more."""
    targets = record.of(Leg.TARGET)
    return sum(1 for o in targets if o.settled and o.sends > 0) >= TARGET_TRIES and all(o.settled for o in targets)
