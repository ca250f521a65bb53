"""``atomicpos move-stop``: another place for the stop; the old one stands until the new one was read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .acts import Act, By, OfAccount, OfExchange, PositionId, There, Yes, act, rested, titled
from .knobs import Set
from .options import DEFAULT_DATABASE, Database, Json, KeysFile, Sandbox, Venue
from .plain import plain

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..models import Position
    from ..record import Record


def move_stop(
    position_id: PositionId,
    price: Annotated[str | None, typer.Option(help="The trigger price.")] = None,
    percent: Annotated[
        str | None, typer.Option(help="Distance from the average fill in percent; 0 is the entry price.")
    ] = None,
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
    """Move the stop of a protected position; done when the new one was read back. It asks first.

    When the exchange refuses, the old stop stands and exit code 1 says why.
    """
    if (price is None) == (percent is None):
        raise typer.BadParameter("give exactly one of --price and --percent")
    there = There(database, exchange, account, sandbox, venue, keys_file, settings, by, yes, as_json)

    def question(record: Record) -> tuple[str, ...]:
        from ..request import number, positive

        before = plain(record.stop_price) if record.stop_price is not None else "where it is"
        if price is not None:
            after = plain(positive("price", price))
        else:
            after = f"{plain(number('percent', percent))} % from the average fill, {plain(record.entry_price) or '?'}"
        return titled(record), f"move its stop from {before} to {after}; the old one stands until the new one does"

    async def do(positions: AtomicPositions, its_id: str, name: str) -> Position:
        return await rested(positions, await positions.move_stop(its_id, price=price, percent=percent, by=name))

    act(position_id, there, Act(question, do))
