"""What a refusal can be about, and the shape of each exchange's table of codes and sentences."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from atomicpos.models import Leg, Refusal

Code = int | str
"""An exchange's own return code: an integer, or a label where the exchange writes words."""


class Operation(StrEnum):
    """What a write was for."""

    ENTRY = "entry"
    STOP = "stop"
    POSITION_STOP = "position_stop"
    CLOSE = "close"
    CANCEL = "cancel"
    LEVERAGE = "leverage"
    MARGIN_MODE = "margin_mode"


_OF_LEGS = {Leg.ENTRY: Operation.ENTRY, Leg.STOP: Operation.STOP, Leg.CLOSE: Operation.CLOSE,
            Leg.TARGET: Operation.STOP}  # fmt: skip


def of_leg(leg: Leg) -> Operation:
    """What an order of that leg is for. A target is refused for the reasons for which a stop is."""
    return _OF_LEGS[leg]


Operations = frozenset[Operation]

ANY: Operations = frozenset(Operation)
ORDERS: Operations = frozenset({Operation.ENTRY, Operation.STOP, Operation.CLOSE})
STOPS: Operations = frozenset({Operation.STOP, Operation.POSITION_STOP})
EXITS: Operations = STOPS | {Operation.CLOSE}
CANCELS: Operations = frozenset({Operation.CANCEL})


@dataclass(frozen=True, slots=True)
class Meaning:
    """Codes that say the same, for which operations, and what that is to us."""

    refusal: Refusal
    operations: Operations
    codes: frozenset[Code]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that a generic error comes with, for which operations, and what that is to us."""

    refusal: Refusal
    operations: Operations
    pattern: re.Pattern[str]


def sentence(refusal: Refusal, operations: Operations, pattern: str) -> Sentence:
    """The sentence of that pattern, in any case of letters."""
    return Sentence(refusal, operations, re.compile(pattern, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class RefusalTable:
    """All that one exchange's codes and sentences say about its refusals, as frozen data."""

    duplicates: frozenset[Code]
    """Our client order id exists already: look it up, never "refused"."""
    definite_though_bare: frozenset[Code]
    """ccxt knows no class for these and raises a bare error; their sentences say that nothing was carried out."""
    meanings: tuple[Meaning, ...]
    """The codes that change the next step; every other definite code is ``other``."""
    undecided: frozenset[Code] = frozenset()
    """ccxt gives these a class that reads like a refusal; what they say leaves open whether it was carried out."""
    definite: Container[Code] = ()
    """What these say by themselves: it was not carried out, whatever class ccxt gave them, or none."""
    elsewhere: Container[Code] = ()
    """Codes of endpoints of other markets: nothing in them is about our position (F12)."""
    generic: frozenset[Code] = frozenset()
    """Codes that say nothing by themselves: the sentence beside them decides."""
    sentences: tuple[Sentence, ...] = ()
    """The first that matches holds."""
