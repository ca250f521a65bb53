"""``atomicpos open``: one position, opened and protected, from the command line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from .clients import Where, client_of, given_keys, where
from .keys import Keys
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

if TYPE_CHECKING:
    from ..events import Event
    from ..models import Position


def open_position(
    symbol: Annotated[str, typer.Argument(help="Unified symbol or the exchange's id.")],
    side: Annotated[str, typer.Argument(help="buy, sell, long or short.")],
    quantity: Annotated[str, typer.Argument(help="In the base asset.")],
    stop_loss_percent: Annotated[str | None, typer.Option(help="Distance from the average fill, in percent.")] = None,
    stop_loss_price: Annotated[str | None, typer.Option(help="The trigger price.")] = None,
    leverage: Annotated[str | None, typer.Option(help="Set before the entry is sent.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: a repeat sends nothing.")] = None,
    exchange: Exchange = "bybit",
    account: Account = DEFAULT_ACCOUNT,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    as_json: Json = False,
) -> None:
    """Open a position with its stop-loss; done when the stop was read back from the exchange.

    The keys are read from ATOMICPOS_API_KEY and ATOMICPOS_SECRET (on OKX also ATOMICPOS_PASSWORD, the passphrase; on
    Hyperliquid ATOMICPOS_WALLET_ADDRESS and ATOMICPOS_PRIVATE_KEY instead), or from --keys-file.
    """
    if (stop_loss_percent is None) == (stop_loss_price is None):
        raise typer.BadParameter("give exactly one of --stop-loss-percent and --stop-loss-price")
    words = {
        "stop_loss_percent": stop_loss_percent, "stop_loss_price": stop_loss_price, "leverage": leverage,
        "idempotency_key": key,
    }  # fmt: skip
    at = where(exchange, sandbox, venue)
    with failures_told(as_json=as_json):
        keys = given_keys(at, keys_file)
        position = asyncio.run(_open(at, keys, database_url(database), account, (symbol, side, quantity), words))
    _print(position, as_json)


async def _open(
    at: Where, keys: Keys, database: str, account: str, asked: tuple[str, str, str], words: dict[str, str | None]
) -> Position:
    from ..app import AtomicPositions

    async with (
        client_of(at, keys) as client,
        AtomicPositions(client, database, account=account, listeners=[_say]) as positions,
    ):
        return await positions.open_position_atomic(*asked, **words)


def _say(event: Event) -> None:
    """What happens on the way; how it ended, the command says itself."""
    from ..events import EventKind

    if event.kind not in (EventKind.ANSWERED, EventKind.VERIFIED, EventKind.EXPOSED):
        note(f"{event.symbol}: {event.text}")


def _print(position: Position, as_json: bool) -> None:
    if as_json:
        typer.echo(json_line(position))
        return
    console().print(table_of([position]))
    note("its stop is at the exchange; nobody looks whether it stays there but a bot or 'atomicpos watch'")
