"""``atomicpos positions``: the rows of a database, newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..models import MICROSECONDS, State
from .options import DEFAULT_DATABASE, Database, Json
from .output import console, failures_told
from .plain import json_line, plain
from .reading import listed

if TYPE_CHECKING:
    from ..models import Position


def positions(
    state: Annotated[State | None, typer.Option(help="Only positions in this state.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this symbol: unified, or the exchange's id.")] = None,
    database: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List the positions of a database, newest first. A bot may have it open meanwhile."""
    from ..snapshot import snapshot

    with failures_told(as_json=as_json):
        rows = [snapshot(record) for record in asyncio.run(listed(database, state, symbol))]
    if as_json:
        for position in rows:
            typer.echo(json_line(position))
    else:
        console().print(table_of(rows))


def table_of(rows: Iterable[Position]) -> Table:
    """One line a position."""
    table = Table("id", "created (UTC)", "symbol", "side", "quantity", "state", "filled", "entry", "stop", "exposed s")
    for row in rows:
        amounts = (plain(amount) if amount is not None else "-" for amount in (row.entry_price, row.stop_price))
        table.add_row(
            row.id, moment(row.created_at_us), row.symbol, row.side.value, plain(row.quantity), row.state.value,
            plain(row.filled_quantity), *amounts, f"{row.exposure_s:.3f}",
        )
    return table


def moment(at_us: int) -> str:
    """A time of ours for a person, in UTC."""
    return f"{datetime.fromtimestamp(at_us // MICROSECONDS, UTC):%Y-%m-%d %H:%M:%S}"
