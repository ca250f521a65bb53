"""Single parameters of a Binance request: each is read, or refused with its code and a sentence that names it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from atomicpos.models import PositionSide
from atomicpos.sim.markets import MARKETS, Market

from .replies import Code, Rejection
from .words import POSITION_SIDES

Asked = Mapping[str, str]
T = TypeVar("T")

LARGEST_EXPONENT = 15
"""Numbers of more digits than these are nobody's quantity or price."""

CLIENT_ORDER_ID_LENGTH = 36

_SIDES = {word: side for side, word in POSITION_SIDES.items()}

_MARKETS = {market.market_id: market for market in MARKETS}


def market(asked: Asked) -> Market:
    """The perpetual that the request names."""
    try:
        return _MARKETS[needed(asked, "symbol")]
    except KeyError:
        raise Rejection(Code.SYMBOL) from None


def markets_asked(asked: Asked) -> tuple[Market, ...]:
    """The one perpetual that is named, all where none is."""
    return (market(asked),) if asked.get("symbol") else tuple(MARKETS)


def needed(asked: Asked, name: str) -> str:
    """A text that must be there."""
    value = asked.get(name)
    if not value:
        raise Rejection(Code.MISSING, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    return value


def amount(asked: Asked, name: str, step: Decimal) -> Decimal:
    """A number written with no more decimals than the step has: zeros behind them count (F27)."""
    text = needed(asked, name)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value.adjusted() > LARGEST_EXPONENT:
        raise Rejection(Code.PARAMETER, f"Data sent for parameter '{name}' is not valid.")
    if len(text.partition(".")[2]) > decimals(step):
        raise Rejection(Code.PRECISION)
    return value


def decimals(step: Decimal) -> int:
    """How many decimals a step is written with."""
    exponent = step.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def integer(asked: Asked, name: str, default: int) -> int:
    """A whole number that may be left out."""
    text = asked.get(name) or str(default)
    if not text.isdecimal():
        raise Rejection(Code.PARAMETER, f"Data sent for parameter '{name}' is not valid.")
    return int(text)


def choice(asked: Asked, name: str, choices: Mapping[str, T], default: str | None = None, code: int = -1130) -> T:
    """One of the words allowed; the default's where the parameter is left out."""
    word = asked.get(name) or default or needed(asked, name)
    try:
        return choices[word]
    except KeyError:
        raise Rejection(code) from None


def flag(asked: Asked, name: str) -> bool:
    """True only for the word ``true``."""
    return choice(asked, name, {"true": True, "false": False}, "false")


def position_side(asked: Asked) -> PositionSide | None:
    """The side of hedge mode that the order is about; None for BOTH, which it is where nothing is said."""
    side = choice(asked, "positionSide", _SIDES, "BOTH")
    if side is not None:
        not_taken(asked, "reduceOnly")
    return side


def not_taken(asked: Asked, *names: str) -> None:
    """Parameters that this venue would have to ignore: refusing them beats dropping them in silence."""
    for name in names:
        if asked.get(name):
            raise Rejection(Code.NOT_WANTED, f"Parameter '{name}' sent when not required.")


def client_order_id(asked: Asked, name: str) -> str | None:
    """Our own name for an order."""
    given = asked.get(name) or None
    if given is not None and len(given) > CLIENT_ORDER_ID_LENGTH:
        raise Rejection(Code.CLIENT_ID_LENGTH)
    return given
