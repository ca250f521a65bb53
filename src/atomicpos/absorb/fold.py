"""Fold one finding into the row: what was sighted, our orders by their ids, and the position's own stop."""

from __future__ import annotations

from ..bounds import Bounds
from ..evidence import POSITION_STREAM, Evidence
from ..frozen import replace
from ..record import Record
from ..sightings import sight
from .orders import fold_orders
from .plausible import plausible
from .position_stop import fold_position_stop
from .told import fold_told


def absorb(record: Record, evidence: Evidence, bounds: Bounds) -> Record:
    """The row after one finding; evidence that names nothing of ours changes only what was sighted."""
    evidence = plausible(record, evidence, bounds)
    if evidence.source == POSITION_STREAM:
        return fold_told(record, evidence)
    after = replace(record, sightings=sight(record.sightings, evidence))
    return fold_position_stop(fold_orders(after, evidence, bounds), evidence, bounds)
