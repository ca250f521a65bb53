"""The words of the domain as frozen data: positions, orders, fills and what was asked.

Money is ``Decimal``; time is integer microseconds (UTC) and says so in its name (``_us``).
Position sides are long/short, order sides are buy/sell, and no name mixes the two.
"""

from __future__ import annotations

from .asked import Instrument, Intent, Scope, StopRule, TargetRule
from .order import NEVER_STORED, RIDING, UNNAMED, WITH_ENTRY, Order
from .shown import Fill, JournalEntry, Position, Proof, total
from .words import (
    HOLDING,
    MICROSECONDS,
    SETTLED,
    FillKind,
    Goal,
    Leg,
    MarginMode,
    OrderSide,
    OrderStatus,
    PositionMode,
    PositionSide,
    ProofKind,
    Refusal,
    Sending,
    State,
    TriggerBy,
)

__all__ = [
    "HOLDING",
    "MICROSECONDS",
    "NEVER_STORED",
    "RIDING",
    "SETTLED",
    "UNNAMED",
    "WITH_ENTRY",
    "Fill",
    "FillKind",
    "Goal",
    "Instrument",
    "Intent",
    "JournalEntry",
    "Leg",
    "MarginMode",
    "Order",
    "OrderSide",
    "OrderStatus",
    "Position",
    "PositionMode",
    "PositionSide",
    "Proof",
    "ProofKind",
    "Refusal",
    "Scope",
    "Sending",
    "State",
    "StopRule",
    "TargetRule",
    "TriggerBy",
    "total",
]
