"""How numbers are written in requests, on every exchange."""

from __future__ import annotations

from decimal import Decimal


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros (F27)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
