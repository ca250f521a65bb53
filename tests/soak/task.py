"""What a bot is told at its birth, as data that crosses a socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KNOBS: dict[str, Any] = {
    "visibility_s_max": 1,
    "recv_window_s": 2,
    "clock_skew_s_max": 0.2,
    "exposure_deadline_s": 60,
    "journal_patience_s": 5,
    "watch_s": 1,
}
"""A horizon of 3.2 s, so that absence is proven soon; and time enough that a slow machine is no reason to close, or to
let a stop leave before it is journaled: one that leaves first and then loses its process is found by the sweep and
reported, not cancelled."""


@dataclass(frozen=True, slots=True)
class Place:
    """The venue and the database, and the account on it that a bot works for."""

    url: str
    api_key: str
    secret: str
    database: str
    account: str = "default"


@dataclass(frozen=True, slots=True)
class Task:
    """One bot."""

    place: Place
    protection: str | None = None
    """How early a stop can be had, where it is not the profile's own way."""
    point: str | None = None
    """The name of a failpoint: at its ``nth`` passing the process sends itself ``signal``."""
    nth: int = 1
    signal: int = 9
    host: str | None = None
    """The name of a host of its own: the others cannot know whether its processes run. None for this one."""
    knobs: dict[str, Any] = field(default_factory=dict)
    defect: str | None = None
    """A defect of ``defects`` to be planted in this process."""
