"""What is done to the rows of a reply: all of them at once, or those that name an order, a side, a symbol, a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .operators import Operator
from .reply import Reply
from .trees import written

Rows = list[dict[str, Any]]
Act = Callable[[dict[str, Any], random.Random], None]
"""Changes the result of a reply in place."""

_OTHER_SIDE = {"Buy": "Sell", "Sell": "Buy"}
_HOUR_MS = 3_600_000


def on_rows(reply: Reply, operator: Operator, rng: random.Random) -> Reply | None:
    """The reply with its rows, or its result where it has none, struck; None where that changes nothing."""
    tree: Any = reply.tree
    result = tree.get("result") if isinstance(tree, dict) else None
    if not isinstance(result, dict):
        return None
    _ACTS[operator](result, rng)
    body = written(tree)
    return None if body == reply.body else replace(reply, body=body)


def _rows(result: dict[str, Any]) -> Rows:
    """Its rows; a result without a list is one row."""
    return result["list"] if isinstance(result.get("list"), list) else [result]


def _listed(change: Callable[[Rows, random.Random], Rows | list[Any]]) -> Act:
    def act(result: dict[str, Any], rng: random.Random) -> None:
        if isinstance(result.get("list"), list):
            result["list"] = change(result["list"], rng)

    return act


def _shuffled(rows: Rows, rng: random.Random) -> Rows:
    return rng.sample(rows, len(rows))


def _of_nothing(rows: Rows, rng: random.Random) -> list[Any]:
    return [rng.choice([None, 1, "row", [], {}]) for _ in range(max(len(rows), 1))]


def _fields(names: tuple[str, ...], change: Callable[[Any, random.Random], Any]) -> Act:
    """The same change in every one of these fields that a row has."""

    def act(result: dict[str, Any], rng: random.Random) -> None:
        for row in _rows(result):
            for name in names:
                if row.get(name) not in (None, ""):
                    row[name] = change(row[name], rng)

    return act


def _moved(milliseconds: int) -> Act:
    def later(value: Any, rng: random.Random) -> str:
        known = int(value) if str(value).isdecimal() else 0
        return str(max(known + rng.randint(1, _HOUR_MS) * milliseconds, 1)) if known else str(value)

    return _fields(_TIMES, later)


_TIMES = ("createdTime", "updatedTime", "execTime")
_IDS = ("orderId", "orderLinkId")

_ACTS: Mapping[Operator, Act] = {
    Operator.NO_ROWS: _listed(lambda rows, rng: []),
    Operator.DUPLICATED_ROWS: _listed(lambda rows, rng: rows * rng.randint(2, 4)),
    Operator.SHUFFLED_ROWS: _listed(_shuffled),
    Operator.ROWS_OF_NOTHING: _listed(_of_nothing),
    Operator.OTHER_SYMBOL: _fields(("symbol",), lambda value, rng: rng.choice(["XRPUSDT", "NOSUCHUSDT", "avlusdt"])),
    Operator.OTHER_SIDE: _fields(("side",), lambda value, rng: _OTHER_SIDE.get(value, value)),
    Operator.OTHER_ORDER: _fields(_IDS, lambda value, rng: f"x{value[1:]}" if isinstance(value, str) else value),
    Operator.HEDGED: _fields(("positionIdx",), lambda value, rng: rng.choice([1, 2, "1", -1])),
    Operator.SAME_PAGE_AGAIN: lambda result, rng: result.update(
        {"nextPageCursor": "again"} if "list" in result else {}
    ),
    Operator.TIME_ZERO: _fields(_TIMES, lambda value, rng: rng.choice(["0", 0])),
    Operator.TIME_BACKWARDS: _moved(-1),
    Operator.TIME_AHEAD: _moved(1),
    Operator.NO_RESULT: lambda result, rng: result.clear(),
}
