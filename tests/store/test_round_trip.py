"""What is stored comes back as it was, to the last digit and character."""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, History, Repeats
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal
from atomicpos.store.findings import evidence_of, evidence_row
from atomicpos.store.tables import metadata
from atomicpos.testing.postgres import Databases
from atomicpos.testing.samples import LEASE_US, StillClock, a_record
from atomicpos.testing.strategies import findings, journal_entries, records

HARD = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


class Base:
    """One database, emptied between examples: making one for each would take most of the time."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.journal: SqlJournal = self.run(open_journal(url, StillClock(), rng=random.Random(1)))
        self.keeps_all = url.startswith("sqlite")
        """PostgreSQL writes exponents out, and its text has no zero byte."""

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def empty(self) -> None:
        self.run(self.journal._writer.run(self._delete))

    def same(self, stored: object, written: object) -> bool:
        """Equal, and on SQLite in every digit's place as well."""
        return stored == written and (not self.keeps_all or repr(stored) == repr(written))

    def takes(self, value: object) -> bool:
        return self.keeps_all or "\\x00" not in repr(value)

    def close(self) -> None:
        self.run(self.journal.close())
        self.loop.close()

    @staticmethod
    def _delete(connection: Any) -> None:
        for name in ("evidence", "journal", "orders", "positions"):
            connection.execute(metadata.tables[name].delete())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def base(request: pytest.FixtureRequest) -> Iterator[Base]:
    if request.param == "sqlite":
        base = Base("sqlite://")
        yield base
        base.close()
        return
    server: Databases = request.getfixturevalue("postgres")
    url = server.new_database(like=request.getfixturevalue("migrated_postgres_url"))
    base = Base(url)
    yield base
    base.close()
    server.drop_database(url)


@HARD
@given(record=records())
def test_any_row_comes_back_as_it_was(base: Base, record: Record) -> None:
    """A lawful record read back equals the one written, scales of decimals included."""
    assume(base.takes(record))
    base.empty()
    base.run(base.journal.admit(Change(record), LEASE_US))
    for stored in (base.run(base.journal.load(record.id)), *base.run(base.journal.list())):
        assert base.same(stored, record)


@HARD
@given(lines=st.lists(journal_entries, max_size=3).map(tuple), found=st.lists(findings, max_size=3).map(tuple))
def test_any_history_comes_back_as_it_was(
    base: Base, lines: tuple[JournalEntry, ...], found: tuple[Evidence, ...]
) -> None:
    """Journal lines and findings of distinct sources read back equal those appended."""
    assume(base.takes((lines, found)))
    base.empty()
    apart = tuple(replace(finding, source=f"{n}{finding.source}") for n, finding in enumerate(found))
    base.run(base.journal.admit(Change(a_record(), entries=lines, evidence=apart), LEASE_US))
    stored: History = base.run(base.journal.history("p1"))
    once = tuple(Repeats(0, finding.answered_at_us) for finding in apart)
    assert base.same(stored, History(lines, apart, once))


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
