"""The module-level call: one shared ``AtomicPositions`` per client, database and event loop."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from .announcer import log
from .app import DEFAULT_DATABASE, AtomicPositions
from .models import Position

_Key = tuple[int, str, int]
_shared: dict[_Key, tuple[AtomicPositions, Any, asyncio.AbstractEventLoop]] = {}
_opening: dict[_Key, asyncio.Lock] = {}

REQUEST_WORDS = frozenset(inspect.getfullargspec(AtomicPositions.open_position_atomic).kwonlyargs)
"""The keyword arguments that belong to a request; all others are settings."""


async def open_position_atomic(
    exchange: Any,
    symbol: object,
    side: object,
    quantity: object,
    *,
    database: str = DEFAULT_DATABASE,
    **words: Any,
) -> Position:
    """Open one position and put its stop up, without a block of one's own.

    Takes what ``AtomicPositions.open_position_atomic`` takes, and the knobs of ``Settings`` at the first call for a
    client. The instance is kept until ``aclose()``; watching ends with the event loop, as the log says once.
    """
    request = {name: words.pop(name) for name in REQUEST_WORDS if name in words}
    positions = await _instance(exchange, database, words)
    return await positions.open_position_atomic(symbol, side, quantity, **request)


async def aclose() -> None:
    """Close every shared instance of this event loop."""
    loop = asyncio.get_running_loop()
    for key in [key for key, (_, _, its_loop) in _shared.items() if its_loop is loop]:
        positions, _, _ = _shared.pop(key)
        await positions.__aexit__(None, None, None)


async def _instance(exchange: Any, database: str, knobs: dict[str, Any]) -> AtomicPositions:
    loop = asyncio.get_running_loop()
    key = (id(exchange), database, id(loop))
    async with _opening.setdefault(key, asyncio.Lock()):
        if key not in _shared or _shared[key][2] is not loop:
            positions = AtomicPositions(exchange, database, **knobs)
            await positions.__aenter__()
            _shared[key] = (positions, exchange, loop)
            log.warning("positions opened by the function are watched only while this event loop runs; see aclose()")
        return _shared[key][0]
