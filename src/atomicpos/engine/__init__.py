"""The one loop: look, weigh, advance, plan, record, act."""

from .engine import Engine
from .means import Means

__all__ = ["Engine", "Means"]
