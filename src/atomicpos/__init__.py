"""Open leveraged crypto positions atomically with their stop-loss.

The names below are the public face; they are loaded when first used, so that importing the package costs little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import AtomicPositions
    from .errors import (
        AlreadyOpen,
        AtomicPositionError,
        ClosedImmediately,
        EntryNeverFilled,
        EntryRefused,
        ExchangeUnsupported,
        InvalidRequest,
        NotReady,
        OrphanSuspected,
        RolledBack,
        StoreUnavailable,
        UnknownPosition,
    )
    from .events import Event, EventKind
    from .evidence import Evidence
    from .face import aclose, open_position_atomic
    from .models import Goal, Position, PositionSide, Proof, State
    from .verifiers import Question, Verifier

_HOMES = {
    "AlreadyOpen": "errors",
    "AtomicPositionError": "errors",
    "AtomicPositions": "app",
    "ClosedImmediately": "errors",
    "EntryNeverFilled": "errors",
    "EntryRefused": "errors",
    "Event": "events",
    "EventKind": "events",
    "Evidence": "evidence",
    "ExchangeUnsupported": "errors",
    "Goal": "models",
    "InvalidRequest": "errors",
    "NotReady": "errors",
    "OrphanSuspected": "errors",
    "Position": "models",
    "PositionSide": "models",
    "Proof": "models",
    "Question": "verifiers",
    "RolledBack": "errors",
    "State": "models",
    "StoreUnavailable": "errors",
    "UnknownPosition": "errors",
    "Verifier": "verifiers",
    "aclose": "face",
    "open_position_atomic": "face",
}

__all__ = [
    "AlreadyOpen",
    "AtomicPositionError",
    "AtomicPositions",
    "ClosedImmediately",
    "EntryNeverFilled",
    "EntryRefused",
    "Event",
    "EventKind",
    "Evidence",
    "ExchangeUnsupported",
    "Goal",
    "InvalidRequest",
    "NotReady",
    "OrphanSuspected",
    "Position",
    "PositionSide",
    "Proof",
    "Question",
    "RolledBack",
    "State",
    "StoreUnavailable",
    "UnknownPosition",
    "Verifier",
    "aclose",
    "open_position_atomic",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
