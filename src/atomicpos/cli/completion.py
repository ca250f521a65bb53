"""What the shell is offered for a position's id: those of the database that is named on the line so far."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import typer

from .options import DEFAULT_DATABASE

OFFERED = 50
"""How many ids are offered at the most, the newest."""

Offers = list[tuple[str, str]]


def _offering(unsettled: bool) -> Callable[[typer.Context, str], Offers]:
    def offer(ctx: typer.Context, incomplete: str) -> Offers:
        database = str(ctx.params.get("database") or DEFAULT_DATABASE)
        try:
            return asyncio.run(_offers(database, incomplete, unsettled))
        except Exception:
            return []  # a line that is being typed is no place for an error

    return offer


async def _offers(database: str, incomplete: str, unsettled: bool) -> Offers:
    from .reading import reading

    async with reading(database) as journal:
        rows = await journal.list()
    wanted = [r for r in rows if r.id.startswith(incomplete) and not (unsettled and r.state.settled)]
    return [
        (r.id, f"{r.state.value} {r.intent.side.value} {r.intent.quantity:f} {r.intent.symbol}")
        for r in wanted[:OFFERED]
    ]


Every, Open = _offering(unsettled=False), _offering(unsettled=True)
"""Every position, and those that are not settled."""
