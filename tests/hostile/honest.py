"""Whether what was read of a hostile reply is honest: what is so, or less than that, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from atomicpos.models import OrderStatus
from atomicpos.testing.hostile import LIES, Operator

UNSAID = (None, OrderStatus.UNKNOWN)
NOT_COMPARED = ("raw", "failures")
HARMLESS = frozenset({Operator.CODE_AS_TEXT, Operator.DUPLICATED_ROWS, Operator.SHUFFLED_ROWS})
"""What says the same in another way, and may be read in full."""


def false_claims(told: Any, true: Any, operator: Operator) -> list[str]:
    """What a reading says that is not so; a lie that is well-formed is nothing to reproach the reader with."""
    if operator in LIES:
        return [] if type(told) is type(true) else [f"the reading is {told!r}"]
    if operator in HARMLESS and _bare(told) != _bare(true):
        return [f"{told!r} is read of a reply that says {true!r}"]
    return list(_claims(told, true, ""))


def _claims(told: Any, true: Any, where: str) -> Iterator[str]:
    if told in UNSAID and not isinstance(told, tuple):
        return
    if type(told) is not type(true):
        yield f"{where} is {told!r}, and {true!r} is so"
    elif is_dataclass(told):
        for one in fields(told):
            if one.name not in NOT_COMPARED:
                yield from _claims(getattr(told, one.name), getattr(true, one.name), f"{where}.{one.name}")
    elif isinstance(told, tuple):
        yield from _claims_of_many(told, true, where)
    elif told != true:
        yield f"{where} is {told!r}, and {true!r} is so"


def _claims_of_many(told: tuple[Any, ...], true: tuple[Any, ...], where: str) -> Iterator[str]:
    """Each item is one of those that are there; what could not be looked up is named in ``failures`` alone."""
    for item in told:
        if all(any(_claims(item, other, "")) for other in true):
            yield f"{where} has {item!r}, which is none of {true!r}"


def _bare(reading: Any) -> Any:
    if isinstance(reading, tuple):
        return sorted(reading, key=repr)
    if not is_dataclass(reading):
        return reading
    return [getattr(reading, one.name) for one in fields(reading) if one.name not in NOT_COMPARED]


def left_out(told: Any, true: Any, operator: Operator) -> list[str]:
    """What a reading silently leaves out: a list that shows less than there is, without a failure that says so."""
    if operator in LIES or not (is_dataclass(told) or isinstance(told, tuple)):
        return []
    if isinstance(told, tuple):
        return [f"{len(told)} rows are read where {len(true)} are"] if len(told) < len(true) else []
    if getattr(told, "failures", ()):
        return []
    inner = [(getattr(told, one.name), getattr(true, one.name)) for one in fields(told)]
    return [why for a, b in inner if isinstance(a, tuple) for why in left_out(a, b, operator)]
