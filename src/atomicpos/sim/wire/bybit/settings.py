"""What the bodies that set something ask for: the position's stop, the leverage, the margin mode."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import MarginMode, TriggerBy

from .fields import Body, amount, choice, given, market, not_taken, one_way, refused
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


def stop_asked(body: Body) -> StopAsked:
    """Read ``/v5/position/trading-stop``: a stop loss over the whole position, "0" for none."""
    symbol = market(body).symbol
    one_way(body)
    full_mode(body)
    not_taken(body, "takeProfit", "trailingStop", "activePrice", "slLimitPrice", "slSize")
    if body.get("stopLoss") in (None, ""):
        raise refused("stopLoss must be given; 0 takes the stop away")
    trigger = amount(body, "stopLoss") if given(body, "stopLoss") else None
    return StopAsked(symbol, trigger, choice(body, "slTriggerBy", TRIGGER_TYPES, BY_DEFAULT))


def leverage_asked(body: Body) -> tuple[str, Decimal]:
    """Read ``/v5/position/set-leverage``: unified symbol and leverage, equal on both sides in one-way mode."""
    symbol = market(body).symbol
    buy, sell = amount(body, "buyLeverage"), amount(body, "sellLeverage")
    if buy != sell:
        raise refused(f"buyLeverage {buy} and sellLeverage {sell} must be equal in one-way mode")
    return symbol, buy


def margin_mode_asked(body: Body) -> MarginMode:
    """Read ``/v5/account/set-margin-mode``; portfolio margin exists at the exchange and not here."""
    if body.get("setMarginMode") == PORTFOLIO:
        raise refused(f"setMarginMode {PORTFOLIO} is not supported at this venue")
    return choice(body, "setMarginMode", _MODES)
