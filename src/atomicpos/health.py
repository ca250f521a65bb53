"""Is it alive, and does anything need a person? One frozen answer, computed from the rows and the watchdog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .models import MICROSECONDS, State
from .record import Record
from .snapshot import exposed

TURNS_MISSED = 3
"""The watchdog counts as silent after so many turns without one."""


@dataclass(frozen=True, slots=True)
class Health:
    """How this instance stands. ``ok`` is True when nothing needs a person."""

    ok: bool
    problems: tuple[str, ...]
    """One sentence each; empty when all is well."""
    database: bool
    """The database answered."""
    watchdog_s: float | None
    """Seconds since the watchdog's last whole turn; None before the first."""
    positions: dict[str, int] = field(default_factory=dict)
    """How many positions hold their slot, by state."""
    driven: int = 0
    """How many are being driven right now."""
    oldest_unsettled_s: float | None = None
    """The age of the oldest position that is neither protected nor settled."""
    exposed: int = 0
    """How many have a fill and no stop that is known to be at work."""
    alerts_told: bool = False
    """An alert sink was given; without one alerts go to the log only, and nobody is told."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the judgement rests on, gathered by whoever asks."""

    now_us: int
    turned_at_us: int | None
    watch_s: float
    driven: int
    alerts_told: bool
    database_problem: str | None = None


def judge(rows: Iterable[Record], vitals: Vitals) -> Health:
    """The health that these rows and vitals show. Pure."""
    held = tuple(rows)
    waiting = [row for row in held if row.state is not State.PROTECTED]
    naked = [row for row in held if exposed(row) is True]
    silent_s = None if vitals.turned_at_us is None else (vitals.now_us - vitals.turned_at_us) / MICROSECONDS
    ages = [(vitals.now_us - row.intent.created_at_us) / MICROSECONDS for row in waiting]
    problems = (
        *_database(vitals), *_watchdog(silent_s, vitals.watch_s),
        *(f"position {row.id} ({row.intent.symbol}) is an orphan suspected"
          for row in held if row.state is State.ORPHAN_SUSPECTED),
        *(f"position {row.id} ({row.intent.symbol}) is exposed" for row in naked),
        *(() if vitals.alerts_told else ("nobody is told: no alert sink was given, alerts go to the log only",)),
    )
    urgent = problems if vitals.alerts_told else problems[:-1]
    return Health(
        ok=not urgent,
        problems=problems,
        database=vitals.database_problem is None,
        watchdog_s=silent_s,
        positions=dict(Counter(row.state.value for row in held)),
        driven=vitals.driven,
        oldest_unsettled_s=max(ages, default=None),
        exposed=len(naked),
        alerts_told=vitals.alerts_told,
    )


def _database(vitals: Vitals) -> tuple[str, ...]:
    return () if vitals.database_problem is None else (f"the database cannot be used: {vitals.database_problem}",)


def _watchdog(silent_s: float | None, watch_s: float) -> tuple[str, ...]:
    if silent_s is None:
        return ("the watchdog has made no turn yet",)
    if silent_s <= TURNS_MISSED * watch_s:
        return ()
    return (f"the watchdog is silent for {silent_s:.1f} s; it turns every {watch_s:g} s",)
