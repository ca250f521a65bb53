"""Settings from the command line, as a bot gives them by keyword."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import typer

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting, as the bot has it; may be repeated."),
]
_FUNCTIONS = ("alerts", "listeners")
"""Settings that no word can be."""


def knobs_of(given: list[str] | None) -> dict[str, Any]:
    """NAME=VALUE as keyword arguments; what looks like a number is one, and verifiers are names between commas.

    Raises BadParameter for what is not of that form.
    """
    knobs: dict[str, Any] = {}
    for word in given or ():
        name, equals, value = word.partition("=")
        if not equals or name in _FUNCTIONS:
            raise typer.BadParameter(f"--set takes NAME=VALUE, of a setting that a word can be; not {word!r}")
        knobs[name] = value.split(",") if name == "verifiers" else value
        with suppress(ValueError):
            knobs[name] = float(value)
    return knobs
