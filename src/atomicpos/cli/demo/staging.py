"""One performance: a venue in a process of its own, ccxt's own client, the weathers, and the truth in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt

from ...sim import connect
from ...sim.wire.process import VenueProcess
from .judging import Claim, VenueTruth
from .rows import Row
from .scenarios import Scenario

Judge = Callable[[dict[str, Claim]], Awaitable[list[Row]]]
"""Given what the rows claim, the comparison with the venue's truth at this moment."""
Play = Callable[[Any, Judge], Awaitable[list[Row]]]
"""Given the connected client, open everything, and have what the rows claim judged."""

NOTHING = Claim("", None, Decimal(0), 0.0)


async def stage(
    exchange: str, seed: int, scenarios: Sequence[Scenario], play: Play,
    shown: Callable[[str], list[dict[str, Any]]] | None = None,
) -> list[Row]:
    """Play under the weathers and compare with the venue, whose truth is fetched when the play has it judged.

    ``exchange`` is a ccxt id: the venue speaks like it, and ccxt's client of that name is connected. ``shown`` is told
    where the venue is, and answers with further faults.
    """
    async with VenueProcess(exchange, seed=seed) as venue:
        faults = [fault for scenario in scenarios for fault in scenario.weather.planted(scenario.market_id)]
        for scenario in scenarios:
            if scenario.weather.foreign_share:
                await asyncio.to_thread(venue.act, "orders", _of_others(scenario))
        await asyncio.to_thread(venue.faults, faults)

        async def judge(claims: dict[str, Claim]) -> list[Row]:
            truth = await asyncio.to_thread(venue.truth)
            return [
                Row(scenario, claims.get(scenario.symbol, NOTHING), VenueTruth.read(truth[scenario.market_id]))
                for scenario in scenarios
            ]

        if shown is not None:
            await asyncio.to_thread(venue.faults, shown(venue.url))
        client = connected(venue)
        try:
            return await play(client, judge)
        finally:
            await client.close()


def connected(venue: VenueProcess) -> Any:
    """ccxt's own, pointed at the venue with its keys."""
    keys = {"apiKey": venue.api_key, "secret": venue.secret, **({"password": venue.password} if venue.password else {})}
    client = getattr(ccxt, venue.dialect)(keys)
    connect(client, venue.url)
    return client


def _of_others(scenario: Scenario) -> dict[str, str]:
    """Somebody else's order on the symbol, before anything of ours."""
    quantity = Decimal(scenario.quantity) * scenario.weather.foreign_share
    return {"symbol": scenario.market_id, "side": scenario.side.opening.value, "quantity": str(quantity)}
