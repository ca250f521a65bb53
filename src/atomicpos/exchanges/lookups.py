"""What the lookups of several ids of ours come to, whichever lookups an exchange has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from atomicpos.evidence import OrderView
from atomicpos.ports import OrdersReading

from .redact import KEPT


@dataclass(frozen=True, slots=True)
class Look:
    """What the lookups of one id came to: a view, or why one of them gave no answer, or plain absence."""

    view: OrderView | None
    why: str
    raw: str


async def looked_up(client_order_ids: Sequence[str], look: Callable[[str], Awaitable[Look]]) -> OrdersReading:
    """Look up each id once and on its own, all at once; an id that could not be looked up is in ``failures`` only."""
    asked = tuple(dict.fromkeys(client_order_ids))
    looks = await asyncio.gather(*(look(each) for each in asked))
    return OrdersReading(
        orders=tuple(one.view for one in looks if one.view is not None),
        absent_ids=tuple(i for i, one in zip(asked, looks, strict=True) if one.view is None and not one.why),
        raw="\n".join(one.raw for one in looks)[:KEPT],
        failures=tuple(one.why for one in looks if one.view is None and one.why),
    )
