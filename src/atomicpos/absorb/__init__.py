"""Fold evidence and outcomes into the row."""

from .fold import absorb
from .orders import UNANSWERED, fold_view
from .outcomes import answered, cancelling, departing

__all__ = ["UNANSWERED", "absorb", "answered", "cancelling", "departing", "fold_view"]
