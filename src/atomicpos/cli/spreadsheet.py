"""Cells that a spreadsheet reads as what they are: a text that begins like a formula is never run as one. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from .plain import json_line, plain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with where a spreadsheet may take it for a formula (OWASP, CSV injection)."""
LINE_END = "\r\n"
GUARD = "'"
"""Put before such a text: spreadsheets then show the text."""


def cell(value: object) -> str:
    """One value as the text of a cell: numbers exact and without exponents, structures as JSON, None empty."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float() | Decimal():
            return str(plain(value))
        case Enum():
            return guarded(str(value.value))
        case str():
            return guarded(value)
        case _:
            return guarded(json_line(value))


def guarded(text: str) -> str:
    """The text, with a quotation mark before it where it begins like a formula."""
    return GUARD + text if text.startswith(FORMULA_STARTS) else text


def line(values: Sequence[Any]) -> str:
    """The values as one record of CSV (RFC 4180), without its line end."""
    written = io.StringIO()
    # a text is quoted where it has a character of the line end, so both kinds are named here
    csv.writer(written, lineterminator=LINE_END).writerow([cell(value) for value in values])
    return written.getvalue().removesuffix(LINE_END)
