"""What tests of a position's later life share: one that is open, and one that stands behind its stop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.models import Position, State
from world import World


async def opened(world: World, positions: AtomicPositions, **request: Any) -> Position:
    """A protected position, by default a long of ten with a stop two percent away, whose drive has come to rest."""
    row, error = await world.tried(positions, **request)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED
    await world.clock.sleep(20)
    return row


def stands(world: World, row: Position, *prices: str) -> None:
    """Protected by exactly that stop, on the exchange and in the row; with several prices, by one of them."""
    (stop,) = world.truth().stops
    assert row.state is State.PROTECTED
    assert stop.trigger_price in {Decimal(price) for price in prices}
    assert (stop.trigger_price, stop.quantity >= 10) == (row.stop_price, True)
