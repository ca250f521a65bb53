"""``atomicpos dashboard``: the page for people, over a database, with acts where it is given an exchange."""

from __future__ import annotations

import asyncio
import os
import stat
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .clients import Where, client_of, given_keys, where
from .keys import Keys
from .knobs import Set, knobs_of
from .options import (
    DEFAULT_ACCOUNT,
    DEFAULT_DATABASE,
    Account,
    Database,
    KeysFile,
    Sandbox,
    Venue,
    database_url,
)
from .output import failures_told, note
from .signals import until_signalled

if TYPE_CHECKING:
    from ..app import AtomicPositions

TOKEN = "ATOMICPOS_TOKEN"
TOKEN_BYTES_MOST = 4_096
"""More of a token file is not read."""

Host = Annotated[str, typer.Option(help="The address to listen on; one that other machines reach needs a token.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="The port to listen on; 0 takes any free one.")]
TokenFile = Annotated[
    Path | None, typer.Option(help="A file with the token; else ATOMICPOS_TOKEN, else a new one is drawn and printed.")
]
AllowHost = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A further value of Host that means it; may be repeated.")
]
ActAt = Annotated[str | None, typer.Option("--exchange", help="Make acts possible: the exchange's ccxt id.")]


def dashboard(
    database: Database = DEFAULT_DATABASE,
    host: Host = "127.0.0.1",
    port: Port = 8321,
    token_file: TokenFile = None,
    allow_host: AllowHost = None,
    exchange: ActAt = None,
    account: Account = DEFAULT_ACCOUNT,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    settings: Set = None,
) -> None:
    """Serve the dashboard of a database until SIGTERM or Ctrl-C. Needs atomicpos[dashboard].

    Without --exchange it only reads, and needs no keys. With it, acts go through an engine of its own, which is a
    watchdog of that account as well; the keys are read as by 'atomicpos watch'.
    """
    if exchange is None and (sandbox or venue is not None or keys_file is not None or settings):
        raise typer.BadParameter("--sandbox, --venue, --keys-file and --set need --exchange")
    knobs = {"account": account, **knobs_of(settings)}
    given = {"host": host, "port": port, "hosts": tuple(allow_host or ()), "token": _token(token_file)}
    with failures_told():
        at = None if exchange is None else where(exchange, sandbox, venue)
        keys = None if at is None else given_keys(at, keys_file)
        asyncio.run(until_signalled(_served(database_url(database), given, at, keys, knobs)))


async def _served(
    database: str, given: dict[str, Any], at: Where | None, keys: Keys | None, knobs: dict[str, Any]
) -> None:
    from ..dashboard import Dashboard

    async with AsyncExitStack() as opened:
        positions: AtomicPositions | None = None
        if at is not None and keys is not None:
            from ..app import AtomicPositions

            client = await opened.enter_async_context(client_of(at, keys))
            positions = await opened.enter_async_context(AtomicPositions(client, database, **knobs))
        page = await opened.enter_async_context(Dashboard(database, positions, **given))
        note(f"the dashboard is on {page.entrance}")
        await asyncio.Event().wait()


def _token(file: Path | None) -> str | None:
    """From the file, else from the environment; None for none. Raises BadParameter for a file that cannot be read."""
    if file is None:
        return os.environ.get(TOKEN) or None
    try:
        with file.open(encoding="utf-8") as opened:
            content = opened.read(TOKEN_BYTES_MOST)
            mode = os.fstat(opened.fileno()).st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"the token file {file} cannot be read ({type(error).__name__})") from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        note(f"warning: others on this machine may read the token file {file}; run: chmod 600 {file}")
    return content.strip()
