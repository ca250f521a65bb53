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
        CloseRefused,
        EntryNeverFilled,
        EntryRefused,
        ExchangeUnsupported,
        InvalidRequest,
        NotReady,
        OrphanSuspected,
        ResolutionRefused,
        RolledBack,
        StopRefused,
        StoreUnavailable,
        UnknownPosition,
    )
    from .events import Event, EventKind
    from .evidence import Evidence
    from .face import aclose, open_position_atomic
    from .health import Health
    from .models import Goal, Position, PositionSide, Proof, State
    from .observers.json_log import JsonFormatter, configure_logging
    from .verifiers import Question, Verifier

_HOMES = {
    "AlreadyOpen": "errors",
    "AtomicPositionError": "errors",
    "AtomicPositions": "app",
    "CloseRefused": "errors",
    "ClosedImmediately": "errors",
    "EntryNeverFilled": "errors",
    "EntryRefused": "errors",
    "Event": "events",
    "EventKind": "events",
    "Evidence": "evidence",
    "ExchangeUnsupported": "errors",
    "Goal": "models",
    "Health": "health",
    "InvalidRequest": "errors",
    "JsonFormatter": "observers.json_log",
    "NotReady": "errors",
    "OrphanSuspected": "errors",
    "Position": "models",
    "PositionSide": "models",
    "Proof": "models",
    "Question": "verifiers",
    "ResolutionRefused": "errors",
    "RolledBack": "errors",
    "State": "models",
    "StopRefused": "errors",
    "StoreUnavailable": "errors",
    "UnknownPosition": "errors",
    "Verifier": "verifiers",
    "aclose": "face",
    "configure_logging": "observers.json_log",
    "open_position_atomic": "face",
}

__all__ = [
    "AlreadyOpen",
    "AtomicPositionError",
    "AtomicPositions",
    "CloseRefused",
    "ClosedImmediately",
    "EntryNeverFilled",
    "EntryRefused",
    "Event",
    "EventKind",
    "Evidence",
    "ExchangeUnsupported",
    "Goal",
    "Health",
    "InvalidRequest",
    "JsonFormatter",
    "NotReady",
    "OrphanSuspected",
    "Position",
    "PositionSide",
    "Proof",
    "Question",
    "ResolutionRefused",
    "RolledBack",
    "State",
    "StopRefused",
    "StoreUnavailable",
    "UnknownPosition",
    "Verifier",
    "aclose",
    "configure_logging",
    "open_position_atomic",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
