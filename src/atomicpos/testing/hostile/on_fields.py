"""What is done to one field of a reply."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .operators import Operator
from .reply import Reply
from .trees import Path, at, changed, picked, with_token, without, written

_DEPTH = 3000
_DEEP = ("[" * _DEPTH + "]" * _DEPTH, '{"a":' * _DEPTH + "1" + "}" * _DEPTH, "[" * 900 + "]" * 900)
_HUGE = ("1e400", '"1e400"', str(10**40), f'"{10**40}"', f'"{"9" * 5000}"', "9" * 5000, '"1e-400"', '"1E+999999999"')
_NAN = ("NaN", '"NaN"', '"nan"', '"sNaN"', '"NaN123"')
_INFINITE = ("Infinity", "-Infinity", '"Infinity"', '"-inf"')
_WRONG = ("true", "false", "[]", "{}", '[1,"a",null]', '{"a":{"b":1}}', '[["x"]]')
"""Nothing that could be a number: one in the place of another is no wrong type but a wrong number."""
_OTHER_TEXT = ('"somebody-elses"', '"Unknown"', '"0"', '"-"', '" "', '"none"', '"undefined"')
_STRANGE = (
    '"\\u0000"', '"\\ud800"', '"a\\ud800b\\u0000c"', '"\\u202e\\u0661\\u0662"', '"%s"', '"{0}"', '"\'; DROP TABLE--"',
    json.dumps("x" * 100_000), '"\\r\\n\\t"', '"\\u0661\\u0662"',
)

_TOKENS: Mapping[Operator, tuple[str, ...]] = {
    Operator.NULL: ("null",),
    Operator.EMPTY_TEXT: ('""',),
    Operator.OTHER_TEXT: (*_OTHER_TEXT, *_STRANGE),
    Operator.STRANGE_TEXT: _STRANGE,
    Operator.WRONG_TYPE: _WRONG,
    Operator.NAN: _NAN,
    Operator.INFINITE: _INFINITE,
    Operator.HUGE: _HUGE,
    Operator.DEEP: _DEEP,
}


def on_a_field(reply: Reply, operator: Operator, rng: random.Random) -> Reply | None:
    """The reply with one field struck; None where it has none of the kind."""
    tree = reply.tree
    path = picked(tree, rng, _FITS.get(operator, _any))
    if path is None:
        return None
    return replace(reply, body=_struck(tree, path, operator, rng))


def _struck(tree: Any, path: Path, operator: Operator, rng: random.Random) -> bytes:
    value = at(tree, path)
    match operator:
        case Operator.MISSING:
            return written(without(tree, path))
        case Operator.NEGATIVE:
            return with_token(tree, path, _negative(value))
        case Operator.OTHER_NUMBER:
            return written(changed(tree, path, _other_number(value, rng)))
        case Operator.LIST_FOR_DICT:
            return written(changed(tree, path, [value]))
        case Operator.DICT_FOR_LIST:
            return written(changed(tree, path, {str(i): row for i, row in enumerate(value)}))
        case _:
            return with_token(tree, path, rng.choice(_tokens(operator, value)))


def _tokens(operator: Operator, value: Any) -> tuple[str, ...]:
    """One truth value in the place of the other is no wrong type."""
    tokens = _TOKENS[operator]
    return tokens[2:] if operator is Operator.WRONG_TYPE and isinstance(value, bool) else tokens


def _negative(value: Any) -> str:
    return f'"-{value}"' if isinstance(value, str) else f"-{value}"


def _other_number(value: Any, rng: random.Random) -> Any:
    """Ten times as much, a tenth, nothing, or a little more or less."""
    known = Decimal(value)
    factors = ("0", "10", "0.1", "1.02", "0.98")
    return format(known * Decimal(rng.choice(factors)), "f")


def _any(path: Path, value: Any) -> bool:
    return True


def _number(path: Path, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal())


def _above_zero(path: Path, value: Any) -> bool:
    """Negative zero is zero."""
    return _number(path, value) and float(value) > 0


def _amount(path: Path, value: Any) -> bool:
    """A number in a row, written as text; times have operators of their own."""
    named = str(path[-1])
    return len(path) > 2 and _number(path, value) and isinstance(value, str) and "Time" not in named


_FITS: Mapping[Operator, Callable[[Path, Any], bool]] = {
    Operator.MISSING: lambda path, value: isinstance(path[-1], str),
    Operator.STRANGE_TEXT: _number,
    Operator.NEGATIVE: _above_zero,
    Operator.NAN: _number,
    Operator.INFINITE: _number,
    Operator.HUGE: _number,
    Operator.OTHER_NUMBER: _amount,
    Operator.OTHER_TEXT: lambda path, value: isinstance(value, str) and not _number(path, value),
    Operator.LIST_FOR_DICT: lambda path, value: isinstance(value, dict),
    Operator.DICT_FOR_LIST: lambda path, value: isinstance(value, list),
}
