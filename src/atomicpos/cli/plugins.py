"""``atomicpos plugins``: the verifiers that are built in, and those that other packages bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from .options import Json
from .output import console
from .plain import json_line

if TYPE_CHECKING:
    from ..verifiers.registry import Available


def plugins(as_json: Json = False) -> None:
    """List the verifiers: those built in, and the plug-ins that are installed. Installed is not active.

    A plug-in is at work only where a bot names it: AtomicPositions(..., verifiers=["its-name"]).
    """
    from ..verifiers.registry import available

    found = available()
    if as_json:
        for verifier in found:
            typer.echo(json_line(verifier))
    else:
        console().print(table_of(found))


def table_of(verifiers: Iterable[Available]) -> Table:
    """One line a verifier."""
    table = Table("name", "package", "version", "entry point", "loads")
    for verifier in verifiers:
        loads = "built in" if verifier.built_in else "yes" if verifier.loads else f"no: {verifier.why}"
        table.add_row(verifier.name, verifier.package, verifier.version, verifier.entry_point, loads)
    return table
