"""``atomicpos watch``: a watchdog as a service. It opens nothing, and looks after whatever is not settled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .clients import Where, client_of, given_keys, where
from .keys import Keys
from .knobs import Set, knobs_of
from .lines import Lines
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
from .output import failures_told, note
from .plain import json_line
from .positions import moment
from .signals import until_signalled

if TYPE_CHECKING:
    from ..events import Event


def watch(
    exchange: Exchange = "bybit",
    account: Account = DEFAULT_ACCOUNT,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Look after one account until SIGTERM or Ctrl-C: drive what nobody drives, watch, sweep; open nothing.

    Prints a line for each transition and each alert; with --json an object for every event. The keys are read from
    ATOMICPOS_API_KEY and ATOMICPOS_SECRET (on OKX also ATOMICPOS_PASSWORD, the passphrase), or from --keys-file.
    """
    knobs = {"account": account, **knobs_of(settings)}
    at = where(exchange, sandbox, venue)
    with failures_told(as_json=as_json):
        keys = given_keys(keys_file)
        asyncio.run(until_signalled(_watched(at, keys, database_url(database), knobs, as_json)))


async def _watched(at: Where, keys: Keys, database: str, knobs: dict[str, Any], as_json: bool) -> None:
    """Watch until cancelled; what is under way then may come to rest, and every lease is given back."""
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
            await asyncio.Event().wait()


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
