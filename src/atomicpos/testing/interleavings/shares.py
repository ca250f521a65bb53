"""Whose the position is, by the venue's own executions: our share, and what others hold beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...ids import LIBRARY_PREFIX
from ...models import OrderSide, PositionSide
from ...sim.orders import Execution
from ...sim.venue import Venue

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shares:
    """The parts of one symbol's position, by what has executed so far."""

    opened: Decimal
    """What our entries filled."""
    average: Decimal | None
    """At what price on average."""
    closed_by_us: Decimal
    """What our separate stops and closes closed; the position's own stop takes the whole position, whosever it is."""
    foreign_opened: Decimal
    """What others opened or enlarged on our side."""
    turned_over: bool
    """Others closed more than there was: the position was on the other side."""
    ours: Decimal
    """Our share: what we opened less every exit since, never more than the position on our side."""


_NONE = Shares(NOTHING, None, NOTHING, NOTHING, turned_over=False, ours=NOTHING)
"""While nothing has executed."""


def shares(
    venue: Venue, symbol: str, side: PositionSide, at_us: int | None = None, slot: PositionSide | None = None
) -> Shares:
    """The shares at that moment, now without one; ``side`` is the side that we opened, ``slot`` what the venue calls
    its slot: the side in hedge mode, nothing in one-way mode.
    """
    now = venue.now_us() if at_us is None else at_us
    done = venue.executions_as_of(symbol, now, slot)
    if not done:
        return _NONE
    position = venue.position_as_of(symbol, now, slot)
    ours, theirs = [e for e in done if _is_ours(e)], [e for e in done if not _is_ours(e)]
    opened, foreign_opened = _sum(ours, side.opening), _sum(theirs, side.opening)
    closed_by_us = _sum(ours, side.closing)
    exits = closed_by_us + _sum(theirs, side.closing)
    held = position.quantity if position.side is side else NOTHING
    return Shares(
        opened=opened,
        average=_average([e for e in ours if e.order_side is side.opening]),
        closed_by_us=closed_by_us,
        foreign_opened=foreign_opened,
        turned_over=exits > opened + foreign_opened,
        ours=max(NOTHING, min(opened - exits, held)),
    )


def _sum(executions: list[Execution], side: OrderSide) -> Decimal:
    return sum([e.quantity for e in executions if e.order_side is side], NOTHING)


def _average(executions: list[Execution]) -> Decimal | None:
    quantity = sum([e.quantity for e in executions], NOTHING)
    return sum([e.quantity * e.price for e in executions], NOTHING) / quantity if quantity else None


def _is_ours(execution: Execution) -> bool:
    return (execution.client_order_id or "").startswith(LIBRARY_PREFIX)
