"""What health is made of: what is known inside a bot or outside of it, and the one frozen answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..letters import Letter
from ..listening import StreamState
from ..models import MICROSECONDS, Scope
from ..ports import Heard

TURNS_MISSED = 3
"""The watchdog counts as silent after so many turns without one, and as behind by so many."""
WATCH_S = 5.0
"""How often watchdogs turn, where nothing else is said."""
LEASE_S = 24.0
"""How long leases last, where nothing else is said: three times (5 s of receive window and three skews of 1 s). A
watchdog says that it lives three times in a lease; who said nothing for a whole one is silent."""


@dataclass(frozen=True, slots=True)
class Watching:
    """A watchdog that did not leave in order, and what it said of itself last."""

    owner: str
    scope: Scope
    lives: bool
    """It spoke within one lease, and its process is not known to be gone."""
    age_s: float
    """How long ago it spoke."""
    behind_s: float
    """How much longer ago its last whole turn was than it should have been."""
    waits_for: str
    """What keeps it from its work; empty when nothing does."""
    positions: int
    """How many it had."""
    driven: int
    """How many of them it was driving."""


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand. ``ok`` is True when nothing needs a person."""

    ok: bool
    problems: tuple[str, ...]
    """One sentence each; empty when all is well."""
    database: bool
    """The database answered."""
    watchdog_s: float | None
    """Seconds since our watchdog's last whole turn, None before the first; asked from outside, since any living
    watchdog spoke, None when none lives."""
    positions: dict[str, int] = field(default_factory=dict)
    """How many positions are not settled, by state."""
    driven: int = 0
    """How many are being driven right now; asked from outside, as the watchdogs said."""
    oldest_unsettled_s: float | None = None
    """The age of the oldest position that is neither protected nor settled."""
    exposed: int = 0
    """How many have a fill and no stop that is known to be at work."""
    alerts_told: bool | None = False
    """An alert sink was given; without one alerts go to the log only, and nobody is told. None: not known from
    outside."""
    suspected: int = 0
    """How many are orphans suspected."""
    unattended: int = 0
    """How many are not settled and no living watchdog has them, although one should by now."""
    external: tuple[str, ...] = ()
    """What the account shows beside our rows, one sentence each; always empty from outside."""
    stream: str | None = None
    """How the account's stream stands: ``connected``, or why it is not; None where there is none. Nothing depends on
    it, so it never makes ``ok`` False."""
    watchdogs: tuple[Watching, ...] = ()
    """Those that were heard of in this database and did not leave in order, the last one heard first."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the database tells whoever is no part of a bot."""

    now_us: int
    heard: tuple[Heard, ...]
    gone: frozenset[str] = frozenset()
    """Owners whose processes certainly run no more."""
    lease_us: int = round(LEASE_S * MICROSECONDS)
    watch_s: float = WATCH_S
    letters: tuple[Letter, ...] = ()
    """What people must still hear."""
    numbers: Mapping[Scope, Mapping[str, int]] | None = None
    """How many rows are not settled, by account and state, where only those that may need a person are given as rows;
    None where all of them are."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What an instance knows of itself."""

    now_us: int
    turned_at_us: int | None
    watch_s: float
    driven: int
    alerts_told: bool
    database_problem: str | None = None
    heard: tuple[Heard, ...] = ()
    """All heartbeats in the database, our own among them."""
    me: str = ""
    """Our own name: what is ours is attended."""
    lease_us: int = round(LEASE_S * MICROSECONDS)
    standing: tuple[str, ...] = ()
    """What the account shows beside our rows, as the last sweep found it."""
    hindered: str | None = None
    """What keeps the watchdog from its work."""
    stream: StreamState | None = None
    """The account's stream; None where there is none."""
    untold: tuple[str, ...] = ()
    """The channels that take no alerts, one sentence each."""
