"""Fold evidence and outcomes into the row."""

from .fold import absorb
from .orders import fold_view
from .outcomes import answered, cancelling, departing
from .unnamed import named, told

__all__ = ["absorb", "answered", "cancelling", "departing", "fold_view", "named", "told"]
