"""The account's private stream: what the exchange tells by itself. A hint and a wake-up, never a proof.

Messages may come late, twice, in another order, or never, and what happened while nothing was connected is not told
afterwards. So whatever hears them may act on what they show and concludes nothing from what they do not show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..evidence import OrderView, PositionView
from ..models import Fill


class StreamEnded(Exception):
    """The connection could not be had, or is over; says why, without a secret."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one message told of one symbol."""

    symbol: str
    """Unified."""
    heard_at_us: int
    """Our clock."""
    orders: tuple[OrderView, ...] = ()
    fills: tuple[Fill, ...] = ()
    position: PositionView | None = None
    raw: str = ""


Hear = Callable[[Notice], None]
"""Told of each notice as it comes, synchronously: nothing is lost between two awaits. It does not raise."""


class Stream(Protocol):
    """Orders, fills and positions of one account, pushed by the exchange."""

    async def follow(self, hear: Hear, up: Callable[[], None]) -> None:
        """One connection, from its opening to its end: it does not return while the connection stands.

        ``up`` is called once everything is subscribed to: what happens from then on is told. Raises StreamEnded. When
        cancelled it closes what it opened.
        """
        ...
