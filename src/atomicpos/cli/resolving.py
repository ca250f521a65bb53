"""``atomicpos resolve``: settle a suspected orphan by a person's word, unless a source speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..models import State
from .acts import Act, By, OfAccount, OfExchange, PositionId, There, Yes, act, titled
from .knobs import Set
from .options import DEFAULT_DATABASE, Database, Json, KeysFile, Sandbox, Venue

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..models import Position
    from ..record import Record


def resolve(
    position_id: PositionId,
    as_: Annotated[
        State, typer.Option("--as", metavar="STATE", help="How it ended: rolled_back, closed_immediately or closed.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How you know; it becomes part of the proof.")],
    by: By = None,
    yes: Yes = False,
    exchange: OfExchange = None,
    account: OfAccount = None,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Settle a suspected orphan by your word on how it ended; it asks first.

    Every source is looked at once more: one that shows a position, or a living order of ours, refuses your word, and
    exit code 1 names it.
    """
    there = There(database, exchange, account, sandbox, venue, keys_file, settings, by, yes, as_json)

    def question(record: Record) -> tuple[str, ...]:
        return (
            titled(record),
            f"settle it as {as_.value} by your word ({reason}); nothing is sent, every source is looked at once more",
        )

    async def do(positions: AtomicPositions, its_id: str, name: str) -> Position:
        return await positions.resolve(its_id, as_, reason, by=name)

    act(position_id, there, Act(question, do))
