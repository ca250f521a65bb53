"""What the bodies that set something ask for: the position's stop, the leverage, the margin mode."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import MarginMode, PositionMode, PositionSide, TriggerBy
from atomicpos.sim.rules import check_leverage
from atomicpos.sim.venue import Venue

from .fields import Body, amount, choice, given, market, not_taken, position_side, refused
from .markets import MARGIN_MODES
from .orders import BY_DEFAULT, TRIGGER_TYPES, full_mode

PORTFOLIO = "PORTFOLIO_MARGIN"

_MODES = {word: mode for mode, word in MARGIN_MODES.items()}


@dataclass(frozen=True, slots=True)
class StopAsked:
    """What ``/v5/position/trading-stop`` asks for; ``trigger`` None takes the stop away."""

    symbol: str
    trigger: Decimal | None
    by: TriggerBy
    side: PositionSide | None
    """The side of hedge mode that it is about; None in one-way mode."""


def stop_asked(body: Body) -> StopAsked:
    """Read ``/v5/position/trading-stop``: a stop loss over the whole position, "0" for none."""
    symbol = market(body).symbol
    full_mode(body)
    not_taken(body, "takeProfit", "trailingStop", "activePrice", "slLimitPrice", "slSize")
    if body.get("stopLoss") in (None, ""):
        raise refused("stopLoss must be given; 0 takes the stop away")
    trigger = amount(body, "stopLoss") if given(body, "stopLoss") else None
    return StopAsked(symbol, trigger, choice(body, "slTriggerBy", TRIGGER_TYPES, BY_DEFAULT), position_side(body))


@dataclass(frozen=True, slots=True)
class LeverageAsked:
    """What ``/v5/position/set-leverage`` asks for, one leverage a side."""

    symbol: str
    buy: Decimal
    sell: Decimal


def leverage_asked(body: Body, venue: Venue) -> LeverageAsked:
    """Read ``/v5/position/set-leverage``: the two sides may differ in hedge mode with isolated margin, and there only
    (the vendor's documentation).
    """
    asked = LeverageAsked(market(body).symbol, amount(body, "buyLeverage"), amount(body, "sellLeverage"))
    hedged = venue.position_mode is PositionMode.HEDGE and venue.margin_mode() is MarginMode.ISOLATED
    if asked.buy != asked.sell and not hedged:
        both = f"buyLeverage {asked.buy} and sellLeverage {asked.sell}"
        raise refused(f"{both} must be equal in one-way mode, and with cross margin")
    return asked


def set_leverage(venue: Venue, asked: LeverageAsked) -> None:
    """Set both sides, or refuse both; refused as unchanged when neither changes."""
    if asked.buy == asked.sell:
        return venue.set_leverage(asked.symbol, asked.buy)
    wanted = {PositionSide.LONG: asked.buy, PositionSide.SHORT: asked.sell}
    for leverage in wanted.values():
        check_leverage(leverage, venue.market(asked.symbol))
    now_us = venue.now_us()
    before = {side: venue.position_as_of(asked.symbol, now_us, side).leverage for side in wanted}
    for side in [side for side in wanted if wanted[side] != before[side]] or wanted:
        venue.set_leverage(asked.symbol, wanted[side], side)
    return None


def margin_mode_asked(body: Body) -> MarginMode:
    """Read ``/v5/account/set-margin-mode``; portfolio margin exists at the exchange and not here."""
    if body.get("setMarginMode") == PORTFOLIO:
        raise refused(f"setMarginMode {PORTFOLIO} is not supported at this venue")
    return choice(body, "setMarginMode", _MODES)
