"""``atomicpos positions``: the rows of a database, newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..models import State
from .exits import Exit
from .moments import Since, moment, since_us
from .options import DEFAULT_DATABASE, Database, Json
from .output import console, failures_told, note
from .plain import json_line, plain
from .reading import listed

if TYPE_CHECKING:
    from ..models import Position


def positions(
    state: Annotated[State | None, typer.Option(help="Only positions in this state.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this symbol: unified, or the exchange's id.")] = None,
    exposed: Annotated[
        bool, typer.Option("--exposed", help="Only where money is at risk now; exit code 3 when there is any.")
    ] = False,
    since: Since = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    database: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List the positions of a database, newest first. A bot may have it open meanwhile.

    Money is at risk where a fill is known and no stop of ours is known to live, and at every suspected orphan; that is
    as the database has it, and no exchange is asked.
    """
    from ..clock import SystemClock
    from ..explanation import at_risk
    from ..snapshot import snapshot

    begins_us = since_us(since, SystemClock().now_us())
    with failures_told(as_json=as_json):
        found = asyncio.run(listed(database, state, symbol))
    wanted = [r for r in found if begins_us is None or r.intent.created_at_us >= begins_us]
    risky = [record for record in wanted if at_risk(record) is True]
    rows = [snapshot(record) for record in (risky if exposed else wanted)[:limit]]
    if as_json:
        for position in rows:
            typer.echo(json_line(position))
    elif rows:
        console().print(table_of(rows))
    if not as_json:
        _conclude(len(rows), len(risky if exposed else wanted), len(risky), exposed)
    raise typer.Exit(Exit.AT_RISK if exposed and risky else Exit.DONE)


def _conclude(shown: int, wanted: int, risky: int, exposed: bool) -> None:
    """What was left out, and whether money is at risk, in a line each."""
    if shown < wanted:
        note(f"{shown} of {wanted} are shown: --limit says how many")
    if risky:
        many = "1 position" if risky == 1 else f"{risky} positions"
        note(f"MONEY IS AT RISK at {many}; 'atomicpos show ID' tells what is known and what can be done")
    elif exposed:
        note("no money is at risk, as far as this database knows; 'atomicpos health' tells whether anybody watches")
    elif not wanted:
        note("no position is as asked for")


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
