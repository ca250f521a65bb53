"""Evidence as rows and back, exactly: what is structured travels as JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from atomicpos.evidence import Evidence, OrderView, PositionView
from atomicpos.models import Fill

FINDING = ("kind", "quantity", "price", "why", "orders", "absent_ids", "fills", "position", "position_stop")
"""The columns that say what was found; the others say when, and in which words."""


def evidence_row(position_id: str, evidence: Evidence) -> dict[str, Any]:
    """The row of one finding, its sequence number apart."""
    return {
        "position_id": position_id,
        **{name: getattr(evidence, name) for name in _PLAIN},
        "orders": _text([_encode(view) for view in evidence.orders]),
        "absent_ids": _text(evidence.absent_ids),
        "fills": _text([_encode(fill) for fill in evidence.fills]),
        "position": _text(None if evidence.position is None else _encode(evidence.position)),
        # NULL for none, unlike its elder: the rows of revision 0001 have none and were not rewritten
        "position_stop": None if evidence.position_stop is None else _text(_encode(evidence.position_stop)),
        "repeats": 0,
        "last_answered_at_us": evidence.answered_at_us,
    }


def evidence_of(row: Mapping[Any, Any]) -> Evidence:
    """The finding as it was first stored."""
    position, stop = json.loads(row["position"]), json.loads(row["position_stop"] or "null")
    return Evidence(
        **{name: row[name] for name in _PLAIN},
        orders=tuple(_decode(OrderView, item) for item in json.loads(row["orders"])),
        absent_ids=tuple(json.loads(row["absent_ids"])),
        fills=tuple(_decode(Fill, item) for item in json.loads(row["fills"])),
        position=None if position is None else _decode(PositionView, position),
        position_stop=None if stop is None else _decode(OrderView, stop),
    )


class Findings:
    """Rows of findings as they are to be stored: an identical repeat of a source's newest one is only counted."""

    def __init__(self, newest: Iterable[Mapping[Any, Any]]) -> None:
        """``newest``: the newest stored row of each position and source."""
        self.new: list[dict[str, Any]] = []
        """Rows to insert, numbered."""
        self._newest = {(row["position_id"], row["source"]): dict(row) for row in newest}
        self._last_seq: dict[str, int] = {}
        for (position_id, _), row in self._newest.items():
            self._last_seq[position_id] = max(row["seq"], self._last_seq.get(position_id, 0))
        self._again: dict[tuple[str, int], dict[str, Any]] = {}

    def add(self, row: dict[str, Any]) -> None:
        """Take one more finding of that position, the newest of its source."""
        position_id, source = row["position_id"], row["source"]
        before = self._newest.get((position_id, source))
        if before is not None and _same(before, row):
            before["repeats"] += 1
            before["last_answered_at_us"] = row["answered_at_us"]
            self._again[position_id, before["seq"]] = before
            return
        row["seq"] = self._last_seq[position_id] = self._last_seq.get(position_id, 0) + 1
        self._newest[position_id, source] = row
        self.new.append(row)

    def repeated(self) -> list[dict[str, Any]]:
        """The counters of stored rows that were said again."""
        fresh = {(row["position_id"], row["seq"]) for row in self.new}
        return [
            {"row_id": key[0], "row_seq": key[1], "row_repeats": row["repeats"],
             "row_answered_at_us": row["last_answered_at_us"]}
            for key, row in self._again.items() if key not in fresh
        ]  # fmt: skip


def _same(row: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """True when both say the same apart from the times and the raw reply."""
    return all(row[name] == other[name] for name in FINDING)


_STRUCTURED = ("orders", "absent_ids", "fills", "position", "position_stop")
_NEVER_STORED = ("mark_price",)
"""It moves with every tick: stored, no finding would ever be a repeat."""
_PLAIN = tuple(f.name for f in fields(Evidence) if f.name not in _STRUCTURED + _NEVER_STORED)


def _text(value: object) -> str:
    return _written(value) if value else _NOTHING[type(value)]


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} cannot be stored")


_written = json.JSONEncoder(default=_exact, separators=(",", ":")).encode
_NOTHING = {list: "[]", tuple: "[]", NoneType: "null"}


def _encode(view: Any) -> dict[str, Any]:
    # what the exchange did not say is left out: most views are mostly None
    cls: Any = type(view)
    values = {name: getattr(view, name) for name in _readers(cls)}
    return {name: value for name, value in values.items() if value is not None}


def _decode(cls: Any, stored: Mapping[Any, Any]) -> Any:
    readers = _readers(cls)
    return cls(**{name: read(stored[name]) if name in stored else None for name, read in readers.items()})


@cache
def _readers(cls: Any) -> dict[str, Callable[[Any], Any]]:
    """For each field what turns its JSON value back: Decimal, an enum, or the plain type itself."""
    hints = get_type_hints(cls)
    return {f.name: _said(hints[f.name]) for f in fields(cls)}


def _said(hint: Any) -> Any:
    options = [option for option in get_args(hint) if option is not NoneType]
    return options[0] if options else hint
