"""Where things are printed: results to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import typer
from rich.console import Console

from ..errors import AtomicPositionError, OrphanSuspected
from .exits import Exit
from .plain import json_line

PIPED_WIDTH = 160
"""Columns when the output goes to a file or a pipe: wide enough that no table is cut."""


def console(stream: TextIO | None = None) -> Console:
    """A console on stdout, or on the given stream, that leaves text as it is."""
    target = stream or sys.stdout
    return Console(file=target, width=None if target.isatty() else PIPED_WIDTH, highlight=False, markup=False)


def note(text: str) -> None:
    """One line for a person, on stderr."""
    typer.echo(text, err=True)


@contextmanager
def failures_told(*, as_json: bool = False) -> Iterator[None]:
    """An AtomicPositionError becomes a sentence on stderr and exit code 1; with JSON also an object on stdout.

    A suspected orphan is exit code 3: money has to be taken to be at risk.
    """
    try:
        yield
    except AtomicPositionError as error:
        name = type(error).__name__
        if as_json:
            typer.echo(json_line({"error": name, "message": str(error), "position": error.position}))
        note(f"{name}: {error}")
        raise typer.Exit(Exit.AT_RISK if isinstance(error, OrphanSuspected) else Exit.NOT_DONE) from None


def on_a_terminal() -> bool:
    """True when a person can be asked."""
    return sys.stdin.isatty()
