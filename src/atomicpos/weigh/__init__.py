"""Weigh the evidence: pure functions of the row, the bounds and the time."""

from .protection import waits
from .slot import newest
from .targets import TARGET_TRIES, left_out
from .triggers import near, serves, wanted
from .verdict import Verdict, weigh

__all__ = ["TARGET_TRIES", "Verdict", "left_out", "near", "newest", "serves", "waits", "wanted", "weigh"]
