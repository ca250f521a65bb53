"""Reading a database from outside: without a lock, also while a bot has it open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ..errors import UnknownPosition
from ..models import State
from .options import database_url

if TYPE_CHECKING:
    from ..ports import History
    from ..record import Record
    from ..store import SqlJournal


@asynccontextmanager
async def reading(database: str) -> AsyncIterator[SqlJournal]:
    """The journal, for reading. Raises StoreUnavailable; creates no file."""
    from ..store import read_only

    journal = await read_only(database_url(database))
    try:
        yield journal
    finally:
        await journal.close()


async def listed(database: str, state: State | None, symbol: str | None) -> list[Record]:
    """Rows newest first; ``symbol`` may be unified or the exchange's own id, in any case."""
    async with reading(database) as journal:
        rows = await journal.list(state)
    wanted = None if symbol is None else symbol.upper()
    return [row for row in rows if wanted in (None, row.intent.symbol.upper(), row.intent.market_id.upper())]


async def found(database: str, given: str) -> tuple[Record, History]:
    """The row with that id or unique beginning of one, and its history. Raises UnknownPosition."""
    async with reading(database) as journal:
        record = await journal.load(given) or _begins_with(await journal.list(), given)
        return record, await journal.history(record.id)


def _begins_with(rows: tuple[Record, ...], given: str) -> Record:
    matching = [row for row in rows if given and row.id.startswith(given)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise UnknownPosition(f"{len(matching)} positions have an id that begins with {given!r}; give more of it")
    raise UnknownPosition(f"no position has an id that begins with {given!r}")
