"""The one loop: look, weigh, advance, plan, record, act."""

from .asked import Asked, ask_stop_function
from .engine import Engine
from .means import Means

__all__ = ["Asked", "Engine", "Means", "ask_stop_function"]
