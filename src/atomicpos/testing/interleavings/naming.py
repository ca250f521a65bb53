"""What a choice is called: stays the same when a domain grows, and is read by a person."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ...sim import Fault
from .fates import AfterRest, AfterTakeover
from .odometer import Space, Tape
from .stage import Filling


def name_of(value: Any) -> str:
    """The name of one value of a domain."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case float():
            return f"{value:g} s"
        case Fault():
            return _of_fault(value)
        case Filling():
            return _of_filling(value)
        case AfterTakeover():
            return f"{value.seconds:g} s after the takeover"
        case AfterRest():
            return f"{value.seconds:g} s after the rest"
        case tuple():
            return ", ".join(map(name_of, value))
        case dict():
            return ", ".join(f"{key} {name_of(one)}" for key, one in value.items())
        case _:
            return str(value)


def named(space: Space, tape: Tape) -> dict[str, str]:
    """The choices of a tape, by the names of domain and value."""
    return {name: name_of(value) for name, value in space.read(tape).items()}


def tape_of(space: Space, names: dict[str, str]) -> Tape:
    """The tape of those choices; a domain that is not named has its first value.

    Raises LookupError for a domain or a value that the space does not have.
    """
    if unknown := names.keys() - {domain.name for domain in space.domains}:
        raise LookupError(f"no domain is called {', '.join(sorted(unknown))}")
    return tuple(_index(domain.name, domain.values, names.get(domain.name)) for domain in space.domains)


def _index(domain: str, values: tuple[Any, ...], name: str | None) -> int:
    if name is None:
        return 0
    for index, value in enumerate(values):
        if name_of(value) == name:
            return index
    raise LookupError(f"no value of {domain} is called {name!r}")


def _of_fault(fault: Fault) -> str:
    which = "" if fault.nth is None else f" #{fault.nth}"
    seconds = "" if fault.seconds is None else f" {fault.seconds:g} s"
    code = "" if fault.code is None else f" ({fault.code})"
    return f"{fault.call}{which} {fault.kind}{seconds}{code}"


def _of_filling(filling: Filling) -> str:
    if not filling.half:
        return "whole"
    return "half" if filling.rest_after_s is None else f"half, the rest after {filling.rest_after_s:g} s"
