"""Single fields of what the control plane is sent: each is read, or refused with ValueError in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from atomicpos.sim.markets import Market, perpetual

Given = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)

LONGEST_S = 1_000_000


def fields(body: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Given:
    """A JSON object with these fields and no others."""
    names = (*required, *optional)
    if not isinstance(body, dict):
        raise ValueError(f"the body is {body!r}; it must be a JSON object with {', '.join(names)}")
    if missing := [name for name in required if body.get(name) is None]:
        raise ValueError(f"{missing[0]} is missing; the fields are {', '.join(names)}")
    if unknown := sorted(str(name) for name in body if name not in names):
        raise ValueError(f"there is no field {unknown[0]!r}; the fields are {', '.join(names)}")
    return body


def rows(body: Any, of: str) -> list[Any]:
    """A JSON list."""
    if not isinstance(body, list):
        raise ValueError(f"the body is {type(body).__name__}; it must be a JSON list of {of}")
    return body


def market(given: Any) -> Market:
    """A perpetual by its raw id or unified symbol."""
    try:
        return perpetual(str(given))
    except LookupError as unknown:
        raise ValueError(str(unknown)) from None


def price(given: Any, tick: Decimal, name: str = "price") -> Decimal:
    """The price on the nearest tick: whoever moves the market need not know the tick."""
    value = _decimal(given)
    if not value.is_finite() or value < tick:
        raise ValueError(f"{name} is {given!r}; it must be a number of at least one tick, {tick}")
    return (value / tick).to_integral_value(ROUND_HALF_UP) * tick


def quantity(given: Any) -> Decimal:
    """A quantity above zero; the engine itself checks it against the market."""
    value = _decimal(given)
    if not value.is_finite() or value <= 0:
        raise ValueError(f"quantity is {given!r}; it must be a number above 0")
    return value


def seconds(given: Any) -> float:
    """A time to wait."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= LONGEST_S:
        raise ValueError(f"after_s is {given!r}; it must be a number of seconds from 0 to {LONGEST_S}")
    return float(given)


def any_seconds(given: Any, name: str) -> float:
    """A stretch of time in either direction."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not -LONGEST_S <= given <= LONGEST_S:
        raise ValueError(f"{name} is {given!r}; it must be a number of seconds from -{LONGEST_S} to {LONGEST_S}")
    return float(given)


def count(given: Any, name: str) -> int:
    """A whole number from 1."""
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError(f"{name} is {given!r}; it must be a whole number from 1")
    return given


def word(given: Any, name: str, words: type[Word]) -> Word:
    """One of an enumeration's words."""
    try:
        return words(given)
    except ValueError:
        raise ValueError(f"{name} is {given!r}; it must be one of {', '.join(words)}") from None


def flag(given: Any, name: str) -> bool:
    """True or false, and nothing that only looks like it."""
    if not isinstance(given, bool):
        raise ValueError(f"{name} is {given!r}; it must be true or false")
    return given


def _decimal(given: Any) -> Decimal:
    try:
        return Decimal(str(given))
    except InvalidOperation:
        return Decimal("NaN")
