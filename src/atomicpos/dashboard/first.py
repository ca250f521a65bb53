"""The first screen: is anything naked? Judged from one glance at the rows, and from who watches them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..health import LEASE_S, TURNS_MISSED, WATCH_S, Health, Outside, judge_from_outside, of_rows
from ..models import MICROSECONDS, SETTLED, Goal, Scope, State
from ..ports import DOUBTFUL_MOST, Glance
from ..record import Record
from ..story.plain import plain
from .limits import SHOWN_MOST
from .rows import Cover, cover_of, row

LATE_US = round((LEASE_S + TURNS_MISSED * WATCH_S) * MICROSECONDS)
"""A row is overdue when somebody should have taken it over by now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer in words; ``level`` is ``naked``, ``unknown``, ``unwatched`` or ``safe``."""

    level: str
    title: str
    detail: str


def numbers_of(glance: Glance) -> dict[Scope, dict[str, int]]:
    """How many rows are not settled, by account and state."""
    found: dict[Scope, dict[str, int]] = {}
    for held in glance.held:
        found.setdefault(held.scope, {})[held.state.value] = held.positions
    return found


def health_of(glance: Glance, now_us: int, gone: frozenset[str]) -> Health:
    """Who watches, and what needs a person, as ``atomicpos health`` judges it."""
    outside = Outside(now_us, glance.heard, gone, numbers=numbers_of(glance))
    return judge_from_outside(glance.doubtful, outside)


def attended(health: Health) -> frozenset[Scope]:
    """The accounts that a living watchdog looks after."""
    return frozenset(watchdog.scope for watchdog in health.watchdogs if watchdog.lives)


def first_screen(glance: Glance, health: Health, now_us: int, external: Iterable[str] | None) -> dict[str, Any]:
    """All that the first screen shows. ``external``: what the account holds beside the rows; None when nobody asked."""
    by_cover: dict[Cover, list[Record]] = {Cover.NAKED: [], Cover.UNKNOWN: [], Cover.COVERED: []}
    for record in glance.doubtful:
        by_cover.setdefault(cover_of(record), []).append(record)
    beside = tuple(external or ())
    of_these = of_rows(glance.doubtful)  # the rows below say that already
    problems = [*(text for text in health.problems if text not in of_these), *beside]
    verdict = judged(by_cover, glance, health, len(problems))
    # a row that is naked comes before one of which nothing is known, and the oldest first
    urgent = [*by_cover[Cover.NAKED], *by_cover[Cover.UNKNOWN], *_suspected(by_cover[Cover.COVERED])]
    return {
        "at_us": now_us,
        "verdict": plain(verdict),
        "urgent": [row(record, attended(health)) for record in urgent[:SHOWN_MOST]],
        "urgent_count": len(urgent) + (glance.doubtful_count - len(glance.doubtful)),
        "states": {state.value: glance.states.get(state, 0) for state in State},
        "problems": problems,
        "watchdogs": plain(health.watchdogs),
        "external": None if external is None else list(beside),
        "revision": revision(glance),
    }


def _suspected(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.state is State.ORPHAN_SUSPECTED]


def judged(by_cover: Mapping[Cover, list[Record]], glance: Glance, health: Health, problems: int = 0) -> Verdict:
    """The answer: naked before unknown, unknown before unwatched. ``problems``: how many are told beside it."""
    naked, unknown = by_cover[Cover.NAKED], by_cover[Cover.UNKNOWN]
    suspected = _suspected((*unknown, *by_cover[Cover.COVERED]))
    held = sum(number for state, number in glance.states.items() if state not in SETTLED)
    if naked:
        detail = _naked_detail(naked, unknown, attended(health))
        return Verdict("naked", f"{_number(len(naked), glance)} naked", detail)
    if unknown or suspected:
        return Verdict("unknown", _unknown_title(unknown, suspected), _rest(held - len(unknown)))
    if health.unattended:
        what = "Nothing is naked by the rows, but nobody watches"
        return Verdict("unwatched", what, f"{_positions(health.unattended)} not looked after; the rows may be old")
    rest = _rest(held) if held else "No position is open."
    also = f" {problems} {'thing needs' if problems == 1 else 'things need'} a person all the same." if problems else ""
    return Verdict("safe", "Nothing is naked", rest + also)


def _number(count: int, glance: Glance) -> str:
    more = "at least " if glance.doubtful_count > DOUBTFUL_MOST else ""
    return f"{more}{count} {'position is' if count == 1 else 'positions are'}"


def _positions(count: int) -> str:
    return f"{count} {'position is' if count == 1 else 'positions are'}"


def _naked_detail(naked: list[Record], unknown: list[Record], driven: Collection[Scope]) -> str:
    also = f" Of {len(unknown)} more it is not known." if unknown else ""
    doing = Counter(_aim(record, driven) for record in naked)
    told = " and ".join(f"{count} {'is' if count == 1 else 'are'} {what}" for what, count in doing.items())
    return f"Filled, and no stop over all of it was read back: {told}.{also}"


def _aim(record: Record, driven: Collection[Scope]) -> str:
    if record.intent.scope not in driven:
        return "looked after by nobody"
    return "being closed" if record.goal is Goal.FLAT else "being protected"


def _unknown_title(unknown: list[Record], suspected: list[Record]) -> str:
    if suspected:
        return f"{len(suspected)} {'orphan' if len(suspected) == 1 else 'orphans'} suspected"
    opens = f"{len(unknown)} {'open is' if len(unknown) == 1 else 'opens are'}"
    return f"Not known yet: {opens} under way"


def _rest(count: int) -> str:
    if count <= 0:
        return "No other position is open."
    return f"{count} open {'position' if count == 1 else 'positions'}, each with a stop that was read back."


def revision(glance: Glance) -> str:
    """Changes with every row that moves: what a page compares to know that its rows are old."""
    moves = sum(held.moves for held in glance.held)
    return f"{moves}.{'.'.join(str(glance.states.get(state, 0)) for state in State)}"
