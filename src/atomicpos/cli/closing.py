"""``atomicpos close`` and ``atomicpos flatten``: get out, with reduce-only orders, until it is proven."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidRequest, NotReady
from .acts import (
    SANDBOX,
    Act,
    By,
    OfAccount,
    OfExchange,
    PositionId,
    There,
    Yes,
    act,
    conclude,
    confirm,
    named,
    rested,
    titled,
    within,
)
from .clients import client_of, given_keys, where
from .completion import Open
from .knobs import Set
from .options import DEFAULT_DATABASE, Database, Json, KeysFile, Sandbox, Venue
from .output import failures_told, note
from .plain import plain
from .reading import reading

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..models import Position, Scope
    from ..record import Record


def close(
    position_id: PositionId,
    quantity: Annotated[str | None, typer.Option(help="Only so much of it, in the base asset.")] = None,
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
    """Close a position, or a part of it, and prove it; it asks first.

    The stop stays up until nothing is left. A position that a running bot has is asked for, and comes within seconds.
    Exit code 3 when it could not be shown flat in time: it is still being tried while a bot or 'atomicpos watch' runs.
    """
    there = There(database, exchange, account, sandbox, venue, keys_file, settings, by, yes, as_json)

    async def do(positions: AtomicPositions, its_id: str, name: str) -> Position:
        return await rested(positions, await positions.close_position(its_id, quantity, by=name))

    act(position_id, there, Act(lambda record: _question(record, quantity), do))


def flatten(
    position_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The position's id, or the beginning.", autocompletion=Open)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every position of the account.")] = False,
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
    """Close one position, or with --all every position of an account, and prove it; it asks first.

    Exchange positions that no row claims are not touched. Exit code 3 when one could not be shown flat in time.
    """
    if (position_id is None) != every:
        raise typer.BadParameter("give a position's id, or --all")
    if position_id is not None:
        close(position_id, None, by, yes, exchange, account, database, sandbox, venue, keys_file, settings, as_json)
        return
    there = There(database, exchange, account, sandbox, venue, keys_file, settings, by, yes, as_json)
    with failures_told(as_json=as_json):
        ended = _flattened(there)
    conclude(ended, there)


def _flattened(there: There) -> tuple[Position, ...]:
    rows = asyncio.run(_unsettled(there))
    if not rows:
        note("no position is open there, as far as this database knows")
        return ()
    name, scope = named(there.by), rows[0].intent.scope
    at = where(scope.exchange, there.sandbox, there.venue)
    keys = given_keys(at, there.keys_file)
    lines = [f"close {len(rows)} on {scope.named}:"]
    confirm(there, name, (*lines, *map(titled, rows), "the stops stay up until nothing is left"))

    async def done(positions: AtomicPositions) -> tuple[Position, ...]:
        return await positions.flatten_all(by=name)

    ended: tuple[Position, ...] = asyncio.run(within(client_of(at, keys), there, scope.account, done))
    left = asyncio.run(_unsettled(there))
    if len(ended) < len(rows) and left:
        raise NotReady(
            f"{left[0].id} is on {left[0].intent.scope.named}, which these options do not lead to; it was not touched"
        )
    return ended


async def _unsettled(there: There) -> tuple[Record, ...]:
    """What is to be flattened: the rows of one account. Raises InvalidRequest where it is not clear which."""
    from ..models import SETTLED, State

    async with reading(there.database) as journal:
        listed = [row for state in sorted(frozenset(State) - SETTLED) for row in await journal.list(state)]
        scopes = {row.intent.scope for row in listed if _meant(row.intent.scope, there)}
        if len(scopes) > 1:
            names = "; ".join(sorted(scope.named for scope in scopes))
            raise InvalidRequest(f"positions are open in {len(scopes)} accounts ({names}): say which one")
        return await journal.holding(scopes.pop()) if scopes else ()


def _meant(scope: Scope, there: There) -> bool:
    named = there.exchange in (None, scope.exchange) and there.account in (None, scope.account)
    return named and there.sandbox is (scope.environment == SANDBOX)


def _question(record: Record, quantity: str | None) -> tuple[str, ...]:
    """What would be sent, as far as the row tells; the exchange's own limits are checked when it is done."""
    from ..request import positive

    side = record.intent.side.closing.value
    left = record.share
    part: Decimal | None = positive("quantity", quantity) if quantity is not None else None
    if part is None or part == left:
        size = f"{plain(left)}" if record.filled_quantity else "whatever it turns out to have filled"
        return titled(record), f"close all of it: {side} {size}, reduce-only; the stop stays up until nothing is left"
    return titled(record), f"close a part: {side} {plain(part)}, reduce-only; {plain(left - part)} stay under the stop"
