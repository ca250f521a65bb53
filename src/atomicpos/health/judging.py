"""The judgement: of an instance by what it knows of itself, of a database by what stands in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..listening import StreamState
from ..models import MICROSECONDS
from ..record import Record
from ..untold import untold
from .facts import TURNS_MISSED, Health, Outside, Vitals
from .rows import by_state, counted, figures, of_rows, overdue, unattended
from .watchdogs import abandoned, heard_of, hindrances


def judge(rows: Iterable[Record], vitals: Vitals) -> Health:
    """The health of an instance that these rows and vitals show."""
    held = tuple(rows)
    outside = Outside(vitals.now_us, vitals.heard, lease_us=vitals.lease_us, watch_s=vitals.watch_s)
    watchdogs = heard_of(outside)
    left = unattended(held, {w.owner for w in watchdogs if w.lives} | {vitals.me}, outside)
    silent_s = None if vitals.turned_at_us is None else (vitals.now_us - vitals.turned_at_us) / MICROSECONDS
    urgent = (
        *_database(vitals), *_silent(silent_s, vitals.watch_s), *_hindered(vitals.hindered), *of_rows(held),
        *map(overdue, left), *vitals.standing, *vitals.untold,
    )
    someone = vitals.alerts_told or vitals.untold
    told = () if someone else ("nobody is told: no alert sink was given, alerts go to the log only",)
    return replace(
        figures(held, vitals.now_us), ok=not urgent, problems=(*urgent, *told),
        database=vitals.database_problem is None, watchdog_s=silent_s, driven=vitals.driven,
        alerts_told=vitals.alerts_told, unattended=len(left), external=vitals.standing, watchdogs=watchdogs,
        stream=_stream(vitals.stream),
    )


def judge_from_outside(rows: Iterable[Record], outside: Outside) -> Health:
    """The health of everything in a database: whether somebody looks after each row that is not settled."""
    held = tuple(rows)
    watchdogs = heard_of(outside)
    living = [w for w in watchdogs if w.lives]
    attended = {w.scope for w in living}
    left = unattended([r for r in held if r.intent.scope in attended], {w.owner for w in living}, outside)
    numbers = counted(held) if outside.numbers is None else outside.numbers
    alone = {scope: states for scope, states in numbers.items() if scope not in attended}
    problems = (
        *abandoned(alone, [w for w in watchdogs if w.scope not in attended]),
        *(text for w in living for text in hindrances(w, outside.watch_s)), *of_rows(held), *map(overdue, left),
        *untold(outside.letters, outside.now_us),
    )
    return replace(
        figures(held, outside.now_us), ok=not problems, problems=problems,
        watchdog_s=min((w.age_s for w in living), default=None), driven=sum(w.driven for w in living),
        unattended=len(left) + sum(sum(states.values()) for states in alone.values()), watchdogs=watchdogs,
        positions=by_state(numbers),
    )


def unreadable(why: str) -> Health:
    """The health of a database that does not answer."""
    return Health(ok=False, problems=(why,), database=False, watchdog_s=None, alerts_told=None)


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
