"""``atomicpos lag``: how late each source was seen to show fills, and what is waited for because of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from .options import DEFAULT_DATABASE, Database, Json
from .output import console, failures_told
from .plain import json_line
from .reading import reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..lag import LagCount, LagLine


NOTHING = "nothing was learnt yet: no bot has seen a fill since it began to use this database"


def lag(database: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Show how late each source of each exchange was, in seconds, beside what its profile allows for and what is in
    force.

    Only the database is read. A bot's own visibility_s_max is not known here; it takes the place of the profile's.
    """
    from ..exchanges.quirks import QUIRKS
    from ..lag import report

    floors_s = {name: quirks.profile.visibility_s_max for name, quirks in QUIRKS.items()}
    with failures_told(as_json=as_json):
        lines = report(asyncio.run(_learnt(database)), floors_s)
    if as_json:
        for line in lines:
            typer.echo(json_line(line))
    else:
        console().print(table_of(lines) if lines else NOTHING)


async def _learnt(database: str) -> tuple[LagCount, ...]:
    async with reading(database) as journal:
        return journal.lags_at_opening


def table_of(lines: Iterable[LagLine]) -> Table:
    """One line a source."""
    figures = ("samples", "median s", "95 % s", "99 % s", "99.9 % s", "longest s", "profile s", "in force s")
    table = Table("exchange", "source", *figures)
    for line in lines:
        told = (line.median_s, line.p95_s, line.p99_s, line.p999_s, line.longest_s)
        table.add_row(
            f"{line.exchange} {line.environment}", line.source, str(line.samples), *(f"{s:.3f}" for s in told),
            "-" if line.floor_s is None else f"{line.floor_s:g}", f"{line.bound_s:g}",
        )
    return table
