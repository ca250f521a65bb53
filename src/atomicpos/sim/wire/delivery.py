"""How one request and its reply travel: what a fault does to them that the engine never hears of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


def _always() -> bool:
    return True


@dataclass(slots=True)
class Delivery:
    """One request's way. Whoever carries the request out sets what is to become of its reply."""

    fresh: Callable[[], bool] = _always
    """Whether the request may still be taken now: its timestamp ages while it is under way."""
    hold_s: float = 0.0
    """The reply leaves that many seconds late."""
    cut: bool = False
    """The reply ends in its middle."""
    drop_s: float | None = None
    """With ``cut``: the reply announces its whole length, and the connection drops after so many seconds.

    None: half a reply, as if it were whole.
    """

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Let something happen that many seconds from now, whatever becomes of the connection."""
        asyncio.get_running_loop().call_later(seconds, act)
