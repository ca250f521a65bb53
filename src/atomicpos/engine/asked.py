"""A wish on its way to a drive, and the caller's own stop function being asked."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..advance import Wish
from ..models import PositionSide
from ..request import StopFunction

STOP_FUNCTION_PATIENCE_S = 0.5
"""How long a callable stop rule may take to answer."""


def _future() -> asyncio.Future[bool]:
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish; ``granted`` is True once the row is stored with it in it, False when the drive ended before.

    One that asks for a look is granted once every source was heard after it, and what they said is stored too.
    """

    wish: Wish
    look: bool = False
    granted: asyncio.Future[bool] = field(default_factory=_future)

    def answer(self, granted: bool) -> None:
        """Tell whoever waits, once."""
        if not self.granted.done():
            self.granted.set_result(granted)


async def ask_stop_function(function: StopFunction, price: Decimal, side: PositionSide) -> object:
    """What the function answers, plain or awaitable. Raises TimeoutError when it takes too long, or its own error.

    It runs in a thread, so that one that blocks delays nothing but its own answer.
    """
    loop = asyncio.get_running_loop()

    async def answer() -> Any:
        given = await loop.run_in_executor(None, function, price, side)
        return await given if inspect.isawaitable(given) else given

    return await asyncio.wait_for(answer(), STOP_FUNCTION_PATIENCE_S)
