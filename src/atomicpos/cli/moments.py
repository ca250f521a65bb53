"""Times on the command line: how long ago, or when, in UTC; and how they are shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from ..models import MICROSECONDS

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
"""How long one of each is, in seconds."""
_AGO = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhdw])")

Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Only positions asked for since then: 90m, 2h, 3d, or a UTC time."),
]


def since_us(given: str | None, now_us: int) -> int | None:
    """``90m`` ago, or an ISO 8601 time, in UTC unless it says otherwise. Raises BadParameter."""
    if given is None:
        return None
    if (ago := _AGO.fullmatch(given.strip())) is not None:
        return now_us - round(float(ago[1]) * UNITS_S[ago[2]] * MICROSECONDS)
    try:
        at = datetime.fromisoformat(given.strip())
    except ValueError:
        form = f"a number with one of {', '.join(UNITS_S)}, or a time such as 2026-03-01T02:15"
        raise typer.BadParameter(f"--since is {given!r}; it takes {form}") from None
    dated = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return round(dated.timestamp() * MICROSECONDS)


def moment(at_us: int) -> str:
    """A time of ours for a person, in UTC."""
    return f"{datetime.fromtimestamp(at_us // MICROSECONDS, UTC):%Y-%m-%d %H:%M:%S}"
