"""Plan the next steps: pure functions of the row, the verdict, the bounds and the time."""

from .pauses import retry_us
from .planning import plan
from .steps import Cancel, ChooseMarginMode, Leverage, Place, Plan, Step

__all__ = ["Cancel", "ChooseMarginMode", "Leverage", "Place", "Plan", "Step", "plan", "retry_us"]
