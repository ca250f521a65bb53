"""``atomicpos watch``: a watchdog as a service. It opens nothing, and looks after whatever is not settled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..models import SETTLED
from .clients import Where, client_of, given_keys, where
from .exits import Exit
from .keys import Keys
from .knobs import Set, knobs_of
from .lines import Lines
from .moments import moment
from .options import (
    DEFAULT_ACCOUNT,
    DEFAULT_DATABASE,
    Account,
    Database,
    Exchange,
    Json,
    KeysFile,
    Sandbox,
    Venue,
    database_url,
)
from .output import console, failures_told, note
from .plain import json_line
from .positions import table_of
from .signals import until_signalled

if TYPE_CHECKING:
    from ..app import AtomicPositions
    from ..events import Event
    from ..models import Position

ONCE_S = 60.0
"""How long --once waits for what it took up to rest; what still is under way then is listed as it stands."""
POLL_S = 0.2
"""How often it looks whether that rests."""


@dataclass(frozen=True, slots=True)
class Left:
    """How an account stands after one look."""

    positions: tuple[Position, ...]
    """What is not settled there, newest first."""
    at_risk: bool


def watch(
    exchange: Exchange = "bybit",
    account: Account = DEFAULT_ACCOUNT,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    settings: Set = None,
    once: Annotated[
        bool, typer.Option("--once", help="Take up what nobody drives, look once, tell how all stand, and end.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look after one account until SIGTERM or Ctrl-C: drive what nobody drives, watch, sweep; open nothing.

    Prints a line for each transition and each alert; with --json an object for every event. With --once it ends when
    what it took up rests, or after a minute, with a list of what is not settled: exit code 3 when money is at risk
    there. The keys are read from
    ATOMICPOS_API_KEY and ATOMICPOS_SECRET (on OKX also ATOMICPOS_PASSWORD, the passphrase; on Hyperliquid
    ATOMICPOS_WALLET_ADDRESS and ATOMICPOS_PRIVATE_KEY instead), or from --keys-file.
    """
    knobs = {"account": account, **knobs_of(settings)}
    at = where(exchange, sandbox, venue)
    with failures_told(as_json=as_json):
        keys = given_keys(at, keys_file)
        watching = _watched(at, keys, database_url(database), knobs, as_json, once)
        left = asyncio.run(until_signalled(watching))
    if left is not None:
        raise typer.Exit(_said(left, as_json))


async def _watched(
    at: Where, keys: Keys, database: str, knobs: dict[str, Any], as_json: bool, once: bool
) -> Left | None:
    """Watch until cancelled, or once: then what is not settled. What is under way in the end may come to rest, and
    every lease is given back.
    """
    from ..app import AtomicPositions

    with Lines() as lines:

        def say(event: Event) -> None:
            if (line := json_line(event) if as_json else told(event)) is not None:
                lines.say(line)

        async with (
            client_of(at, keys) as client,
            AtomicPositions(client, database, listeners=[say], alerts=_told_already, **knobs) as positions,
        ):
            held = (await positions.health()).positions
            left = ", ".join(f"{count} {state}" for state, count in held.items()) or "none"
            note(f"watching {at.exchange}, account {knobs['account']}; positions that are not settled: {left}")
            if once:
                return await _rested(positions, at.exchange, knobs["account"])
            await asyncio.Event().wait()
    return None


async def _rested(positions: AtomicPositions, exchange: str, account: str) -> Left:
    """How the account stands once nothing is being driven any more, or after so long."""
    for _ in range(round(ONCE_S / POLL_S)):
        if not (await positions.health()).driven:
            break
        await asyncio.sleep(POLL_S)
    health = await positions.health()
    rows = [row for row in await positions.list() if row.state not in SETTLED]
    ours = tuple(row for row in rows if (row.exchange, row.account) == (exchange, account))
    return Left(ours, bool(health.exposed or health.suspected))


def _said(left: Left, as_json: bool) -> Exit:
    """Print how all stand; what to exit with."""
    if as_json:
        for position in left.positions:
            typer.echo(json_line(position))
    else:
        console().print(table_of(left.positions) if left.positions else "nothing is open")
    return Exit.AT_RISK if left.at_risk else Exit.DONE


def told(event: Event) -> str | None:
    """A transition, an alert or its end as one line; None for what is told with --json only."""
    from ..events import EventKind

    if event.kind not in (EventKind.TRANSITION, EventKind.ALERT, EventKind.RESOLVED):
        return None
    what = event.kind.value if event.kind is EventKind.TRANSITION else f"{event.kind.value} {event.condition}"
    # what is about the account names its symbol itself
    text = f"{event.symbol} {event.position_id}: {event.text}" if event.position_id else event.text
    return f"{moment(event.at_us)}  {what}  {text}".replace("\n", " ")


def _told_already(event: Event) -> None:
    """The listener has said it."""
