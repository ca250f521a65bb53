"""From the library's frozen data to JSON: Decimals and enums as strings, exact and without exponents."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any


def plain(value: object) -> Any:
    """The value as JSON types; a dataclass becomes an object with its attributes as keys."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def json_line(value: object) -> str:
    """The value as one line of JSON."""
    return json.dumps(plain(value))
