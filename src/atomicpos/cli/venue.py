"""``atomicpos venue``: an exchange on loopback, for whoever wants to try a bot against faults."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from .options import Json
from .output import console, note
from .plain import json_line


def venue(
    dialect: Annotated[str, typer.Option(help="Whose API it speaks: bybit, binanceusdm or okx.")] = "bybit",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 0,
    seed: Annotated[int, typer.Option(help="Decides the keys and everything drawn by chance.")] = 0,
    faults: Annotated[bool, typer.Option("--faults", help="List the kinds of faults, and end.")] = False,
    as_json: Json = False,
    parent: Annotated[int | None, typer.Option(hidden=True, help="End with the process that has this id.")] = None,
) -> None:
    """Serve an exchange on 127.0.0.1 until SIGTERM, and print its address and keys as one JSON line."""
    if faults:
        _list_faults(as_json)
        return
    from ..sim.wire.server import serve_until_signal

    try:
        asyncio.run(serve_until_signal(dialect, port, seed, parent))
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    except OSError as taken:
        note(f"port {port} cannot be had: {taken.strerror}")
        raise typer.Exit(1) from None


def _list_faults(as_json: bool) -> None:
    from ..sim.fault_kinds import describe

    if as_json:
        for row in describe():
            typer.echo(json_line(row))
        return
    table = Table("kind", "what happens to the call", "calls", "where it comes from")
    for row in describe():
        table.add_row(row.kind, row.meaning, ", ".join(row.calls), row.origin)
    console().print(table)
