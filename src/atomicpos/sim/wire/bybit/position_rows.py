"""How Bybit v5 lists a position: one row a symbol in one-way mode, one for each side in hedge mode."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import PositionSide
from atomicpos.sim.orders import VenuePosition

from ..spelling import Json, milliseconds, number
from .words import FULL, POSITION_SIDES

ONE_WAY, BUY_SIDE, SELL_SIDE = 0, 1, 2


def position_rows(position: VenuePosition, market_id: str, *, hedge: bool) -> list[Json]:
    """The rows of one symbol: hedge mode shows both sides, each under its own ``positionIdx``, empty or not."""
    if not hedge:
        return [position_row(position, market_id)]
    held = SELL_SIDE if position.side is PositionSide.SHORT else BUY_SIDE
    empty = VenuePosition(position.symbol, position.mark, position.leverage)
    return [
        {**position_row(position if index == held else empty, market_id), "positionIdx": index}
        for index in (BUY_SIDE, SELL_SIDE)
    ]


def position_row(position: VenuePosition, market_id: str) -> Json:
    """One row of ``/v5/position/list``; a flat one has size "0", side "" and its last update's time."""
    average = position.average or Decimal(0)
    value = position.quantity * average
    changed = milliseconds(position.updated_at_us)
    return {
        "symbol": market_id,
        "positionIdx": ONE_WAY,
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
