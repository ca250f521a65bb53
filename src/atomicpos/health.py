"""Is it alive, and does anything need a person? One frozen answer, from the rows and from what watchdogs say. Pure.

It is asked in two places: by a bot of its own instance, and by ``atomicpos health`` of nothing but the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .letters import Letter
from .listening import StreamState
from .models import MICROSECONDS, Scope, State
from .ports import Heard
from .record import Record
from .snapshot import exposed
from .untold import untold

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


def judge(rows: Iterable[Record], vitals: Vitals) -> Health:
    """The health of an instance that these rows and vitals show."""
    held = tuple(rows)
    outside = Outside(vitals.now_us, vitals.heard, lease_us=vitals.lease_us, watch_s=vitals.watch_s)
    watchdogs = _watchdogs(outside)
    left = _unattended(held, {w.owner for w in watchdogs if w.lives} | {vitals.me}, outside)
    silent_s = None if vitals.turned_at_us is None else (vitals.now_us - vitals.turned_at_us) / MICROSECONDS
    urgent = (
        *_database(vitals), *_silent(silent_s, vitals.watch_s), *_hindered(vitals.hindered), *of_rows(held),
        *map(_left, left), *vitals.standing, *vitals.untold,
    )
    someone = vitals.alerts_told or vitals.untold
    told = () if someone else ("nobody is told: no alert sink was given, alerts go to the log only",)
    return replace(
        _figures(held, vitals.now_us), ok=not urgent, problems=(*urgent, *told),
        database=vitals.database_problem is None, watchdog_s=silent_s, driven=vitals.driven,
        alerts_told=vitals.alerts_told, unattended=len(left), external=vitals.standing, watchdogs=watchdogs,
        stream=_stream(vitals.stream),
    )


def judge_from_outside(rows: Iterable[Record], outside: Outside) -> Health:
    """The health of everything in a database: whether somebody looks after each row that is not settled."""
    held = tuple(rows)
    watchdogs = _watchdogs(outside)
    living = [w for w in watchdogs if w.lives]
    attended = {w.scope for w in living}
    left = _unattended([r for r in held if r.intent.scope in attended], {w.owner for w in living}, outside)
    numbers = _numbers(held) if outside.numbers is None else outside.numbers
    alone = {scope: states for scope, states in numbers.items() if scope not in attended}
    problems = (
        *_abandoned(alone, [w for w in watchdogs if w.scope not in attended]),
        *(text for w in living for text in _hindrances(w, outside.watch_s)), *of_rows(held), *map(_left, left),
        *untold(outside.letters, outside.now_us),
    )
    return replace(
        _figures(held, outside.now_us), ok=not problems, problems=problems,
        watchdog_s=min((w.age_s for w in living), default=None), driven=sum(w.driven for w in living),
        unattended=len(left) + sum(sum(states.values()) for states in alone.values()), watchdogs=watchdogs,
        positions=_by_state(numbers),
    )


def unreadable(why: str) -> Health:
    """The health of a database that does not answer."""
    return Health(ok=False, problems=(why,), database=False, watchdog_s=None, alerts_told=None)


# --- the rows -------------------------------------------------------------------------------------------------


def _figures(held: tuple[Record, ...], now_us: int) -> Health:
    """What can be counted; the judgement is the caller's."""
    ages = [(now_us - r.intent.created_at_us) / MICROSECONDS for r in held if r.state is not State.PROTECTED]
    return Health(
        ok=True, problems=(), database=True, watchdog_s=None, alerts_told=None,
        positions=dict(Counter(row.state.value for row in held)),
        oldest_unsettled_s=max(ages, default=None),
        exposed=sum(exposed(row) is True for row in held),
        suspected=sum(row.state is State.ORPHAN_SUSPECTED for row in held),
    )


def _numbers(held: tuple[Record, ...]) -> dict[Scope, Counter[str]]:
    """How many there are, by account and state."""
    numbers: dict[Scope, Counter[str]] = {}
    for row in held:
        numbers.setdefault(row.intent.scope, Counter())[row.state.value] += 1
    return numbers


