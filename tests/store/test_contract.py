"""Both journals keep the same promises."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from atomicpos.ports import Journal
from atomicpos.store import open_journal
from atomicpos.testing.journal_contract import JournalContract
from atomicpos.testing.memory_journal import MemoryJournal
from atomicpos.testing.samples import StillClock


class TestMemoryJournal(JournalContract):
    """In memory, for the odometer."""

    @pytest.fixture
    def journal(self) -> Journal:
        return MemoryJournal()


class TestSqlJournal(JournalContract):
    """In a SQLite file."""

    @pytest.fixture
    async def journal(self, tmp_path: Path) -> AsyncIterator[Journal]:
        opened = await open_journal(f"sqlite:///{tmp_path}/a.db", StillClock(), rng=random.Random(1))
        yield opened
        await opened.close()


class TestSqlJournalInMemory(JournalContract):
    """In a private SQLite database without a file."""

    @pytest.fixture
    async def journal(self) -> AsyncIterator[Journal]:
        opened = await open_journal("sqlite://", StillClock(), rng=random.Random(1))
        yield opened
        await opened.close()
