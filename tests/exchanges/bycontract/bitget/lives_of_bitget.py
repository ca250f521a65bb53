"""What a whole life is on either of Bitget's accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from captured import Desk, until_alone

from atomicpos import AtomicPositions
from atomicpos.models import State


def written(desk: Desk) -> list[str]:
    """The last part of each path that was written to, in order."""
    return [each.path.rsplit("/", 1)[1] for each in desk.writes]


async def whole_life(positions: AtomicPositions, keeping: Any) -> None:
    """Opened without a moment without a stop, protected by the one of our id alone, closed, and nothing left."""
    row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert (row.state, row.filled_quantity, row.stop_price) == (State.PROTECTED, 10, Decimal("1.33"))
    assert row.exposure_s < 0.05
    await until_alone(positions, row.id)
    assert [stop["clientOid"] for stop in keeping.living] == [row.orders[-1].client_order_id]
    assert (await positions.close_position(row.id)).state is State.CLOSED
    assert (keeping.size, keeping.living) == (0, [])
