"""Where a position stands, in sentences: a pure function of the row and the verdict on it. Import from here."""

from .explaining import CLOSE, LOOK, MOVE_STOP, RESOLVE, Explanation, at_risk, explain, explain_stored, recalled
from .words import lasting

__all__ = [
    "CLOSE", "LOOK", "MOVE_STOP", "RESOLVE", "Explanation", "at_risk", "explain", "explain_stored", "lasting",
    "recalled",
]  # fmt: skip
