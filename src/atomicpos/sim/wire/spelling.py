"""How numbers and moments are written on the wire: plain decimal strings and whole milliseconds, never a float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from aiohttp import web

MICROSECONDS_PER_MS = 1000

Json = dict[str, Any]


def number(value: Decimal | None) -> str:
    """A plain decimal string without an exponent or trailing zeros, empty when there is no value."""
    if value is None:
        return ""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def milliseconds(at_us: int | None) -> str:
    """A moment as whole milliseconds in a string, "0" when there is none."""
    return "0" if at_us is None else str(at_us // MICROSECONDS_PER_MS)


def reply(content: object, status: int = 200) -> web.Response:
    """A reply of JSON without spaces, as exchanges send it."""
    return web.json_response(content, status=status, dumps=_compact)


def _compact(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))
