"""``atomicpos exchanges``: what is declared of each exchange, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from .options import Json
from .output import console
from .plain import json_line

if TYPE_CHECKING:
    from ..exchanges.matrix import Cell

SHOWN = (
    "tier", "protection", "attached_stop", "stop_before_position", "lookup_by_client_id", "position_modes", "triggers",
    "proof_of_closing", "streams", "visibility_s_max", "recv_window_s", "clock_skew_s_max",
)  # fmt: skip
"""The facts of the table, in order; --json has all of them."""


def exchanges(as_json: Json = False) -> None:
    """Print what each supported exchange can do, and the exchanges that are refused for a known reason.

    With --json every fact is a line of its own, with its source. Exchanges that are not listed have no profile.
    """
    from ..exchanges.matrix import matrix, refused

    if as_json:
        for cell in (*matrix(), *refused()):
            typer.echo(json_line(cell))
        return
    console().print(table_of(matrix()))
    console().print(refusals_of(refused()))


def table_of(cells: Iterable[Cell]) -> Table:
    """One column an exchange, one line a fact."""
    told = tuple(cells)
    names = tuple(dict.fromkeys(cell.exchange for cell in told))
    values = {(cell.exchange, cell.fact): cell.value for cell in told}
    table = Table("", *names, show_lines=True)
    for fact in SHOWN:
        table.add_row(fact.replace("_", " "), *(values.get((name, fact), "") for name in names))
    return table


def refusals_of(cells: Iterable[Cell]) -> Table:
    """One line a refused exchange."""
    table = Table("refused", "because")
    for cell in cells:
        table.add_row(cell.exchange, cell.source)
    return table
