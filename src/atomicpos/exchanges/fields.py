"""Single fields of a raw reply. Missing is None; what cannot be understood is ReadFailed, never a guess."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.ports import ReadFailed

Row = dict[str, object]

MAGNITUDE = 30
"""Numbers beyond ten to this power, or below its inverse, are not money."""


_DIGITS = re.compile(r"[0-9eE.+-]+")
"""What a number is written with. Python reads more: other scripts' digits, ``1_0``, spaces around it."""


def whole(value: object) -> int | None:
    """An integer from an integer or its text (``"0"`` equals 0, F09); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value) if _DIGITS.fullmatch(str(value)) else None
    except ValueError:
        return None


def number(row: Row, name: str) -> Decimal | None:
    """A decimal; None when it is missing or empty text. Raises ReadFailed when it is not a finite number."""
    value = row.get(name)
    if value is None or value == "":
        return None
    parsed = _decimal(value)
    if parsed is None:
        raise ReadFailed(f"{name} is {shown(value)}, which is not a number")
    if not parsed.is_finite() or (parsed and abs(parsed.adjusted()) > MAGNITUDE):
        raise ReadFailed(f"{name} is {shown(value)}, which is no amount of anything")
    return parsed


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _DIGITS.fullmatch(str(value)):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def shown(value: object) -> str:
    """The beginning of a value for a message; of a list or an object only that it is one, however deep it goes."""
    return repr(str(value)[:80]) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"


def amount(row: Row, name: str) -> Decimal | None:
    """A number that may not be negative."""
    value = number(row, name)
    if value is not None and value < 0:
        raise ReadFailed(f"{name} is {value}; it may not be negative")
    return value


def price(row: Row, name: str) -> Decimal | None:
    """A price: zero and empty mean that there is none (F21)."""
    return amount(row, name) or None


def needed(value: Decimal | None, name: str) -> Decimal:
    """The value, which must be there."""
    if value is None:
        raise ReadFailed(f"{name} is missing")
    return value


def time_us(row: Row, name: str) -> int | None:
    """Milliseconds since the epoch, as text or number, in microseconds; None when missing or zero."""
    value = row.get(name)
    if value is None or value == "":
        return None
    milliseconds = whole(value)
    if milliseconds is None or not 0 <= milliseconds < 10**14:
        raise ReadFailed(f"{name} is {shown(value)}, which is not a time in milliseconds")
    return milliseconds * 1000 or None


def text(row: Row, name: str) -> str | None:
    """Non-empty text, else None."""
    value = row.get(name)
    return value if isinstance(value, str) and value else None


def flag(row: Row, name: str) -> bool | None:
    """True or False, else None."""
    value = row.get(name)
    return value if isinstance(value, bool) else None


def order_side(row: Row) -> OrderSide | None:
    """buy or sell in any case, else None."""
    word = (text(row, "side") or "").lower()
    return OrderSide(word) if word in ("buy", "sell") else None


_TRIGGERS = {"markprice": TriggerBy.MARK, "lastprice": TriggerBy.LAST, "indexprice": TriggerBy.INDEX}


def trigger_by(row: Row) -> TriggerBy | None:
    """The price that a trigger is compared with; None when it is not said or not known."""
    return _TRIGGERS.get((text(row, "triggerBy") or "").lower())


def half_of_initial(max_leverage: Decimal | None) -> Decimal | None:
    """An estimate of the maintenance margin as a share of the notional: half of the initial margin at that leverage."""
    return None if max_leverage is None else 1 / (2 * max_leverage)


def inner(row: Row, name: str) -> Row:
    """The object under that name; an empty one where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def must(row: Row, name: str) -> Decimal:
    """A price, quantity or step that has to be there, above zero."""
    value = price(row, name)
    if value is None:
        raise ReadFailed(f"{name} is missing or zero")
    return value
