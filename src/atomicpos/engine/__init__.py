"""The one loop: look, weigh, advance, plan, record, act."""

from .engine import Engine

__all__ = ["Engine"]
