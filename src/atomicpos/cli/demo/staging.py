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

Play = Callable[[Any], Awaitable[dict[str, Claim]]]
"""Given the connected client, open everything and say what the rows claim."""

NOTHING = Claim("", None, Decimal(0), 0.0)


async def stage(exchange: str, seed: int, scenarios: Sequence[Scenario], play: Play) -> list[Row]:
    """Play under the weathers and compare with the venue, whose truth is fetched when the play is over.

    ``exchange`` is a ccxt id: the venue speaks like it, and ccxt's client of that name is connected.
    """
    async with VenueProcess(exchange, seed=seed) as venue:
        faults = [fault for scenario in scenarios for fault in scenario.weather.planted(scenario.market_id)]
        for scenario in scenarios:
            if scenario.weather.foreign_share:
                await asyncio.to_thread(venue.act, "orders", _of_others(scenario))
        await asyncio.to_thread(venue.faults, faults)
        client = connected(venue)
        try:
            claims = await play(client)
        finally:
            await client.close()
        truth = await asyncio.to_thread(venue.truth)
    return [
        Row(scenario, claims.get(scenario.symbol, NOTHING), VenueTruth.read(truth[scenario.market_id]))
        for scenario in scenarios
    ]


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