def _by_state(numbers: Mapping[Scope, Mapping[str, int]]) -> dict[str, int]:
    """The same of all accounts."""
    total: Counter[str] = Counter()
    for states in numbers.values():
        total.update(states)
    return dict(total)


def of_rows(held: tuple[Record, ...]) -> tuple[str, ...]:
    """The problems that are about single rows, one sentence each."""
    return (
        *(f"{_named(row)} is an orphan suspected" for row in held if row.state is State.ORPHAN_SUSPECTED),
        *(f"{_named(row)} is exposed" for row in held if exposed(row) is True),
    )


def _unattended(held: Iterable[Record], living: set[str], outside: Outside) -> list[Record]:
    """Rows that were due so long ago that a lease has lapsed since, and whoever lives should have taken them over."""
    late_us = outside.lease_us + round(TURNS_MISSED * outside.watch_s * MICROSECONDS)
    due_us = outside.now_us - late_us
    return [row for row in held if row.owner not in living and (row.wake_at_us or 0) <= due_us]


def _left(row: Record) -> str:
    whose = "belongs to nobody" if row.owner is None else f"belongs to {row.owner}, which is not heard of"
    return f"{_named(row)} is {row.state.value}, overdue, and {whose}"


def _named(row: Record) -> str:
    return f"position {row.id} ({row.intent.symbol})"


# --- the watchdogs --------------------------------------------------------------------------------------------


def _watchdogs(outside: Outside) -> tuple[Watching, ...]:
    return tuple(
        Watching(
            owner=(said := heard.heartbeat).owner, scope=said.scope,
            lives=heard.age_us <= outside.lease_us and said.owner not in outside.gone,
            age_s=heard.age_us / MICROSECONDS, behind_s=said.behind_us / MICROSECONDS, waits_for=said.waits_for,
            positions=said.positions, driven=said.driven,
        )
        for heard in outside.heard
    )


def _abandoned(numbers: Mapping[Scope, Mapping[str, int]], silent: list[Watching]) -> tuple[str, ...]:
    """One sentence for each account that no living watchdog looks after: with what is left there, and what to do."""
    scopes = dict.fromkeys((*numbers, *(w.scope for w in silent)))
    return tuple(_nobody_watches(scope, numbers.get(scope, {}), silent) for scope in scopes)


def _nobody_watches(scope: Scope, states: Mapping[str, int], silent: list[Watching]) -> str:
    left = ", ".join(f"{n} {state}" for state, n in states.items()) or "none"
    last_s = min((w.age_s for w in silent if w.scope == scope), default=None)
    heard = "none was heard of" if last_s is None else f"the last one, heard {last_s:.0f} s ago, did not leave in order"
    return (
        f"no watchdog looks after {scope.named} ({heard}); positions "
        f"there that are not settled: {left}. Start the bot, or 'atomicpos watch'"
    )


def _hindrances(watchdog: Watching, watch_s: float) -> tuple[str, ...]:
    late = watchdog.behind_s > TURNS_MISSED * watch_s
    behind = (f"the watchdog {watchdog.owner} is {watchdog.behind_s:.1f} s behind",) if late else ()
    waits = (f"the watchdog {watchdog.owner} waits: {watchdog.waits_for}",) if watchdog.waits_for else ()
    return (*behind, *waits)


# --- one instance ---------------------------------------------------------------------------------------------


def _database(vitals: Vitals) -> tuple[str, ...]:
    return () if vitals.database_problem is None else (f"the database cannot be used: {vitals.database_problem}",)


def _stream(state: StreamState | None) -> str | None:
    if state is None:
        return None
    return "connected" if state.connected else f"down: {state.why}"


def _hindered(why: str | None) -> tuple[str, ...]:
    return () if why is None else (f"the watchdog waits: {why}",)


def _silent(silent_s: float | None, watch_s: float) -> tuple[str, ...]:
    if silent_s is None:
        return ("the watchdog has made no turn yet",)
    if silent_s <= TURNS_MISSED * watch_s:
        return ()
    return (f"the watchdog is silent for {silent_s:.1f} s; it turns every {watch_s:g} s",)
