"""``atomicpos open``: one position, opened and protected, from the command line."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ExchangeUnsupported
from .keys import Keys, UnreadableKeys, read_keys
from .options import DEFAULT_DATABASE, Database, Json, database_url
from .output import console, failures_told, note
from .plain import json_line
from .positions import table_of

if TYPE_CHECKING:
    from ..events import Event
    from ..models import Position


@dataclass(frozen=True, slots=True)
class Where:
    """The exchange to open at."""

    exchange: str
    sandbox: bool
    venue: str | None


def open_position(
    symbol: Annotated[str, typer.Argument(help="Unified symbol or the exchange's id.")],
    side: Annotated[str, typer.Argument(help="buy, sell, long or short.")],
    quantity: Annotated[str, typer.Argument(help="In the base asset.")],
    stop_loss_percent: Annotated[str | None, typer.Option(help="Distance from the average fill, in percent.")] = None,
    stop_loss_price: Annotated[str | None, typer.Option(help="The trigger price.")] = None,
    leverage: Annotated[str | None, typer.Option(help="Set before the entry is sent.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: a repeat sends nothing.")] = None,
    exchange: Annotated[str, typer.Option(help="The exchange's ccxt id.")] = "bybit",
    database: Database = DEFAULT_DATABASE,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Use the exchange's sandbox.")] = False,
    venue: Annotated[str | None, typer.Option(metavar="URL", help="Send everything to a local venue instead.")] = None,
    keys_file: Annotated[Path | None, typer.Option(help="JSON or KEY=VALUE lines instead of the environment.")] = None,
    as_json: Json = False,
) -> None:
    """Open a position with its stop-loss; done when the stop was read back from the exchange.

    The keys are read from ATOMICPOS_API_KEY and ATOMICPOS_SECRET, or from --keys-file.
    """
    if (stop_loss_percent is None) == (stop_loss_price is None):
        raise typer.BadParameter("give exactly one of --stop-loss-percent and --stop-loss-price")
    if sandbox and venue is not None:
        raise typer.BadParameter("--sandbox and --venue exclude each other")
    words = {
        "stop_loss_percent": stop_loss_percent, "stop_loss_price": stop_loss_price, "leverage": leverage,
        "idempotency_key": key,
    }  # fmt: skip
    with failures_told(as_json=as_json):
        where = Where(exchange, sandbox, venue)
        keys = _keys(keys_file)
        position = asyncio.run(_open(where, keys, database_url(database), (symbol, side, quantity), words))
    _print(position, as_json)


def _keys(file: Path | None) -> Keys:
    try:
        return read_keys(file, os.environ, note)
    except UnreadableKeys as wrong:
        raise typer.BadParameter(str(wrong)) from None


async def _open(
    where: Where, keys: Keys, database: str, asked: tuple[str, str, str], words: dict[str, str | None]
) -> Position:
    from ..app import AtomicPositions

    client = client_of(where, keys)
    try:
        async with AtomicPositions(client, database, listeners=[_say]) as positions:
            return await positions.open_position_atomic(*asked, **words)
    finally:
        await client.close()


def client_of(where: Where, keys: Keys) -> Any:
    """ccxt's own async client. Raises ExchangeUnsupported, and BadParameter for a venue that is no http address."""
    import ccxt.async_support as ccxt

    from ..exchanges import QUIRKS
    from ..sim import connect

    if where.exchange not in QUIRKS:
        supported = ", ".join(sorted(QUIRKS))
        raise ExchangeUnsupported(f"{where.exchange} has no profile; the supported exchanges are: {supported}")
    # ccxt's debug lines quote request headers, the API key among them
    logging.getLogger("ccxt").setLevel(logging.INFO)
    client = getattr(ccxt, where.exchange)({"apiKey": keys.api_key, "secret": keys.secret})
    if where.sandbox:
        client.set_sandbox_mode(True)
    if where.venue is not None:
        try:
            connect(client, where.venue)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
    return client


def _say(event: Event) -> None:
    note(f"{event.symbol}: {event.text}")


def _print(position: Position, as_json: bool) -> None:
    if as_json:
        typer.echo(json_line(position))
        return
    console().print(table_of([position]))
    note("its stop is at the exchange; nobody watches it from here on until the next command or bot opens the database")
