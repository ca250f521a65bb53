"""Facts that leave the engine: frozen, after the commit, for listeners that can neither fail nor slow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .models import State


class EventKind(StrEnum):
    """What happened."""

    TRANSITION = "transition"
    SENT = "sent"
    OUTCOME = "outcome"
    EVIDENCE = "evidence"
    ALERT = "alert"
    RESOLVED = "resolved"
    DELIVERY_FAILED = "delivery_failed"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one position (``position_id`` empty when it is about the whole account)."""

    kind: EventKind
    at_us: int
    position_id: str
    symbol: str
    text: str
    """One sentence a person can read."""
    state: State | None = None
    """The position's state after it."""
    condition: str = ""
    """For alerts and their resolution: what is wrong, in snake_case; one alert per position and condition."""
    exposure_us: int = 0
    data: dict[str, str] = field(default_factory=dict)
