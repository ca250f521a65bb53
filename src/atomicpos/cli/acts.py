"""What every act of a person shares: finding the position, asking before anything is done, and telling how it ended."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InvalidRequest, NotReady
from ..models import State
from .clients import client_of, given_keys, where
from .completion import Open
from .exits import Exit
from .knobs import knobs_of
from .options import database_url
from .output import console, failures_told, note, on_a_terminal
from .plain import json_line, plain
from .positions import table_of
from .reading import found

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..events import Event
    from ..models import Position
    from ..record import Record

PositionId = Annotated[
    str, typer.Argument(metavar="ID", help="The position's id, or the beginning of it.", autocompletion=Open)
]
OfExchange = Annotated[
    str | None, typer.Option("--exchange", help="The exchange's ccxt id; the position's own by default.")
]
OfAccount = Annotated[str | None, typer.Option("--account", help="The account's name; the position's own by default.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it; your login name by default.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; without a terminal nothing is done otherwise.")]


REST_S = 30.0
"""How long what was done is waited for to be confirmed as well: a row that was just taken over is not called protected
before nothing of the process that had it can arrive any more."""
SANDBOX = "sandbox"
"""The environment of rows that were opened with --sandbox."""


@dataclass(frozen=True, slots=True)
class There:
    """Where to act, and as whom: the options of an act."""

    database: str
    exchange: str | None
    account: str | None
    sandbox: bool
    venue: str | None
    keys_file: Path | None
    settings: list[str] | None
    by: str | None
    yes: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one position: the question before it, and how it is done."""

    question: Callable[[Record], tuple[str, ...] | None]
    """What would be done to this row, in lines; None where nothing need be asked. Raises InvalidRequest."""
    do: Callable[[AtomicPositions, str, str], Awaitable[Position]]
    """Does it to the position with that id, in the name of that person."""


def act(given_id: str, there: There, what: Act) -> None:
    """Find the position, ask, do it, and print how it ended; exits with 3 where money is at risk afterwards."""
    knobs_of(there.settings)
    with failures_told(as_json=there.as_json):
        record, _ = asyncio.run(found(there.database, given_id))
        name = named(there.by)
        at = where(exchange_of(record, there), there.sandbox, there.venue)
        keys = given_keys(at, there.keys_file)
        confirm(there, name, what.question(record))
        if record.owner is not None:
            note(f"another process has it ({record.owner}), and is asked for it: that takes some seconds")

        async def done(positions: AtomicPositions) -> Position:
            return await what.do(positions, record.id, name)

        position = asyncio.run(within(client_of(at, keys), there, account_of(record, there), done))
    conclude((position,), there)


async def within(
    opening: Any, there: There, account: str, work: Callable[[AtomicPositions], Awaitable[Any]]
) -> Any:
    """Do the work inside a block over that client; every fact meanwhile is a line on stderr."""
    from ..app import AtomicPositions

    knobs = {"account": account, **knobs_of(there.settings)}
    async with (
        opening as client,
        AtomicPositions(client, database_url(there.database), listeners=[_say], alerts=_told, **knobs) as positions,
    ):
        return await work(positions)


async def rested(positions: AtomicPositions, position: Position) -> Position:
    """The position once it is confirmed to be protected or over; as it stands where that takes too long."""
    if position.state is not State.VERIFYING:
        return position
    with suppress(TimeoutError):
        async with asyncio.timeout(REST_S):
            return await positions.wait(position.id)
    return await positions.get(position.id)


def named(by: str | None) -> str:
    """Who acts: the given name, else the login name. Raises InvalidRequest."""
    from ..request import read_name

    try:
        return read_name(by if by is not None else getpass.getuser()) or ""
    except (KeyError, ImportError, OSError):
        raise InvalidRequest("this user has no login name: say with --by who does it") from None


def exchange_of(record: Record, there: There) -> str:
    """The position's own exchange. Raises InvalidRequest where another one was given, or the other environment."""
    its, environment = record.intent.scope.exchange, record.intent.scope.environment
    if there.sandbox is not (environment == SANDBOX):
        change = "leave --sandbox away" if there.sandbox else "add --sandbox"
        raise InvalidRequest(f"position {record.id} is on {its} {environment}: {change}")
    if there.exchange not in (None, its):
        raise InvalidRequest(f"--exchange is {there.exchange!r}; position {record.id} is on {its}")
    return its


def account_of(record: Record, there: There) -> str:
    """The position's own account. Raises InvalidRequest where another one was given."""
    its = record.intent.scope.account
    if there.account not in (None, its):
        raise InvalidRequest(f"--account is {there.account!r}; position {record.id} is in account {its!r}")
    return its


# --- asking -------------------------------------------------------------------------------------------------------


def confirm(there: There, name: str, question: tuple[str, ...] | None) -> None:
    """Ask before anything is done. Raises NotReady where nobody can be asked, and where the answer is no."""
    if question is None or there.yes:
        return
    for line in question:
        note(line)
    if not on_a_terminal():
        raise NotReady("there is no terminal to ask at: add --yes to do this without being asked; nothing was done")
    if not typer.confirm(f"As {name}: do it?", err=True):
        raise NotReady("you did not say yes; nothing was done")


def titled(record: Record) -> str:
    """The position in a line: what it is, where, how it stands."""
    intent = record.intent
    known = f"{plain(record.share)} open as far as known" if record.filled_quantity else "no fill known"
    stop = f", stop at {plain(record.stop_price)}" if record.stop_price is not None else ""
    return (
        f"{record.id}: {intent.side.value} {plain(intent.quantity)} {intent.symbol} on {intent.scope.named}: "
        f"{record.state.value}, {known}{stop}"
    )


# --- telling ------------------------------------------------------------------------------------------------------


def conclude(positions: tuple[Position, ...], there: There) -> None:
    """Print how each of them stands now, and exit by whether money is at risk."""
    from ..clock import SystemClock
    from .explaining import explained

    if there.as_json:
        for position in positions:
            typer.echo(json_line(position))
    elif positions:
        console().print(table_of(positions))
    risky = False
    for position in positions:
        told = explained(*asyncio.run(found(there.database, position.id)), SystemClock().now_us())
        risky = risky or told.at_risk is True
        note(f"{position.id}: {told.summary}")
    if risky:
        note("'atomicpos show ID' tells what is known, what was tried, and what you can do")
    raise typer.Exit(Exit.AT_RISK if risky else Exit.DONE)


def _say(event: Event) -> None:
    from ..events import EventKind

    if event.kind is not EventKind.EVIDENCE:
        note(f"{event.symbol}: {event.text}")


def _told(event: Event) -> None:
    """The listener has said it."""
