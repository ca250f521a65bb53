"""``atomicpos health``: whether anybody looks after the rows of a database, told from the database alone."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..errors import StoreUnavailable
from ..health import LEASE_S, Health, Outside, judge_from_outside, unreadable
from ..models import MICROSECONDS, SETTLED, State
from .exits import Exit
from .options import DEFAULT_DATABASE, Database, Json
from .output import console, note
from .plain import json_line
from .reading import reading

if TYPE_CHECKING:
    from ..ports import Heard, Journal
    from ..record import Record

LeaseS = Annotated[float, typer.Option(min=1, help="Their lease_s: who says nothing for so long is silent.")]


def health(database: Database = DEFAULT_DATABASE, lease_s: LeaseS = LEASE_S, as_json: Json = False) -> None:
    """Tell whether money is at risk, whether a watchdog lives, how far behind it is and what it waits for.

    Exit code 1 when something needs a person, 3 when money is at risk now; the reasons are on stderr. A bot inside its
    block is a watchdog, and so is 'atomicpos watch'. Only the database is read, no exchange is asked.
    """
    try:
        found = asyncio.run(_asked(database, lease_s))
    except StoreUnavailable as error:
        found = unreadable(str(error))
    if as_json:
        typer.echo(json_line(found))
    else:
        _print(found)
    raise typer.Exit(_exit(found))


async def _asked(database: str, lease_s: float) -> Health:
    from ..clock import SystemClock

    async with reading(database) as journal:
        heard = await journal.heartbeats()
        rows = await _unsettled(journal, heard)
    lease_us = round(lease_s * MICROSECONDS)
    return judge_from_outside(rows, Outside(SystemClock().now_us(), heard, _gone(heard), lease_us))


async def _unsettled(journal: Journal, heard: tuple[Heard, ...]) -> list[Record]:
    """The rows of every account that has any, each account's read at one moment."""
    accounts = {said.heartbeat.scope for said in heard}
    for state in sorted(frozenset(State) - SETTLED):
        accounts |= {row.intent.scope for row in await journal.list(state)}
    ordered = sorted(accounts, key=lambda scope: (scope.exchange, scope.environment, scope.account))
    return [row for scope in ordered for row in await journal.holding(scope)]


def _gone(heard: tuple[Heard, ...]) -> frozenset[str]:
    """Owners of this very host whose processes are no more: their last heartbeat need not grow old first."""
    from ..owner import ThisProcess

    asking = ThisProcess(random.Random())
    try:
        return frozenset(said.heartbeat.owner for said in heard if asking.gone(said.heartbeat.owner))
    finally:
        asking.leave()


def _exit(found: Health) -> Exit:
    if found.exposed or found.suspected:
        return Exit.AT_RISK
    return Exit.DONE if found.ok else Exit.NOT_DONE


def _print(found: Health) -> None:
    if found.exposed or found.suspected:
        note(
            f"MONEY IS AT RISK: {found.exposed} without a live stop, {found.suspected} suspected orphans; see "
            "'atomicpos positions --exposed'"
        )
    for problem in found.problems:
        note(problem)
    if not found.database:
        return
    held = ", ".join(f"{count} {state}" for state, count in found.positions.items()) or "none"
    console().print(f"{'ok' if found.ok else 'NOT OK'}; positions that are not settled: {held}")
    if found.watchdogs:
        console().print(table_of(found))


def table_of(found: Health) -> Table:
    """One line a watchdog."""
    table = Table("watchdog", "account", "lives", "heard s ago", "behind s", "positions", "driven", "waits for")
    for dog in found.watchdogs:
        account = f"{dog.scope.exchange} {dog.scope.environment} {dog.scope.account}"
        table.add_row(
            dog.owner, account, "yes" if dog.lives else "no", f"{dog.age_s:.1f}", f"{dog.behind_s:.1f}",
            str(dog.positions), str(dog.driven), dog.waits_for,
        )
    return table
