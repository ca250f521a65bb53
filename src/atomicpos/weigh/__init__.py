"""Weigh the evidence: pure functions of the row, the bounds and the time."""

from .slot import newest
from .triggers import near, serves, wanted
from .verdict import Verdict, weigh

__all__ = ["Verdict", "near", "newest", "serves", "wanted", "weigh"]
