"""``atomicpos export``: positions, journal or evidence as CSV or JSON, a few rows in memory at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..models import State
from .columns import COLUMNS, What, rows_of
from .moments import Since, since_us
from .options import DEFAULT_DATABASE, Database
from .output import failures_told
from .plain import json_line
from .reading import reading
from .spreadsheet import line

if TYPE_CHECKING:
    from ..ports import History
    from ..record import Record
    from ..store import SqlJournal

AT_ONCE = 200
"""How many positions are read at a time; of their histories one is held."""


class Form(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSON = "json"


def export(
    what: Annotated[What, typer.Argument(help="positions, journal or evidence.", metavar="WHAT")],
    form: Annotated[Form, typer.Option("--format", help="csv, or json: one object a line.")] = Form.CSV,
    state: Annotated[State | None, typer.Option(help="Only of positions in this state.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only of this symbol: unified, or the exchange's id.")] = None,
    since: Since = None,
    database: Database = DEFAULT_DATABASE,
) -> None:
    """Write positions, their journals or the evidence to stdout, the oldest position first.

    The columns and their order stay as they are; new ones come last. In CSV a text that a spreadsheet would take for a
    formula gets an apostrophe before it; JSON has it as it is. A bot may have the database open meanwhile.
    """
    from ..clock import SystemClock

    begins_us = since_us(since, SystemClock().now_us())
    with failures_told():
        asyncio.run(_written(database, what, form, state, symbol, begins_us))


async def _written(
    database: str, what: What, form: Form, state: State | None, symbol: str | None, begins_us: int | None
) -> None:
    async with reading(database) as journal:
        if form is Form.CSV:
            typer.echo(line(COLUMNS[what]))
        async for record in _positions(journal, begins_us):
            if not _meant(record, state, symbol):
                continue
            for row in rows_of(what, record, await _history(journal, what, record)):
                typer.echo(json_line(row) if form is Form.JSON else line(list(row.values())))


async def _positions(journal: SqlJournal, begins_us: int | None) -> AsyncIterator[Record]:
    """Every position, oldest first, some at a time."""
    after = begins_us or 0, ""
    while rows := await journal.page(after, AT_ONCE):
        for row in rows:
            yield row
        after = rows[-1].intent.created_at_us, rows[-1].id


def _meant(record: Record, state: State | None, symbol: str | None) -> bool:
    wanted = None if symbol is None else symbol.upper()
    return state in (None, record.state) and wanted in (
        None, record.intent.symbol.upper(), record.intent.market_id.upper()
    )


async def _history(journal: SqlJournal, what: What, record: Record) -> History:
    from ..ports import History

    return History() if what is What.POSITIONS else await journal.history(record.id)
