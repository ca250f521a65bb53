"""What a failed write means: a pure function of what was tried, what was raised and what the exchange said.

A refusal is definite only when ccxt raised a *named* class from a list and the exchange's own code was read. All
else that may have left is unknown: timeouts, resets, HTML, bare errors, errors of our own (F06, F10, F18). The same
code means different things for different operations (F36). Codes and classes as mapped by ccxt 4.5.90.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from atomicpos.models import Refusal
from atomicpos.ports import OutcomeKind


class Operation(StrEnum):
    """What a write was for."""

    ENTRY = "entry"
    STOP = "stop"
    CLOSE = "close"
    CANCEL = "cancel"
    LEVERAGE = "leverage"


@dataclass(frozen=True, slots=True)
class Failure:
    """The kind of outcome, and the refusal as far as the next step depends on it."""

    kind: OutcomeKind
    refusal: Refusal | None = None


DEFINITE = frozenset({
    "ArgumentsRequired", "AuthenticationError", "BadRequest", "BadSymbol", "InsufficientFunds", "InvalidNonce",
    "InvalidOrder", "NotSupported", "OperationRejected", "PermissionDenied", "RateLimitExceeded",
})  # fmt: skip
"""ccxt classes that, with a code of the exchange, say that the request was not carried out.

Compared by name, since importing ccxt's errors imports every exchange it knows.
"""

DUPLICATES = frozenset({10014, 110030, 110072})
"""Bybit: the request or the client order id is a duplicate. Ours exists already: look it up, never "refused"."""

_GONE = frozenset({110001, 110008, 110010})
_FUNDS = frozenset({110004, 110007, 110012, 110044, 110045, 110052})
_BEYOND = frozenset({110092, 110093})
_LIMITED = frozenset({10006, 10018})
_REDUCE_ONLY = 110017
_PARAMETER = 10001
_EXITS = (Operation.STOP, Operation.CLOSE)

_ZERO_POSITION = re.compile(r"zero position|position (?:is|size is) (?:zero|0)", re.IGNORECASE)
_WRONG_SIDE = re.compile(
    r"expect(?:ed|s)? (?:rising|falling)|trigger.?price.*(?:current|mark|last|index)|"
    r"should (?:be )?(?:lower|higher|less|greater|above|below).*price",
    re.IGNORECASE,
)


def classify(error: Exception | None, code: int | None, text: str, operation: Operation, left: bool) -> Failure:
    """What a write that raised means. ``left`` False: the transport wrote no byte of it."""
    if not left:
        return Failure(OutcomeKind.NOT_SENT)
    names = {cls.__name__ for cls in type(error).__mro__} if error is not None else set()
    if not code:
        return Failure(OutcomeKind.UNKNOWN)
    if code in DUPLICATES or "DuplicateOrderId" in names:
        return Failure(OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)
    if names & DEFINITE:
        return Failure(OutcomeKind.REFUSED, _refusal(code, names, text, operation))
    return Failure(OutcomeKind.UNKNOWN)


def _refusal(code: int, names: set[str], text: str, operation: Operation) -> Refusal:
    if code in _LIMITED or "RateLimitExceeded" in names:
        return Refusal.RATE_LIMITED
    if code in _FUNDS or "InsufficientFunds" in names:
        return Refusal.FUNDS
    if operation is Operation.CANCEL and (code in _GONE or "OrderNotFound" in names):
        return Refusal.UNKNOWN_ORDER
    return _exit_refusal(code, text, operation) if operation in _EXITS else Refusal.OTHER


def _exit_refusal(code: int, text: str, operation: Operation) -> Refusal:
    """10001 is Bybit's generic parameter error: on an exit, its sentence decides."""
    generic = code == _PARAMETER
    if code == _REDUCE_ONLY or (generic and _ZERO_POSITION.search(text)):
        return Refusal.NO_POSITION
    if operation is Operation.STOP and (code in _BEYOND or (generic and _WRONG_SIDE.search(text))):
        return Refusal.WOULD_TRIGGER
    return Refusal.OTHER
