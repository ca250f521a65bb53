"""The options that several commands share, and what a database is called on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_DATABASE = "sqlite:///atomicpos.db"
DEFAULT_ACCOUNT = "default"

Database = Annotated[str, typer.Option("--database", metavar="URL", help="The database, as a URL or a file name.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Exchange = Annotated[str, typer.Option(help="The exchange's ccxt id, such as bybit, binanceusdm or okx.")]
Account = Annotated[str, typer.Option(help="The name of the account among those in the database.")]
Sandbox = Annotated[bool, typer.Option("--sandbox", help="Use the exchange's sandbox.")]
Venue = Annotated[str | None, typer.Option(metavar="URL", help="Send everything to a local venue instead.")]
KeysFile = Annotated[Path | None, typer.Option(help="JSON or KEY=VALUE lines instead of the environment.")]


def database_url(given: str) -> str:
    """A URL stays as it is; a bare file name becomes the URL of that SQLite file."""
    return given if ":" in given or not given else f"sqlite:///{Path(given)}"
