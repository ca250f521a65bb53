"""A bot as its own process: ``python caller.py '<JSON of Call>'``: so many calls at once, when told to go on stdin.

It says ``ready``, then what each call came to, one JSON object a line, and stays until it hears another line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """Where to call, and what for."""

    url: str
    api_key: str
    secret: str
    database: str
    callers: int
    symbol: str = "AVLUSDT"
    key: str | None = None

    def as_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def say(**fact: Any) -> None:
    """Tell whoever started the process."""
    print(json.dumps(fact), flush=True)


async def main(call: Call) -> None:
    """Open, call, tell, wait, leave."""
    import ccxt.async_support as ccxt

    from atomicpos import AtomicPositions, sim

    client = ccxt.bybit({"apiKey": call.api_key, "secret": call.secret, "enableRateLimit": False})
    sim.connect(client, call.url)
    try:
        async with AtomicPositions(client, call.database) as positions:
            await _told("ready")
            told = await asyncio.gather(*(_open(positions, call) for _ in range(call.callers)))
            await _told("done", told=told)
    finally:
        await client.close()


async def _told(fact: str, **details: Any) -> None:
    """Say it, and wait for a line."""
    say(fact=fact, **details)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def _open(positions: Any, call: Call) -> dict[str, Any]:
    from atomicpos import AtomicPositionError

    try:
        row = await positions.open_position_atomic(
            call.symbol, "buy", "10", stop_loss_percent="2", idempotency_key=call.key
        )
    except AtomicPositionError as error:
        position = error.position
        return {"outcome": type(error).__name__, "id": position.id if position else None}
    return {"outcome": row.state.value, "id": row.id, "stop": str(row.stop_price), "entry": str(row.entry_price)}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main(Call(**json.loads(sys.argv[1]))))
