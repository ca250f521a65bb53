"""Opening a database: the URL checked, the schema as this release needs it, the installation known."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from atomicpos.clock import SystemClock
from atomicpos.ids import new_installation
from atomicpos.lag import LagCount
from atomicpos.ports import Clock

from . import lags
from . import statements as sql
from .connect import reading_engine, writing_engine
from .journal import SqlJournal
from .location import Dialect, Location, locate
from .pages import SqlPages
from .revision import require_current
from .schema import bring_up_to_date, existing
from .writer import Writer

Answer = TypeVar("Answer")
Found = tuple[str, tuple[LagCount, ...]]
"""The installation, and what was learnt about lag before: read together, so that a start costs no read more."""

_DRAW = text("INSERT INTO installation (id, code, created_at_us) VALUES (1, :code, :now_us) ON CONFLICT DO NOTHING")
"""Of several processes that open a new database at once one is first, and all read what it drew."""


async def open_journal(url: str, clock: Clock, *, rng: random.Random) -> SqlJournal:
    """Open a database; other processes may have it open as well.

    ``sqlite:///file`` is created or upgraded when needed; ``sqlite://`` is in memory, for tests.
    ``postgresql://user:password@host/database`` must have this release's schema already: ``atomicpos db upgrade`` makes
    it. Raises StoreUnavailable with one sentence that says what is wrong and what to do. ``clock`` and ``rng`` date and
    draw the installation's four characters, once per database.
    """
    location = locate(url)
    prepare = partial(_prepare, location=location, code=new_installation(rng), now_us=clock.now_us())
    return await _opened(writing_engine(location), location, prepare, clock)


async def read_only(url: str) -> SqlJournal:
    """Open an existing database for reading; whatever would write raises StoreUnavailable.

    Raises StoreUnavailable when there is none (it creates no file) or its schema is not this release's.
    """
    location = existing(url)
    return await _opened(reading_engine(location), location, partial(_recall, location=location), SystemClock())


async def open_pages(url: str) -> SqlPages:
    """Open an existing database for reading some rows at a time, over a connection of its own.

    Raises StoreUnavailable when there is none (it creates no file) or its schema is not this release's.
    """
    location = existing(url)
    reader, _ = await _prepared(reading_engine(location), location, partial(require_current, location=location))
    return SqlPages(reader, location.place, SystemClock())


async def _opened(
    engine: Engine, location: Location, prepare: Callable[[Connection], Found], clock: Clock
) -> SqlJournal:
    writer, (installation, learnt) = await _prepared(engine, location, prepare)
    place = f"{location.place}, {id(writer):x}" if location == Location() else location.place
    return SqlJournal(writer, installation, place, clock, learnt)


async def _prepared(
    engine: Engine, location: Location, prepare: Callable[[Connection], Answer]
) -> tuple[Writer, Answer]:
    """A writer over that engine, once it was prepared so, and what that found."""
    writer = Writer(engine, location.place)
    try:
        return writer, await writer.run(prepare)
    except BaseException:
        # shielded: a caller that is cancelled again must not leave the connection open
        await asyncio.shield(writer.close())
        raise


def _prepare(connection: Connection, *, location: Location, code: str, now_us: int) -> Found:
    if location.dialect is Dialect.SQLITE:
        bring_up_to_date(connection, location.place)
    else:
        require_current(connection, location)
    known = connection.execute(sql.INSTALLATION).scalar()
    if known is None:
        connection.execute(_DRAW, {"code": code, "now_us": now_us})
        known = connection.execute(sql.INSTALLATION).scalar()
    return str(known), lags.learnt(connection)


def _recall(connection: Connection, *, location: Location) -> Found:
    """A database that was only migrated has drawn no code yet, and holds no position that could need one."""
    require_current(connection, location)
    return str(connection.execute(sql.INSTALLATION).scalar() or ""), lags.learnt(connection)
