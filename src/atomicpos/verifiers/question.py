"""What a verifier is asked, and what a verifier is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

from ..evidence import Evidence
from ..models import Order, PositionSide
from ..ports import Reads


@dataclass(frozen=True, slots=True)
class Sought:
    """A stop of ours that the exchange knows under no id of ours, and how closely its value tells it."""

    order: Order
    tick: Decimal
    entry_at_us: int | None
    """The exchange's clock: when its entry was made; None while that was not shown."""


@dataclass(frozen=True, slots=True)
class Question:
    """One look's question: frozen, the same for every verifier."""

    position_id: str
    symbol: str
    side: PositionSide
    quantity: Decimal
    """What was asked for, in the base asset."""
    client_order_ids: tuple[str, ...]
    """Our orders that are not settled yet, and the entry."""
    entry_id: str
    sent_at_us: int
    """Our clock: when the entry's first send started."""
    exits: bool
    """True when the position seems gone: liquidation, ADL and settlement are then asked for by name."""
    position_stop: bool
    """True when the stop that the exchange keeps on the position itself is to be read as well."""
    reads: Reads
    """The exchange's read-only calls."""
    guard: Sought | None = None
    """The stop that has no id of ours, where one may live and is to be found among all that wait."""


@runtime_checkable
class Verifier(Protocol):
    """A source of evidence. ``look`` may raise: that is evidence of kind unknown."""

    name: str

    async def look(self, question: Question) -> Evidence: ...
