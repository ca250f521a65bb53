"""Opening a journal: the URL checked, the file locked, the schema brought up to date, the installation known."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine

from atomicpos.ids import new_installation
from atomicpos.ports import Clock

from . import statements as sql
from .connect import reading_engine, writing_engine
from .journal import SqlJournal
from .location import Location, locate
from .lock import ProcessLock
from .schema import bring_up_to_date, existing, require_current
from .writer import Writer

Answer = TypeVar("Answer")


async def open_journal(url: str, clock: Clock, *, rng: random.Random) -> SqlJournal:
    """Open the database for this process alone, creating or upgrading it when needed.

    ``sqlite:///file`` or, for tests, ``sqlite://`` (in memory). Raises StoreUnavailable with one sentence that says
    what is wrong and what to do. ``clock`` and ``rng`` date and draw the installation's four characters, once.
    """
    location = locate(url)
    prepare = partial(_prepare, place=location.place, code=new_installation(rng), now_us=clock.now_us())
    release = ProcessLock(location.lock_path).release if location.lock_path else _nothing
    return await _opened(writing_engine(location), location, prepare, release)


async def read_only(url: str) -> SqlJournal:
    """Open an existing database for reading, also while another process has it; ``admit`` and ``commit`` fail.

    Raises StoreUnavailable when there is none (it creates no file) or its schema is not this release's.
    """
    location = existing(url)
    return await _opened(reading_engine(location), location, partial(_recall, place=location.place), _nothing)


async def _opened(
    engine: Engine, location: Location, prepare: Callable[[Connection], str], release: Callable[[], None]
) -> SqlJournal:
    writer = Writer(engine, location.place)
    try:
        installation = await writer.run(prepare)
    except BaseException:
        # shielded: a caller that is cancelled again must not leave the file locked
        await asyncio.shield(_abandoned(writer, release))
        raise
    place = location.place if location.path is not None else f"{location.place}, {id(writer):x}"
    return SqlJournal(writer, installation, place, release)


async def _abandoned(writer: Writer, release: Callable[[], None]) -> None:
    try:
        await writer.close()
    finally:
        release()


def _prepare(connection: Connection, *, place: str, code: str, now_us: int) -> str:
    bring_up_to_date(connection, place)
    known = connection.execute(sql.INSTALLATION).scalar()
    if known is not None:
        return str(known)
    connection.execute(sql.INSERT_INSTALLATION, {"id": 1, "code": code, "created_at_us": now_us})
    return code


def _recall(connection: Connection, *, place: str) -> str:
    """A database that was only migrated has drawn no code yet, and holds no position that could need one."""
    require_current(connection, place)
    return str(connection.execute(sql.INSTALLATION).scalar() or "")


def _nothing() -> None:
    """There is no lock to give back."""
