"""What is stored comes back as it was, to the last digit and character."""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, History, Repeats
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal
from atomicpos.store.findings import evidence_of, evidence_row
from atomicpos.store.tables import metadata
from atomicpos.testing.samples import LEASE_US, StillClock, a_record
from atomicpos.testing.strategies import findings, journal_entries, records

HARD = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


class Base:
    """One database in memory, emptied between examples: migrating it for each would take most of the time."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.journal: SqlJournal = self.run(open_journal("sqlite://", StillClock(), rng=random.Random(1)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def empty(self) -> None:
        self.run(self.journal._writer.run(self._delete))

    def close(self) -> None:
        self.run(self.journal.close())
        self.loop.close()

    @staticmethod
    def _delete(connection: Any) -> None:
        for name in ("evidence", "journal", "orders", "positions"):
            connection.execute(metadata.tables[name].delete())


@pytest.fixture(scope="module")
def base() -> Iterator[Base]:
    base = Base()
    yield base
    base.close()


@HARD
@given(record=records())
def test_any_row_comes_back_as_it_was(base: Base, record: Record) -> None:
    """A lawful record read back equals the one written, scales of decimals included."""
    base.empty()
    base.run(base.journal.admit(Change(record), LEASE_US))
    for stored in (base.run(base.journal.load(record.id)), *base.run(base.journal.list())):
        assert stored == record
        assert repr(stored) == repr(record)


@HARD
@given(lines=st.lists(journal_entries, max_size=3).map(tuple), found=st.lists(findings, max_size=3).map(tuple))
def test_any_history_comes_back_as_it_was(
    base: Base, lines: tuple[JournalEntry, ...], found: tuple[Evidence, ...]
) -> None:
    """Journal lines and findings of distinct sources read back equal those appended."""
    base.empty()
    apart = tuple(replace(finding, source=f"{n}{finding.source}") for n, finding in enumerate(found))
    base.run(base.journal.admit(Change(a_record(), entries=lines, evidence=apart), LEASE_US))
    stored: History = base.run(base.journal.history("p1"))
    once = tuple(Repeats(0, finding.answered_at_us) for finding in apart)
    assert repr(stored) == repr(History(lines, apart, once))


@HARD
@given(finding=findings)
def test_evidence_survives_its_row(finding: Evidence) -> None:
    """Turning a finding into a row and back loses nothing, no database involved."""
    assert repr(evidence_of(evidence_row("p1", finding))) == repr(finding)


def test_half_a_character_does_not_stop_a_commit(base: Base) -> None:
    """A lone surrogate in a raw reply, as a body cut inside an escape holds, is stored as a question mark."""
    base.empty()
    cut = replace(Evidence.unknown("cut \ud83d"), source="position_poll", raw='{"a": "\ud83d', absent_ids=("\ud83d",))
    base.run(base.journal.admit(Change(a_record(), evidence=(cut,)), LEASE_US))
    stored = base.run(base.journal.history("p1")).evidence[0]
    assert stored == replace(cut, why="cut ?", raw='{"a": "?')
