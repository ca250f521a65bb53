"""How Binance USD-M v3 lists a position: a row for what is held, and none for what is flat."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import PositionSide
from atomicpos.sim.orders import VenuePosition

from ..spelling import MICROSECONDS_PER_MS, Json, number
from .words import POSITION_SIDES


def position_row(position: VenuePosition, market_id: str, side: PositionSide | None = None) -> Json:
    """The amount is negative for a short in either mode. Leverage and margin type are told elsewhere since v3."""
    average = position.average or Decimal(0)
    notional = number(position.signed * position.mark)
    changed = position.updated_at_us or 0
    return {
        "symbol": market_id,
        "positionSide": POSITION_SIDES[side],
        "positionAmt": number(position.signed),
        "entryPrice": number(average),
        "breakEvenPrice": number(average),
        "markPrice": number(position.mark),
        "unRealizedProfit": number(position.signed * (position.mark - average)),
        "liquidationPrice": number(position.liquidation_price) or "0",
        "isolatedMargin": "0",
        "notional": notional,
        "marginAsset": "USDT",
        "isolatedWallet": "0",
        "initialMargin": "0",
        "maintMargin": "0",
        "positionInitialMargin": "0",
        "openOrderInitialMargin": "0",
        "adl": 0,
        "bidNotional": "0",
        "askNotional": "0",
        "updateTime": changed // MICROSECONDS_PER_MS,
    }
