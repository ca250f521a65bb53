"""``atomicpos look``: every source is asked about a position now, and it is driven on by what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..evidence import POSITION_STREAM, Evidence
from ..story.findings import finding, order_names
from .acts import Act, By, OfAccount, OfExchange, There, act
from .completion import Every
from .knobs import Set
from .options import DEFAULT_DATABASE, Database, Json, KeysFile, Sandbox, Venue
from .output import note

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..models import Position


def look(
    position_id: Annotated[
        str, typer.Argument(metavar="ID", help="The position's id, or the beginning of it.", autocompletion=Every)
    ],
    by: By = None,
    exchange: OfExchange = None,
    account: OfAccount = None,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Look at a position now, settled or not: ask every source, store what they say, and drive it on by that.

    Nothing is asked first: what follows from what is found a bot would do as well. Exit code 3 when money is at risk.
    """
    there = There(database, exchange, account, sandbox, venue, keys_file, settings, by, False, as_json)

    async def do(positions: AtomicPositions, its_id: str, name: str) -> Position:
        position = await positions.look(its_id, by=name)
        for line in newest(position):
            note(line)
        return position

    act(position_id, there, Act(lambda record: None, do))


def newest(position: Position) -> list[str]:
    """What each source said last, in a line each."""
    names = order_names(position.orders)
    last = {found.source: found for found in position.evidence if isinstance(found, Evidence)}
    return [f"{source}: {finding(last[source], names)}" for source in sorted(last) if source != POSITION_STREAM]
