"""Weigh the evidence: what is proven, and by what. Pure."""

from .protection import near, serves
from .slot import newest
from .verdict import Verdict, weigh

__all__ = ["Verdict", "near", "newest", "serves", "weigh"]
