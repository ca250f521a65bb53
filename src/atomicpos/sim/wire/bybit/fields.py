"""Single fields of a Bybit v5 body: each is read, or refused with 10001 and a sentence that names it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from atomicpos.models import PositionSide
from atomicpos.sim.markets import Market

from .markets import linear_market
from .replies import Code, Rejection
from .words import POSITION_INDEXES

Body = Mapping[str, Any]
T = TypeVar("T")

_POSITION_SIDES = {str(index): side for side, index in POSITION_INDEXES.items()}

LARGEST_EXPONENT = 15
"""Numbers of more digits than these are nobody's quantity or price."""


def refused(why: str) -> Rejection:
    """The refusal of a parameter."""
    return Rejection(Code.PARAMETER, why)


def market(body: Body) -> Market:
    """The linear perpetual that the body names."""
    if body.get("category") != "linear":
        raise refused(f"category {body.get('category')!r}: this venue trades linear perpetuals only")
    return linear_market(str(body.get("symbol", "")))


def amount(body: Body, name: str) -> Decimal:
    """A finite number above zero, from a string."""
    try:
        value = Decimal(str(body.get(name, "")))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0 or value.adjusted() > LARGEST_EXPONENT:
        raise refused(f"{name} {body.get(name)!r} must be a number above 0, of ordinary size")
    return value


def choice(body: Body, name: str, choices: Mapping[str, T], default: str | None = None) -> T:
    """One of the words allowed; the default's where the field is left out."""
    word = default if _empty(body.get(name)) else body.get(name)
    try:
        return choices[str(word)]
    except KeyError:
        raise refused(f"{name} {body.get(name)!r} must be one of {', '.join(choices)}") from None


def text(body: Body, name: str) -> str | None:
    """A text that may be left out."""
    given = body.get(name)
    return None if _empty(given) else str(given)


def flag(body: Body, name: str) -> bool:
    """True only where the body says so."""
    return str(body.get(name)) in ("True", "true", "1")


def given(body: Body, name: str) -> bool:
    """True when the body names a price or a word for it; "0" counts as none."""
    return not _empty(body.get(name)) and str(body.get(name)) != "0"


def position_side(body: Body) -> PositionSide | None:
    """The side of hedge mode that ``positionIdx`` names; None for that of one-way mode, which is meant without one.

    Whether the account is in that mode is the engine's to say.
    """
    return choice(body, "positionIdx", _POSITION_SIDES, "0")


def not_taken(body: Body, *names: str) -> None:
    """Fields that this venue would have to ignore: refusing them beats dropping them in silence."""
    for name in names:
        if given(body, name):
            raise refused(f"{name} {body[name]!r} is not supported at this venue")


def _empty(value: object) -> bool:
    return value is None or value == ""
