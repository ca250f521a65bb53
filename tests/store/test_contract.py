"""Every journal keeps the same promises."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from atomicpos.ports import Journal
from atomicpos.store import open_journal
from atomicpos.testing.contracts import Another, SharedStoreContract, StoreContract
from atomicpos.testing.journals import MemoryJournal
from atomicpos.testing.samples import StillClock


class TestMemoryJournal(SharedStoreContract):
    """In memory, for the odometer."""

    @pytest.fixture
    def journal(self) -> MemoryJournal:
        return MemoryJournal()

    @pytest.fixture
    def another(self, journal: MemoryJournal) -> Another:
        async def reopened() -> Journal:
            return journal.reopened()

        return reopened


class OnAServer(SharedStoreContract):
    """In a database that several journals may open, at the URL that the fixture ``url`` gives."""

    @pytest.fixture
    async def another(self, url: str) -> AsyncIterator[Another]:
        async with AsyncExitStack() as opened:

            async def open_one() -> Journal:
                journal = await open_journal(url, StillClock(), rng=random.Random(1))
                opened.push_async_callback(journal.close)
                return journal

            yield open_one

    @pytest.fixture
    async def journal(self, another: Another) -> Journal:
        return await another()


class TestSqliteFile(OnAServer):
    """In a SQLite file."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/a.db"


class TestPostgresql(OnAServer):
    """In a PostgreSQL database."""

    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url


class TestSqliteInMemory(StoreContract):
    """In a private SQLite database without a file."""

    @pytest.fixture
    async def journal(self) -> AsyncIterator[Journal]:
        opened = await open_journal("sqlite://", StillClock(), rng=random.Random(1))
        yield opened
        await opened.close()
