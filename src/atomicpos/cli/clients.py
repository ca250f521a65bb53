"""ccxt's own client, made from what the command line was given."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from .keys import WALLETS, Keys, UnreadableKeys, read_keys
from .output import note


@dataclass(frozen=True, slots=True)
class Where:
    """The exchange to work at."""

    exchange: str
    sandbox: bool
    venue: str | None


def where(exchange: str, sandbox: bool, venue: str | None) -> Where:
    """Which exchange, and where. Raises BadParameter for a sandbox and a venue at once."""
    if sandbox and venue is not None:
        raise typer.BadParameter("--sandbox and --venue exclude each other")
    return Where(exchange, sandbox, venue)


def given_keys(at: Where, file: Path | None) -> Keys:
    """What the exchange asks for, from the file, else from the environment.

    Raises NotReady for missing keys or a malformed wallet, BadParameter for an unusable file.
    """
    try:
        return read_keys(file, os.environ, note, wallet=at.exchange in WALLETS)
    except UnreadableKeys as wrong:
        raise typer.BadParameter(str(wrong)) from None


@asynccontextmanager
async def client_of(at: Where, keys: Keys) -> AsyncIterator[Any]:
    """ccxt's own async client, closed in the end.

    Raises ExchangeUnsupported, and BadParameter for a venue that is no http address.
    """
    client = _client(at, keys)
    try:
        yield client
    finally:
        await client.close()


def _client(at: Where, keys: Keys) -> Any:
    import ccxt.async_support as ccxt

    from ..exchanges import QUIRKS, refusal
    from ..sim import connect

    if at.exchange not in QUIRKS:
        raise refusal(at.exchange)
    # ccxt's debug lines quote request headers, the API key among them
    logging.getLogger("ccxt").setLevel(logging.INFO)
    client = getattr(ccxt, at.exchange)(keys.as_ccxt())
    if at.sandbox:
        client.set_sandbox_mode(True)
    if at.venue is not None:
        try:
            connect(client, at.venue)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
    return client
