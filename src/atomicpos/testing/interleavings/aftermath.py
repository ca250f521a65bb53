"""What must be known once two processes are done with a row: whatever one of them knew, and whatever was left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...events import Event
from ...evidence import Evidence
from ...models import Goal
from ...ports import Change, History, Journal
from ...record import Record


async def forgotten(journal: Journal, refused: Iterable[Change]) -> list[str]:
    """Of what an owner was refused to store as fenced out: the lines and findings that the row does not have."""
    return [what for change in refused for what in _lost(change, await journal.history(change.record.id))]


def _lost(change: Change, history: History) -> Iterator[str]:
    said = [_said(finding) for finding in history.evidence]
    yield from (entry.text for entry in change.entries if entry not in history.entries)
    yield from (f"{finding.source} {finding.kind}" for finding in change.evidence if _said(finding) not in said)


def untold(unrecorded: Iterable[str], heard: Iterable[Event]) -> list[str]:
    """Of the living orders that no row knows: those of which nobody was told."""
    texts = [event.text for event in heard]
    return [own_id for own_id in unrecorded if not any(own_id in text for text in texts)]


def found(row: Record) -> str:
    """How a row was found by who took it over: its state, and what was being done to it."""
    doing = {
        "being closed": row.goal is Goal.FLAT, "its stop being moved": row.moving is not None,
        "a part being closed": row.part_left > 0,
    }
    return ", ".join((row.state.value, *(what for what, done in doing.items() if done)))


def _said(finding: Evidence) -> tuple[object, ...]:
    shown = finding.orders, finding.absent_ids, finding.fills, finding.position, finding.position_stop
    return finding.source, finding.kind, finding.quantity, *shown
