"""What a rig stands on: a nursery, a venue, a database, and a reader of its own for what is stored."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atomicpos.record import Record
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.store import SqlJournal, read_only, schema
from atomicpos.testing.postgres import Postgres

from .births import Bot, Nursery
from .lanes import Lane
from .task import Place, Task

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything is real: a venue process on loopback, a database, and bots that are processes.

    On PostgreSQL all accounts share one database. SQLite has a file for each: ten processes that write to one file all
    the time would sooner or later keep one of them waiting for longer than it waits.
    """

    nursery: Nursery
    venue: VenueProcess
    url: str
    """The database; of SQLite the folder of the files."""
    server: Postgres | None = None
    """The PostgreSQL below, where there is one."""
    through: str | None = None
    """How bots are told to reach it, where that is not straight."""
    _readers: dict[str, SqlJournal] = field(default_factory=dict)

    def place(self, account: str) -> Place:
        """Where a bot of that account works."""
        venue = self.venue
        return Place(venue.url, venue.api_key, venue.secret, self.through or self.database(account), account)

    def database(self, account: str) -> str:
        """Where the account's rows are."""
        return self.url if self.server is not None else f"{self.url}/{account}.db"

    async def born(self, account: str, **words: Any) -> Bot:
        """A new bot."""
        return await self.nursery.born(Task(self.place(account), **words))

    async def truth(self, lane: Lane) -> dict[str, Any]:
        """What the venue itself holds on the lane's symbol."""
        return (await self.truths())[lane.symbol]

    async def truths(self) -> dict[str, dict[str, Any]]:
        """What the venue itself holds on every symbol."""
        return await asyncio.to_thread(self.venue.truth)

    async def rows(self, lane: Lane, account: str | None = None) -> tuple[Record, ...]:
        """The rows of the lane's symbol, newest first."""
        return await (await self.reader(account or lane.account)).list(symbol=lane.unified)

    async def reader(self, account: str) -> SqlJournal:
        """A reader of our own for the account's rows."""
        url = self.database(account)
        if url not in self._readers:
            if self.server is None:
                schema.upgrade(url)
            self._readers[url] = await read_only(url)
        return self._readers[url]

    async def close(self) -> None:
        """Close what was opened for reading."""
        for reader in self._readers.values():
            await reader.close()


@asynccontextmanager
async def ground(database: str, seed: int) -> AsyncIterator[Ground]:
    """A new venue and a new database of that kind."""
    with Nursery() as nursery, VenueProcess(seed=seed) as venue, _url(database) as (url, server):
        standing = Ground(nursery, venue, url, server)
        try:
            yield standing
        finally:
            await standing.close()


@contextmanager
def _url(database: str) -> Iterator[tuple[str, Postgres | None]]:
    with tempfile.TemporaryDirectory(prefix="atomicpos-soak-") as folder:
        if database == SQLITE:
            yield f"sqlite:///{Path(folder)}", None
            return
        with Postgres(durable=False) as server:
            url = server.new_database()
            schema.upgrade(url)
            yield url, server
