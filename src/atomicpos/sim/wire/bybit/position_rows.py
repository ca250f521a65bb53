"""How Bybit v5 lists a position: one row a symbol in one-way mode, one for each side in hedge mode."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import PositionSide
from atomicpos.sim.orders import VenuePosition

from ..spelling import Json, milliseconds, number
from .words import FULL, POSITION_INDEXES, POSITION_SIDES


def position_row(position: VenuePosition, market_id: str, side: PositionSide | None = None) -> Json:
    """One row of ``/v5/position/list``; a flat one has size "0", side "" and its last update's time.

    In hedge mode each side has a row, under its own ``positionIdx``, empty or not.
    """
    average = position.average or Decimal(0)
    value = position.quantity * average
    changed = milliseconds(position.updated_at_us)
    return {
        "symbol": market_id,
        "positionIdx": POSITION_INDEXES[side],
        "side": POSITION_SIDES[position.side],
        "size": number(position.quantity),
        "avgPrice": number(average),
        "positionValue": number(value),
        "leverage": number(position.leverage),
        "markPrice": number(position.mark),
        "liqPrice": number(position.liquidation_price),
        "bustPrice": "",
        "unrealisedPnl": number(_gain(position)),
        "positionIM": number(value / position.leverage if position.leverage else Decimal(0)),
        "positionMM": "0",
        "positionStatus": "Normal",
        "riskId": 1,
        "riskLimitValue": "",
        "tradeMode": 0,
        "autoAddMargin": 0,
        "tpslMode": FULL,
        "takeProfit": "",
        "stopLoss": number(position.stop_price),
        "trailingStop": "0",
        "createdTime": changed,
        "updatedTime": changed,
    }


def _gain(position: VenuePosition) -> Decimal:
    if not position.quantity or position.average is None:
        return Decimal(0)
    rise = position.mark - position.average
    return position.quantity * (rise if position.side is PositionSide.LONG else -rise)
