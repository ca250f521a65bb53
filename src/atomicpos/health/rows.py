"""What the rows say by themselves: how many there are, and which of them need a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..models import MICROSECONDS, Scope, State
from ..record import Record
from ..snapshot import exposed
from .facts import TURNS_MISSED, Health, Outside


def figures(held: tuple[Record, ...], now_us: int) -> Health:
    """What can be counted; the judgement is the caller's."""
    ages = [(now_us - r.intent.created_at_us) / MICROSECONDS for r in held if r.state is not State.PROTECTED]
    return Health(
        ok=True, problems=(), database=True, watchdog_s=None, alerts_told=None,
        positions=dict(Counter(row.state.value for row in held)),
        oldest_unsettled_s=max(ages, default=None),
        exposed=sum(exposed(row) is True for row in held),
        suspected=sum(row.state is State.ORPHAN_SUSPECTED for row in held),
    )


def counted(held: tuple[Record, ...]) -> dict[Scope, Counter[str]]:
    """How many there are, by account and state."""
    numbers: dict[Scope, Counter[str]] = {}
    for row in held:
        numbers.setdefault(row.intent.scope, Counter())[row.state.value] += 1
    return numbers


def by_state(numbers: Mapping[Scope, Mapping[str, int]]) -> dict[str, int]:
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


def unattended(held: Iterable[Record], living: set[str], outside: Outside) -> list[Record]:
    """Rows that were due so long ago that a lease has lapsed since, and whoever lives should have taken them over."""
    late_us = outside.lease_us + round(TURNS_MISSED * outside.watch_s * MICROSECONDS)
    due_us = outside.now_us - late_us
    return [row for row in held if row.owner not in living and (row.wake_at_us or 0) <= due_us]


def overdue(row: Record) -> str:
    """One sentence of a row that nobody took up in time."""
    whose = "belongs to nobody" if row.owner is None else f"belongs to {row.owner}, which is not heard of"
    return f"{_named(row)} is {row.state.value}, overdue, and {whose}"


def _named(row: Record) -> str:
    return f"position {row.id} ({row.intent.symbol})"
