"""``atomicpos demo``: every weather at once, for real, and the venue's truth beside our rows."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Json, database_url
from ..output import console, failures_told, note
from ..plain import json_line

if TYPE_CHECKING:
    from .board import Board
    from .rows import Row
    from .scenarios import Scenario
    from .showing import Show
    from .staging import Play


@dataclass(frozen=True, slots=True)
class Watched:
    """How our engine is watched while it plays."""

    metrics: str | None = None
    """Where its metrics are served."""
    stay_s: float = 0
    """How long it goes on once every open is answered."""
    show: Show | None = None
    """How it is shown on the dashboard; None where it is not."""


class Canary(StrEnum):
    """What may take our engine's place, to show that the demo would notice."""

    ORIGINAL = "original"


def demo(
    as_json: Json = False,
    exchange: Annotated[str, typer.Option(help="The exchange to play: bybit, binanceusdm or okx.")] = "bybit",
    only: Annotated[
        list[str] | None, typer.Option(metavar="WEATHER", help="Only this weather; may be given several times.")
    ] = None,
    canary: Annotated[Canary | None, typer.Option(help="Run this algorithm instead of ours; it must fail.")] = None,
    database: Annotated[str | None, typer.Option(metavar="FILE", help="For the rows; a new one by default.")] = None,
    seed: Annotated[int, typer.Option(help="The venue's seed.")] = 0,
    metrics: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve metrics for Prometheus there meanwhile.")
    ] = None,
    stay: Annotated[float, typer.Option(min=0, help="Seconds to go on watching once every open is answered.")] = 0,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="Serve the dashboard meanwhile, and after it until Ctrl-C.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Of the dashboard; 0 takes any free one.")] = 8321,
    for_s: Annotated[
        float | None, typer.Option("--for", min=0, metavar="SECONDS", help="Serve it for so long after the opens.")
    ] = None,
) -> None:
    """Open a position in each of fifteen weathers at once, on a local exchange, and compare with what is really so.

    On Binance and OKX there are fewer, as many as their request budgets let begin in a minute. Exit 1 when any row
    differs from the exchange's own truth. With --dashboard the opens begin one after the other once a page is open, the
    incident's stop is shown two seconds late, and whatever is done from the page comes after the comparison.
    """
    if dashboard and canary is not None:
        raise typer.BadParameter("--dashboard shows our rows; the original algorithm keeps none")
    if for_s is not None and not dashboard:
        raise typer.BadParameter("--for needs --dashboard")
    scenarios = _scenarios(exchange, only or ())
    url = database_url(database or f"{tempfile.mkdtemp(prefix='atomicpos-demo-')}/demo.db")
    from .showing import Show

    with failures_told():
        watched = Watched(metrics, stay, Show(port, for_s) if dashboard else None)
        rows = asyncio.run(_perform(exchange, scenarios, url, canary, seed, watched, live=not as_json))
    if as_json:
        for row in rows:
            typer.echo(json_line(row.as_json()))
    _conclude(rows, url, canary, as_json)
    if not all(row.agrees for row in rows):
        raise typer.Exit(1)


def _scenarios(exchange: str, only: Sequence[str]) -> Sequence[Scenario]:
    """What to open. Raises BadParameter for an exchange that the venue does not speak like, or an unknown weather."""
    from ...sim.wire.server import DIALECTS
    from .scenarios import chosen

    if exchange not in DIALECTS:
        raise typer.BadParameter(f"--exchange is {exchange!r}; the demo has {', '.join(sorted(DIALECTS))}")
    try:
        return chosen(exchange, only)
    except ValueError as unknown:
        raise typer.BadParameter(str(unknown)) from None


async def _perform(
    exchange: str, scenarios: Sequence[Scenario], url: str, canary: Canary | None, seed: int, watched: Watched, *,
    live: bool,
) -> list[Row]:
    from rich.live import Live

    from .board import Board
    from .staging import stage

    board = Board(scenarios)
    play = _play(url, canary, seed, scenarios, board, watched)
    shown = None if watched.show is None else watched.show.begun
    if not live:
        return await stage(exchange, seed, scenarios, play, shown)
    note(f"starting a venue on loopback and ccxt's own {exchange} client ...")
    with Live(get_renderable=lambda: board.__rich__(), console=console(), refresh_per_second=8, transient=True):
        return await stage(exchange, seed, scenarios, play, shown)


def _play(
    url: str, canary: Canary | None, seed: int, scenarios: Sequence[Scenario], board: Board, watched: Watched
) -> Play:
    """Our engine, or the canary in its place; everything around it is the same."""
    from .canary import play_original
    from .ours import play

    account = f"demo-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    if canary is None:
        return lambda client, judge: play(client, judge, url, account, scenarios, board, watched)
    return lambda client, judge: play_original(client, judge, seed, scenarios, board)


def _conclude(rows: Sequence[Row], url: str, canary: Canary | None, as_json: bool) -> None:
    """The table and the differences on stdout for a person; how to look further goes last, to stderr with JSON."""
    from .rows import summary

    if not as_json:
        whose = "the original algorithm" if canary else "atomicpos"
        console().print(summary(rows, f"{whose} beside the venue's truth"))
    for row in rows:
        for difference in row.differences:
            note(f"{row.scenario.weather.name}: {difference}")
    typer.echo(_look_further(rows, url, canary), err=as_json)


def _look_further(rows: Sequence[Row], url: str, canary: Canary | None) -> str:
    from .rows import most_interesting

    if canary is not None:
        return "the original algorithm keeps no record: there is nothing more to show"
    place = url.removeprefix("sqlite:///")
    claim = most_interesting(rows).claim
    if not claim.id:
        return f"no row was stored in {place}: there is nothing more to show"
    return f"the rows are kept in {place}; one whole story:\natomicpos show {claim.id} --database {place}"
