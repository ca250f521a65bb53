"""``atomicpos show``: one position's whole story, from the journal and the evidence."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from ..models import MICROSECONDS
from .completion import Every
from .moments import moment
from .options import DEFAULT_DATABASE, Database, Json
from .output import console, failures_told
from .plain import json_line, plain
from .reading import found

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..models import Position
    from ..story.timeline import Line


def show(
    position_id: Annotated[
        str, typer.Argument(metavar="ID", help="The position's id, or the beginning of it.", autocompletion=Every)
    ],
    database: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Tell what was asked, sent, seen and concluded about one position, and why; seconds count from the intent.

    Then, in sentences: is money at risk, what is proven, what is not, what would prove it, what was tried, and what you
    can do. All of it is as the database has it: 'atomicpos look' asks the exchange.
    """
    from ..clock import SystemClock
    from ..snapshot import snapshot
    from ..story.timeline import timeline
    from .explaining import explained

    with failures_told(as_json=as_json):
        record, history = asyncio.run(found(database, position_id))
        lines = timeline(record, history)
        explanation = explained(record, history, SystemClock().now_us())
    position = snapshot(record, history)
    if as_json:
        typer.echo(json_line({**plain(position), "timeline": lines, "explanation": explanation}))
    else:
        _print(position, lines, explanation, database)


def _print(position: Position, lines: tuple[Line, ...], explanation: Explanation, database: str) -> None:
    from .explaining import paragraphs

    out = console()
    title = f"{position.id}  {position.side.value} {plain(position.quantity)} {position.symbol}"
    out.print(Text(f"{title}  asked {moment(position.created_at_us)} UTC"))
    table = Table.grid(padding=(0, 2))
    for line in lines:
        table.add_row(*told(line, position.created_at_us))
    out.print(table)
    out.print()
    out.print(paragraphs(explanation, position.id, database))
    out.print()
    for sentence in ending(position):
        out.print(Text(sentence))


def told(line: Line, since_us: int) -> tuple[Text, Text, Text]:
    """A line's cells: seconds since the intent, what it is, and the words, with its repeats at the end."""
    source = f"{line.source}: " if line.source else ""
    again = f"  x{line.times}, last {seconds(line.last_at_us - since_us)}" if line.times > 1 else ""
    return Text(seconds(line.at_us - since_us)), Text(line.what), Text(f"{source}{line.text}{again}")


def ending(position: Position) -> list[str]:
    """Where it stands: the state, the proof and the exposure."""
    proof = position.proof
    shown = "none yet"
    if proof is not None:
        shown = f"{proof.kind.value}: {proof.detail} (asked for at {seconds(proof.at_us - position.created_at_us)})"
    reason = f" ({position.reason})" if position.reason else ""
    return [f"state     {position.state.value}{reason}", f"proof     {shown}", f"exposure  {position.exposure_s:.3f} s"]


def seconds(microseconds: int) -> str:
    """A signed number of seconds, to the millisecond."""
    return f"{microseconds / MICROSECONDS:+.3f}"
