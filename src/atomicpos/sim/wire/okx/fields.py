"""Single fields of an OKX v5 body: each is read, or refused with 51000 and a sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from .codes import PARAMETER
from .replies import Rejection

Body = Mapping[str, Any]
T = TypeVar("T")

LARGEST_EXPONENT = 15
"""Numbers of more digits than these are nobody's quantity or price."""

_ID = re.compile(r"[0-9A-Za-z]{1,32}")
"""A client order id: letters and digits, up to 32 (documented)."""


def refused(name: str) -> Rejection:
    """The refusal of a parameter."""
    return Rejection(PARAMETER, f"Parameter {name} error")


def amount(body: Body, name: str) -> Decimal:
    """A finite number above zero, from a string."""
    try:
        value = Decimal(str(body.get(name, "")))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0 or value.adjusted() > LARGEST_EXPONENT:
        raise refused(name)
    return value


def choice(body: Body, name: str, choices: Mapping[str, T], default: str | None = None) -> T:
    """One of the words allowed; the default's where the field is left out."""
    word = default if empty(body.get(name)) else body.get(name)
    try:
        return choices[str(word)]
    except KeyError:
        raise refused(name) from None


def text(body: Body, name: str) -> str | None:
    """A text that may be left out."""
    given = body.get(name)
    return None if empty(given) else str(given)


def own_id(body: Body, name: str) -> str | None:
    """A client order id; none where it is left out."""
    given = text(body, name)
    if given is not None and not _ID.fullmatch(given):
        raise refused(name)
    return given


def flag(body: Body, name: str) -> bool:
    """True only where the body says so."""
    return body.get(name) is True or str(body.get(name)) == "true"


def not_taken(body: Body, *names: str) -> None:
    """Fields that this venue would have to ignore: refusing them beats dropping them in silence."""
    for name in names:
        if not empty(body.get(name)):
            raise refused(name)


def empty(value: object) -> bool:
    """True for what was left out."""
    return value is None or value == ""
