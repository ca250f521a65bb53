"""What can be done next, as data; the engine journals and carries it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ..models import Leg, MarginMode


@dataclass(frozen=True, slots=True)
class ChooseMarginMode:
    """Set the margin mode and have it read back, before the entry."""

    margin_mode: MarginMode


@dataclass(frozen=True, slots=True)
class Leverage:
    """Set the symbol's leverage and have it read back, before the entry."""

    leverage: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """Send the order (leg, attempt), for the first time or again under the same id."""

    leg: Leg
    attempt: int
    quantity: Decimal
    trigger_price: Decimal | None = None
    limit_price: Decimal | None = None
    attached: bool = False
    """Set as the stop of the position itself."""
    beside: bool = False
    """Send it although an earlier send of it is still under way: that one may never be answered."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the order (leg, attempt)."""

    leg: Leg
    attempt: int


Step = ChooseMarginMode | Leverage | Place | Cancel


@dataclass(slots=True)
class Plan:
    """What to do now, whether to go on looking, and when to think again at the latest."""

    steps: list[Step] = field(default_factory=list)
    look: bool = False
    slowly: bool = False
    wake_at_us: int | None = None

    def wake(self, at_us: int) -> None:
        """Think again then at the latest."""
        self.wake_at_us = at_us if self.wake_at_us is None else min(self.wake_at_us, at_us)

    def when(self, due_us: int, now_us: int, step: Step) -> None:
        """Take the step when it is due, else wake up for it."""
        if due_us <= now_us:
            self.steps.append(step)
        else:
            self.wake(due_us)
